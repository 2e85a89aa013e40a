import { expect } from 'chai'
import { MarketSim } from '../../fixtures/marketSim.ts'
import { BLY, hashOf, MARKET, MarketWorld, makeSpec, TOKEN } from '../../fixtures/marketWorld.ts'

// biome-ignore lint/suspicious/noExplicitAny: arguments are wrong on purpose
type Json = any

/** Storage as one text, to see that a refused call left it alone. */
const stateOf = (w: MarketWorld) => JSON.stringify([...w.host.storage])

function expectRefused(w: MarketWorld, code: string, body: () => unknown): void {
  const before = stateOf(w)
  expect(body).to.throw(`${code}: `)
  expect(stateOf(w), 'state').to.equal(before)
}

describe('market: refuses with a code, and nothing changes', () => {
  const transfer = (w: MarketWorld, message: Json) => w.transfer('alice.near', 1_000n * BLY, message)

  it('BLY from another token, without registration, or with a message that is none', () => {
    const w = new MarketWorld()
    expectRefused(w, 'CALLER_FORBIDDEN', () =>
      w.call('fake.near', 'ft_on_transfer', { sender_id: 'alice.near', amount: '1', msg: '{"stake":{}}' }),
    )
    expectRefused(w, 'STORAGE_NOT_REGISTERED', () => transfer(w, { stake: { roles: ['trainer'] } }))
    w.register('alice.near')
    for (const message of ['', 'nonsense', '[]', 'null', '{}', '{"stake":{},"task":{}}', '{"steak":{}}']) {
      expectRefused(w, 'MARKET_MESSAGE_INVALID', () => transfer(w, message))
    }
    expectRefused(w, 'MARKET_NODE_UNKNOWN', () => transfer(w, { stake: {} }))
    expectRefused(w, 'ARGUMENT_INVALID', () => transfer(w, { stake: { roles: ['king'] } }))
    expectRefused(w, 'MARKET_STAKE_TOO_LOW', () =>
      w.transfer('alice.near', 99n * BLY, { stake: { roles: ['trainer'] } }),
    )
  })

  it('a task whose fields are wrong, each by its name', () => {
    const w = new MarketWorld()
    w.register('alice.near', 10n ** 26n)
    const wrong: [string, string, object][] = [
      ['AMOUNT_INVALID', 'nonce', { nonce: '-1' }],
      ['AMOUNT_INVALID', 'pay', { pay: '1.5' }],
      ['ARGUMENT_INVALID', 'spec', { spec: 'Qm' }],
      ['ARGUMENT_INVALID', 'base', { base: 'AB' }],
      ['ARGUMENT_INVALID', 'workers', { workers: 33 }],
      ['ARGUMENT_INVALID', 'workers', { workers: 0 }],
      ['ARGUMENT_INVALID', 'rounds', { rounds: 1.5 }],
      ['ARGUMENT_INVALID', 'certainty', { certainty: 60 }],
      ['ARGUMENT_INVALID', 'segments', { segments: 257 }],
      ['ARGUMENT_INVALID', 'kind', { kind: 'infer' }],
      ['ARGUMENT_INVALID', 'profile', { profile: 'fast' }],
      ['ARGUMENT_INVALID', 'class', { class: 'phone' }],
      ['ARGUMENT_INVALID', 'heldout.head', { heldout: { ...makeSpec().heldout, head: '00' } }],
      ['ARGUMENT_INVALID', 'zero.m', { zero: { ...makeSpec().zero, m: null } }],
      ['ARGUMENT_INVALID', 'extra', { extra: 1 }],
      ['MARKET_SPEC_INVALID', 'certainty 95', { certainty: 95, validators: 3 }],
      ['MARKET_SPEC_INVALID', 'windows.commit', { windows: { ...makeSpec().windows, commit: 1 } }],
      ['MARKET_SPEC_INVALID', 'pay', { pay: '10' }],
      ['MARKET_SPEC_INVALID', 'tick_ms', { tick_ms: 5 }],
      ['MARKET_POOL_TOO_SMALL', 'operators', { small_pool: false }],
    ]
    for (const [code, what, change] of wrong) {
      expectRefused(w, code, () => transfer(w, { task: { ...makeSpec(), ...change } }))
      expect(() => transfer(w, { task: { ...makeSpec(), ...change } }), what).to.throw(what)
    }
  })

  it('too little bounty and a replayed nonce: the whole transfer goes back', () => {
    const w = new MarketWorld()
    const spec = makeSpec()
    w.createTask('alice.near', spec)
    const { bounty } = w.view('quote', { spec })
    expect(w.transfer('alice.near', BigInt(bounty), { task: spec })).to.equal(0n)
    expect(w.transfer('alice.near', BigInt(bounty) - 1n, { task: { ...spec, nonce: '2' } })).to.equal(0n)
    expect(w.transfer('alice.near', BigInt(bounty) + 5n, { task: { ...spec, nonce: '2' } })).to.equal(BigInt(bounty))
    expect(w.view('get_tasks')).to.have.length(2)
  })

  it('a task whose records the requester has not paid storage for', () => {
    const w = new MarketWorld()
    w.register('alice.near', 10n ** 23n)
    expectRefused(w, 'STORAGE_EXHAUSTED', () => transfer(w, { task: makeSpec({ rounds: 10 }) }))
    expect(BigInt(w.view('quote', { spec: makeSpec() }).storage_yocto) > 0n).to.equal(true)
  })

  it('calls of the wrong account, phase or round, and calls made twice', () => {
    const sim = new MarketSim({
      actors: [{ account: 't.near', trainer: {} }, ...['a', 'b', 'c'].map((v) => ({ account: `${v}.near` }))],
    })
    const { world: w, task } = sim
    const place = { task_id: task, round: 0 }
    const commitment = hashOf('c')
    expectRefused(w, 'MARKET_PHASE_WRONG', () => w.call('t.near', 'accept', place))
    w.advance(5)
    w.call('x.near', 'crank', { task_id: task })
    expectRefused(w, 'MARKET_TASK_UNKNOWN', () => w.call('x.near', 'crank', { task_id: '99' }))
    expectRefused(w, 'MARKET_ROUND_UNKNOWN', () => w.call('t.near', 'accept', { ...place, round: 1 }))
    expectRefused(w, 'MARKET_ROUND_UNKNOWN', () => w.call('t.near', 'accept', { task_id: '99', round: 0 }))
    expectRefused(w, 'MARKET_SEAT_NONE', () => w.call('a.near', 'accept', place))
    expectRefused(w, 'MARKET_PHASE_WRONG', () => w.call('t.near', 'commit', { ...place, commitment }))
    w.call('t.near', 'accept', place)
    expectRefused(w, 'MARKET_PHASE_WRONG', () => w.call('t.near', 'accept', place))
    expectRefused(w, 'ARGUMENT_INVALID', () => w.call('t.near', 'commit', { ...place, commitment: 'zz' }))
    w.call('t.near', 'commit', { ...place, commitment })
    const shown = { ...place, salt: 's' }
    expectRefused(w, 'ARGUMENT_INVALID', () => w.call('t.near', 'reveal', shown))
    expectRefused(w, 'MARKET_TASK_CLOSED', () => w.call(sim.requester, 'cancel', { task_id: task }, 1n))
    expectRefused(w, 'MARKET_NOT_REQUESTER', () => w.call('a.near', 'cancel', { task_id: task }, 1n))
    expectRefused(w, 'MARKET_DISPUTE_UNKNOWN', () =>
      w.call('a.near', 'jury_commit', { dispute_id: '1-0-0', commitment }),
    )
  })

  it('a reveal that is not what was committed, or starts from elsewhere', () => {
    const sim = new MarketSim({
      actors: [{ account: 't.near', trainer: {} }, ...['a', 'b', 'c'].map((v) => ({ account: `${v}.near` }))],
    })
    const { world: w } = sim
    const call = w.call.bind(w)
    let tried = 0
    w.call = (account, method, args = {}, deposit) => {
      if (method === 'reveal' && tried++ === 0) {
        const given = args as Json
        const other = hashOf('other')
        expectRefused(w, 'MARKET_COMMITMENT_WRONG', () => call(account, method, { ...given, salt: 'x' }))
        expectRefused(w, 'MARKET_COMMITMENT_WRONG', () => call(account, method, { ...given, base: other }))
        expectRefused(w, 'MARKET_START_WRONG', () =>
          call(account, method, { ...given, start: { ...given.start, m: other } }),
        )
        expectRefused(w, 'MARKET_START_WRONG', () =>
          call(account, method, { ...given, start: { ...given.start, parameters: other } }),
        )
        expectRefused(w, 'MARKET_PROOF_WRONG', () => call(account, method, { ...given, start_proof: [] }))
      }
      if (method === 'open_key') {
        expectRefused(w, 'MARKET_KEY_WRONG', () => call('x.near', method, { ...args, key: hashOf('no') }))
      }
      if (method === 'verdict_reveal' && account === 'a.near') {
        const given = args as Json
        expectRefused(w, 'MARKET_COMMITMENT_WRONG', () => call(account, method, { ...given, salt: 'x' }))
        expectRefused(w, 'MARKET_SEAT_NONE', () => call('t.near', method, given))
      }
      if (method === 'answer') {
        const given = args as Json
        expectRefused(w, 'MARKET_LEAVES_WRONG', () =>
          call(account, method, { ...given, middles: given.middles.slice(1) }),
        )
        const [first, ...rest] = given.middles
        expectRefused(w, 'MARKET_PROOF_WRONG', () =>
          call(account, method, { ...given, middles: [{ ...first, hash: hashOf('no') }, ...rest] }),
        )
        expectRefused(w, 'MARKET_SEAT_NONE', () => call('a.near', method, given))
      }
      return call(account, method, args, deposit)
    }
    expect(sim.run().state).to.equal('Completed')
  })

  it('money calls without the owner’s yocto, callbacks by strangers, a second set-up', () => {
    const w = new MarketWorld()
    w.stake('alice.near', 200n, { roles: ['validator'] })
    expectRefused(w, 'DEPOSIT_ONE_YOCTO', () => w.call('alice.near', 'unstake', { amount: '1' }))
    expectRefused(w, 'DEPOSIT_ONE_YOCTO', () => w.call('alice.near', 'claim'))
    expectRefused(w, 'MARKET_NOTHING_TO_CLAIM', () => w.call('alice.near', 'claim', {}, 1n))
    expectRefused(w, 'MARKET_NOTHING_TO_WITHDRAW', () => w.call('alice.near', 'withdraw', {}, 1n))
    expectRefused(w, 'MARKET_STAKE_LOCKED', () => w.call('alice.near', 'unstake', { amount: `${201n * BLY}` }, 1n))
    expectRefused(w, 'MARKET_NOTHING_TO_BURN', () => w.call('alice.near', 'flush_burn'))
    expectRefused(w, 'MARKET_NODE_UNKNOWN', () => w.call('bob.near', 'heartbeat'))
    expectRefused(w, 'CALLBACK_ONLY', () => w.call('alice.near', 'on_paid', { account: 'alice.near', amount: '5' }))
    expectRefused(w, 'CALLBACK_ONLY', () => w.call('alice.near', 'init', { bly: TOKEN, network: 'embedded' }))
    expectRefused(w, 'MARKET_ALREADY_INITIALIZED', () => w.call(MARKET, 'init', { bly: TOKEN, network: 'embedded' }))
    expectRefused(w, 'MARKET_NODE_FIXED', () => w.transfer('alice.near', BLY, { stake: { roles: ['trainer'] } }))
    expectRefused(w, 'STORAGE_IN_USE', () => w.call('alice.near', 'storage_unregister', { force: true }, 1n))
  })
})
