/** Random actors, random silence, random interference: what must hold holds after every call, and every task ends. */
import { expect } from 'chai'
import fc from 'fast-check'
import { expectBonds, expectBooks, expectSupply } from '../../fixtures/marketChecks.ts'
import { type Actor, MarketSim, type TrainerStrategy, type ValidatorStrategy } from '../../fixtures/marketSim.ts'
import { BLY, hashOf, type MarketWorld } from '../../fixtures/marketWorld.ts'

const trainer: fc.Arbitrary<TrainerStrategy> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ gain: fc.bigInt({ min: -500n, max: 500n }) }) },
  fc.record({ fake: fc.constantFrom(0.1, 0.5, 1) }),
  fc.constantFrom({ poison: true }, { garbageMiddles: true }, { garbageMiddles: true, fake: 0.2 }),
  fc.record({ silent: fc.constantFrom('accept', 'commit', 'reveal', 'publish', 'answer') }),
)

const validator: fc.Arbitrary<ValidatorStrategy> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.constantFrom<ValidatorStrategy>({ lazy: true }, { accuse: true }, { unserved: true }, { gain: 3n }),
  fc.record({ silent: fc.constantFrom('commit', 'reveal') }),
)

const juror = fc.constantFrom('honest', 'honest', 'honest', 'nonsense', 'silent')
const stake = fc.constantFrom(100n, 250n, 1_000n, 3_000n)

const actors = fc
  .record({
    trainers: fc.array(fc.record({ trainer, juror, stake }), { maxLength: 4 }),
    validators: fc.array(fc.record({ validator, juror, stake }), { maxLength: 5 }),
    both: fc.array(fc.record({ trainer, validator, juror, stake }), { maxLength: 2 }),
  })
  .map(({ trainers, validators, both }): Actor[] => [
    ...trainers.map((each, i) => ({ ...each, account: `t${i}.near` })),
    ...validators.map((each, i) => ({ ...each, account: `v${i}.near` })),
    ...both.map((each, i): Actor => ({ ...each, account: `b${i}.near`, roles: ['trainer', 'validator'] })),
  ])

const game = fc.record({
  seed: fc.nat(10_000),
  actors,
  workers: fc.integer({ min: 1, max: 4 }),
  rounds: fc.integer({ min: 1, max: 3 }),
  small: fc.boolean(),
  opensKeys: fc.boolean(),
  pay: fc.bigInt({ min: 1_000_000n, max: 20n * BLY }),
  meddling: fc.boolean(),
})

/** How often stake came back: what never happens would prove nothing. */
let restaked = 0

/** Takes a share of what is leaving back; where nothing is, a share of what is free begins to leave. */
function stayAfterAll(w: MarketWorld, account: string, share: bigint): void {
  const { unbonding, free } = w.view('get_node', { account_id: account })
  const leaving = unbonding.reduce((sum: bigint, part: { amount: string }) => sum + BigInt(part.amount), 0n)
  const [method, all] = leaving === 0n ? (['unstake', BigInt(free)] as const) : (['restake', leaving] as const)
  w.call(account, method, { amount: `${all / share}` }, 1n)
  if (method === 'restake') restaked += 1
}

/** A stranger, an operator or the requester does something at a wrong or right moment. */
function meddle(sim: MarketSim, step: number): void {
  const pick = (n: number, what: string) => Number.parseInt(hashOf(sim.seed, step, what).slice(0, 8), 16) % n
  const names = [...sim.actors.keys(), sim.requester, 'stranger.near']
  const account = names[pick(names.length, 'who')]
  const place = { task_id: sim.task, round: pick(3, 'round') }
  const w = sim.world
  const deeds = [
    () => w.call(account, 'unstake', { amount: `${BigInt(pick(900, 'amount')) * BLY}` }, 1n),
    () => stayAfterAll(w, names[pick(sim.actors.size, 'stayer')], BigInt(1 + pick(3, 'share'))),
    () => stayAfterAll(w, names[pick(sim.actors.size, 'stayer')], 1n),
    () => w.call(account, 'withdraw', {}, 1n),
    () => w.call(account, 'claim', {}, 1n),
    () => w.call(account, 'claim', { amount: '1' }, 1n),
    () => w.transfer(account, BigInt(pick(500, 'top-up')) * BLY, { stake: {} }),
    () => w.call(account, 'heartbeat'),
    () => w.call(account, 'tick'),
    () => w.call(account, 'crank', { task_id: sim.task }),
    () => w.call(account, 'flush_burn'),
    () => w.call(account, 'decline', { ...place, reason: pick(2, 'why') ? 'unavailable' : 'busy' }),
    () => w.call(account, 'accept', place),
    () => w.call(account, 'commit', { ...place, commitment: hashOf('meddle') }),
    () => w.call(account, 'verdict_commit', { ...place, commitment: hashOf('meddle') }),
    () => w.call(account, 'jury_commit', { dispute_id: `${sim.task}-0-0`, commitment: hashOf('meddle') }),
    () => w.call(account, 'cancel', { task_id: sim.task }, 1n),
    () => w.advance(pick(100_000, 'pause')),
  ]
  w.failBurns = pick(5, 'burns') === 0
  if (pick(4, 'receiver') === 0) w.unregistered.add(account)
  else w.unregistered.delete(account)
  try {
    deeds[pick(deeds.length, 'deed')]()
  } catch (error) {
    expect(String(error), 'refusals carry a code').to.match(/^Error: [A-Z_]+: /)
  }
}

describe('market: invariants under random misbehaviour', function () {
  this.timeout(60_000)

  it('keeps its books to the atto, takes no more than bonds, and ends every task', () => {
    fc.assert(
      fc.property(game, (g) => {
        let step = 0
        const sim = new MarketSim({
          seed: g.seed,
          actors: g.actors,
          spec: {
            workers: g.workers,
            rounds: g.rounds,
            segments: 8,
            pay: g.pay.toString(),
            ...(g.small ? { validators: 4, samples: 3 } : {}),
          },
          opensKeys: g.opensKeys,
          check: ({ world }) => expectSupply(world),
          meddle: (s) => {
            if (g.meddling && s.world.view('get_task', { task_id: s.task }).vested === false) meddle(s, step++)
            expectSupply(s.world)
          },
          tolerant: g.meddling,
        })
        const task = sim.run()
        const accounts = [...g.actors.map((each) => each.account), sim.requester, 'stranger.near', 'cranker.near']
        expectBooks(sim.world, accounts)
        for (let round = 0; round < g.rounds; round++) expectBonds(sim.world, sim.task, round)
        expect(['Completed', 'Failed', 'Cancelled']).to.include(task.state)
        for (const each of g.actors) {
          const node = sim.world.view('get_node', { account_id: each.account })
          expect(node.locked, `${each.account}'s bonds`).to.equal('0')
          expect(node.ledger.locked, `${each.account}'s pay`).to.equal('0')
        }
        expect(task.escrow).to.equal('0')
      }),
      { numRuns: 80, seed: 2 },
    )
    expect(restaked, 'stake that came back').to.be.greaterThan(10)
  })

  it('slashes nobody who was honest, as long as two thirds of jurors are', () => {
    const cheats = fc.constantFrom<Actor>(
      { account: 'x.near', trainer: { fake: 1 } },
      { account: 'x.near', trainer: { poison: true } },
      { account: 'x.near', trainer: { garbageMiddles: true } },
      { account: 'x.near', trainer: { silent: 'answer' } },
      { account: 'x.near', validator: { lazy: true } },
      { account: 'x.near', validator: { accuse: true } },
    )
    fc.assert(
      fc.property(cheats, fc.nat(1_000), (cheat, seed) => {
        const honest: Actor[] = ['a', 'b'].map((name) => ({ account: `${name}.near`, trainer: {} }))
        for (const name of ['v', 'w', 'y', 'z']) honest.push({ account: `${name}.near`, validator: {} })
        const sim = new MarketSim({
          seed,
          actors: [...honest, { ...cheat, juror: 'nonsense' }],
          spec: { workers: 3, segments: 8 },
        })
        sim.run()
        for (const { account } of honest) {
          expect(sim.world.view('get_node', { account_id: account }).stake, account).to.equal(`${2_000n * BLY}`)
        }
      }),
      { numRuns: 40, seed: 3 },
    )
  })
})
