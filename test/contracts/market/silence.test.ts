import { expect } from 'chai'
import { expectBonds, expectBooks, expectSupply } from '../../fixtures/marketChecks.ts'
import { type Actor, MarketSim, type SimOptions, type TrainerSilence } from '../../fixtures/marketSim.ts'
import { BLY } from '../../fixtures/marketWorld.ts'

const START = 2_000n * BLY
const BOND = 50n * BLY

// biome-ignore lint/suspicious/noExplicitAny: views are JSON of many shapes
type Json = any

const validators: Actor[] = ['v0', 'v1', 'v2'].map((name) => ({ account: `${name}.near` }))

function play(options: SimOptions) {
  const sim = new MarketSim({ check: (s) => expectSupply(s.world), ...options })
  const task = sim.run()
  const accounts = [...sim.actors.keys(), sim.requester]
  expectBooks(sim.world, accounts)
  expectBonds(sim.world, sim.task, 0)
  for (const account of sim.actors.keys()) {
    expect(sim.world.view('get_node', { account_id: account }).locked, `${account}'s bonds are free`).to.equal('0')
  }
  const round: Json = sim.world.view('get_round', { task_id: sim.task, round: 0 })
  const seat = (account: string): Json =>
    [...round.trainers, ...round.validators].find((each: Json) => each.account === account)
  const lost = (account: string) => START - BigInt(sim.world.view('get_node', { account_id: account }).stake)
  return { sim, task, round, seat, lost }
}

describe('market: every phase has its way out by time alone', () => {
  const cases: [TrainerSilence, string, bigint][] = [
    ['commit', 'NO_COMMIT', 500n],
    ['reveal', 'NO_REVEAL', 1_000n],
    ['publish', 'LEAVES_NOT_PUBLISHED', 2_000n],
    ['answer', 'LEAVES_NOT_PUBLISHED', 2_000n],
  ]
  for (const [silent, fault, bps] of cases) {
    it(`a trainer that never ${silent === 'answer' ? 'answers' : `${silent}s`} loses ${bps} of 10,000 of its bond; the other is paid`, () => {
      const trainers: Actor[] = [
        { account: 'gone.near', trainer: { silent } },
        { account: 'good.near', trainer: {} },
      ]
      const { task, seat, lost } = play({ actors: [...trainers, ...validators], spec: { workers: 2 } })
      expect(task).to.include({ state: 'Completed', vested: true })
      expect(seat('gone.near').faults).to.deep.equal([fault])
      expect(lost('gone.near')).to.equal((BOND * bps) / 10_000n)
      expect(seat('good.near')).to.include({ outcome: 'accepted' })
      expect(lost('good.near')).to.equal(0n)
      for (const { account } of validators) expect(seat(account).fee).to.equal(task.quote.validator_fee)
    })
  }

  it('a drawn trainer that says nothing is parked, loses half a percent, and a spare steps in', () => {
    const trainers: Actor[] = [
      { account: 'gone.near', trainer: { silent: 'accept' } },
      { account: 'good.near', trainer: {} },
    ]
    // One worker of two: over seeds, the silent one is drawn first about every other time.
    let seen = 0
    for (let seed = 0; seed < 8; seed++) {
      const { sim, task, seat, lost, round } = play({ seed, actors: [...trainers, ...validators] })
      expect(task.state).to.equal('Completed')
      expect(seat('good.near').outcome).to.equal('accepted')
      if (round.trainers.length === 1) continue
      seen += 1
      expect(seat('gone.near')).to.include({ outcome: 'missing', state: 'out' })
      expect(seat('gone.near').faults).to.deep.equal(['NOT_ACCEPTED'])
      expect(lost('gone.near')).to.equal((BOND * 50n) / 10_000n)
      expect(sim.world.view('get_node', { account_id: 'gone.near' }).parked).to.equal(true)
      sim.world.call('gone.near', 'heartbeat')
      expect(sim.world.view('get_node', { account_id: 'gone.near' }).parked).to.equal(false)
    }
    expect(seen).to.be.greaterThan(0)
  })

  it('nobody accepts: the task fails after three tries and the bounty returns, less cranks', () => {
    const actors: Actor[] = [{ account: 'gone.near', trainer: { silent: 'accept' } }, ...validators]
    const { sim, task } = play({ actors })
    expect(task).to.include({ state: 'Failed', vested: true, rounds_settled: 0 })
    expect(['NO_TRAINERS', 'NOBODY_REVEALED']).to.include(task.reason)
    expect(sim.world.view('ledger', { account_id: sim.requester }).payable).to.equal(task.bounty)
  })

  it('nobody commits or reveals: three tries, each at its price, then refund', () => {
    for (const [silent, bps] of [
      ['commit', 500n],
      ['reveal', 1_000n],
    ] as const) {
      const { sim, task, lost } = play({ actors: [{ account: 'gone.near', trainer: { silent } }, ...validators] })
      expect(task).to.include({ state: 'Failed', reason: 'NOBODY_REVEALED' })
      expect(lost('gone.near')).to.equal((3n * BOND * bps) / 10_000n)
      expect(sim.world.view('ledger', { account_id: sim.requester }).payable).to.equal(task.bounty)
      expect(sim.world.eventsOf('round_retried')).to.have.length(2)
    }
  })

  it('no trainer is staked at all: the task fails by cranks alone', () => {
    const { task } = play({ actors: validators })
    expect(task).to.include({ state: 'Failed', reason: 'NO_TRAINERS' })
  })

  it('no validator is staked: submissions are undecided, half is paid', () => {
    const { task, seat } = play({ actors: [{ account: 'good.near', trainer: {} }] })
    expect(task).to.include({ state: 'Completed' })
    expect(seat('good.near')).to.include({ outcome: 'undecided', base_pay: `${(9n * BLY) / 2n}`, receipt: null })
  })

  for (const [silent, bps] of [
    ['commit', 500n],
    ['reveal', 1_000n],
  ] as const) {
    it(`a validator whose verdict stays away (${silent}) loses fee and ${bps} of 10,000; the others decide`, () => {
      const actors: Actor[] = [
        { account: 'good.near', trainer: {} },
        { account: 'gone.near', validator: { silent } },
        ...validators.slice(1),
      ]
      const { seat, lost } = play({ actors })
      expect(seat('gone.near')).to.include({ state: 'silent', fee: '0' })
      expect(seat('gone.near').faults).to.deep.equal(['VERDICT_SILENT'])
      expect(lost('gone.near')).to.equal((BigInt(seat('gone.near').bond) * bps) / 10_000n)
      expect(seat('good.near').outcome).to.equal('accepted')
    })
  }

  it('no verdict at all: undecided, half base pay, no receipt, no merge', () => {
    const actors: Actor[] = [{ account: 'good.near', trainer: {} }]
    for (const each of validators) actors.push({ ...each, validator: { silent: 'reveal' } })
    const { seat, lost, round, task } = play({ actors })
    expect(seat('good.near')).to.include({ outcome: 'undecided', base_pay: `${(9n * BLY) / 2n}` })
    expect(lost('good.near')).to.equal(0n)
    expect(round.merge_set).to.deep.equal([])
    expect(task.state).to.equal('Completed')
  })

  it('jurors all silent: undecided', () => {
    const actors: Actor[] = [
      { account: 'rider.near', trainer: { fake: 1 }, juror: 'silent' },
      ...validators.map((each): Actor => ({ ...each, juror: 'silent' })),
    ]
    const { seat, lost } = play({ actors })
    expect(seat('rider.near').outcome).to.equal('undecided')
    expect(lost('rider.near')).to.equal(0n)
  })

  it('a requester that keeps its key shut loses its deposit; the bonus is shared equally', () => {
    const trainers: Actor[] = [
      { account: 'a.near', trainer: { gain: 900n } },
      { account: 'b.near', trainer: { gain: 1n } },
    ]
    const { sim, seat, task } = play({ actors: [...trainers, ...validators], spec: { workers: 2 }, opensKeys: false })
    for (const account of ['a.near', 'b.near']) {
      expect(seat(account)).to.include({ gain: null, bonus: `${BLY}`, outcome: 'accepted' })
    }
    const burned = sim.world.eventsOf('burned_pending').filter((each) => each.reason === 'KEY_CLOSED')
    expect(burned).to.deep.equal([{ amount: task.quote.deposit, reason: 'KEY_CLOSED', task: sim.task }])
  })

  it('three rounds in a row without a merged delta end the task', () => {
    const actors: Actor[] = [{ account: 'gone.near', trainer: { silent: 'publish' } }, ...validators]
    const { task } = play({ actors, spec: { rounds: 5 } })
    expect(task).to.include({ state: 'Failed', reason: 'EMPTY_ROUNDS', rounds_settled: 3 })
  })

  it('a key that stayed shut for a round does not stop the next round from opening its own', () => {
    const actors: Actor[] = [{ account: 'good.near', trainer: {} }, ...validators]
    const sim = new MarketSim({ actors, spec: { rounds: 2 }, opensKeys: false })
    sim.options.check = ({ world, task, options }) => {
      options.opensKeys = world.view('get_task', { task_id: task }).round === 1
    }
    const task = sim.run()
    expect(task.keys).to.deep.equal([null, sim.keys[1]])
  })

  it('two of three drawn say that the data is not served: the task fails and they share its deposit', () => {
    const trainers: Actor[] = ['a', 'b', 'c'].map((name) => ({ account: `${name}.near`, trainer: {} }))
    const sim = new MarketSim({ actors: [...trainers, ...validators], spec: { workers: 3 } })
    const { world, task } = sim
    world.advance(10)
    world.call('x.near', 'crank', { task_id: task })
    const place = { task_id: task, round: 0 }
    world.call('c.near', 'accept', place)
    world.call('a.near', 'decline', { ...place, reason: 'unavailable' })
    expect(world.view('get_node', { account_id: 'a.near' }).parked).to.equal(true)
    world.call('b.near', 'decline', { ...place, reason: 'unavailable' })
    const view = world.view('get_task', { task_id: task })
    expect(view).to.include({ state: 'Failed', reason: 'DATA_UNAVAILABLE', vested: true })
    for (const account of ['a.near', 'b.near']) {
      expect(world.view('ledger', { account_id: account }).payable).to.equal(`${BigInt(view.quote.deposit) / 2n}`)
      expect(world.view('get_node', { account_id: account })).to.include({ parked: false, locked: '0' })
    }
    expect(world.view('get_node', { account_id: 'c.near' }).locked).to.equal('0')
    expectSupply(world)
  })
})
