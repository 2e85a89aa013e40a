import { expect } from 'chai'
import { expectBonds, expectBooks, expectSupply } from '../../fixtures/marketChecks.ts'
import { type Actor, MarketSim } from '../../fixtures/marketSim.ts'

/** Account ids at their longest: 64 characters. */
const long = (name: string, i: number) => `${name}${i}-${'x'.repeat(60)}`.slice(0, 59).concat('.near')

describe('market: the largest legal round', function () {
  this.timeout(60_000)

  const play = (trainer: (i: number) => Actor['trainer'], validator: (i: number) => Actor['validator']) => {
    const actors: Actor[] = []
    for (let i = 0; i < 32; i++) actors.push({ account: long('trainer', i), trainer: trainer(i), stake: 6_400n })
    for (let i = 0; i < 9; i++) actors.push({ account: long('judge', i), validator: validator(i), stake: 6_400n })
    const sim = new MarketSim({ actors, spec: { workers: 32, certainty: 99, segments: 256 } })
    const task = sim.run()
    expectSupply(sim.world)
    expectBooks(sim.world, [...sim.actors.keys(), sim.requester])
    expectBonds(sim.world, sim.task, 0)
    return { sim, task }
  }

  it('settles and vests 32 honest trainers and 9 validators, its logs under 16 KiB a call', () => {
    const { sim, task } = play(
      () => ({}),
      () => ({}),
    )
    expect(task).to.include({ state: 'Completed', vested: true })
    expect(sim.world.view('receipt_root').size).to.equal(32)
    expect(sim.world.maxLogBytes).to.be.lessThan(16_384)
  })

  it('ends with every trainer cheating and a lazy validator or two, its logs under 16 KiB a call', () => {
    const { sim, task } = play(
      (i) => (i % 2 === 0 ? { fake: 1 } : { poison: true }),
      (i) => (i < 2 ? { lazy: true } : i === 2 ? { accuse: true } : {}),
    )
    expect(task.vested).to.equal(true)
    const faults = sim.world.eventsOf('slashed').filter((each) => each.reason === 'LEAF_FALSE')
    expect(faults).to.have.length(32)
    expect(sim.world.maxLogBytes).to.be.lessThan(16_384)
  })
})
