import { expect } from 'chai'
import { expectBonds, expectBooks, expectSupply } from '../../fixtures/marketChecks.ts'
import { type Actor, type JurorStrategy, MarketSim } from '../../fixtures/marketSim.ts'
import { BLY } from '../../fixtures/marketWorld.ts'

const START = 2_000n * BLY

// biome-ignore lint/suspicious/noExplicitAny: views are JSON of many shapes
type Json = any

/** Two honest trainers beside the actors given, and jurors enough. */
function play(actors: Actor[], spec: object = {}, juror: JurorStrategy = 'honest') {
  const honest: Actor[] = ['h0', 'h1', 'h2', 'h3'].map((name) => ({ account: `${name}.near`, validator: {}, juror }))
  const servers: Actor[] = ['s0', 's1', 's2', 's3'].map((name) => ({
    account: `${name}.near`,
    roles: ['server'],
    juror,
  }))
  const wanted = 4 - actors.filter((each) => each.validator !== undefined).length
  const all = [...actors, ...honest.slice(0, wanted), ...servers]
  const workers = actors.filter((each) => each.trainer !== undefined).length
  const sim = new MarketSim({
    actors: all,
    spec: { workers, validators: 4, samples: 3, ...spec },
    check: (s) => expectSupply(s.world),
  })
  const task = sim.run()
  expectBooks(sim.world, [...sim.actors.keys(), sim.requester])
  expectBonds(sim.world, sim.task, 0)
  const round: Json = sim.world.view('get_round', { task_id: sim.task, round: 0 })
  const seat = (account: string): Json =>
    [...round.trainers, ...round.validators].find((each: Json) => each.account === account)
  const lost = (account: string) => START - BigInt(sim.world.view('get_node', { account_id: account }).stake)
  return { sim, task, round, seat, lost }
}

function expectUnharmed(lost: (account: string) => bigint, accounts: string[]): void {
  for (const account of accounts) expect(lost(account), `${account} is honest`).to.equal(0n)
}

describe('market: cheats lose their bond, honest ones nothing', () => {
  it('a poisoner whose delta is not its last state loses its bond on the codec leaf', () => {
    const { seat, lost, sim, round } = play([
      { account: 'poison.near', trainer: { poison: true } },
      { account: 'good.near', trainer: {} },
    ])
    expect(seat('poison.near')).to.include({ outcome: 'rejected', base_pay: '0', bonus: '0', receipt: null })
    expect(seat('poison.near').faults).to.deep.equal(['LEAF_FALSE'])
    expect(lost('poison.near')).to.equal(50n * BLY)
    const dispute = sim.world.view('get_dispute', { dispute_id: round.disputes[0] })
    expect(dispute).to.include({ kind: 'leaf', leaf: 16, result: 'upheld' })
    expectUnharmed(lost, ['good.near', 'h0.near', 'h1.near', 'h2.near', 'h3.near', 's0.near'])
    expect(round.merge_set).to.deep.equal([seat('good.near').index])
    const [slash] = sim.world.eventsOf('slashed')
    const parts = ['burned', 'harmed', 'finder', 'jury'].reduce((sum, part) => sum + BigInt(slash[part] as string), 0n)
    expect(parts).to.equal(BigInt(slash.amount as string))
    expect(slash.finder).to.equal(`${10n * BLY}`)
  })

  it('a free-rider who invents every state is caught on a segment leaf', () => {
    const { seat, lost, sim, round } = play([
      { account: 'rider.near', trainer: { fake: 1 } },
      { account: 'good.near', trainer: {} },
    ])
    expect(seat('rider.near').faults).to.deep.equal(['LEAF_FALSE'])
    expect(lost('rider.near')).to.equal(50n * BLY)
    expect(sim.world.view('get_dispute', { dispute_id: round.disputes[0] }).leaf).to.be.lessThan(16)
    // Only the first accuser is tried; the others' disputes lapse and cost nothing.
    expect(round.disputes).to.have.length(1)
    expect(sim.world.eventsOf('dispute_lapsed')).to.have.length(3)
    expectUnharmed(lost, ['good.near', 'h0.near', 'h1.near', 'h2.near', 'h3.near'])
  })

  it('a lazy validator is found by its middles, and the trainer it doubted is made good', () => {
    const { seat, lost, sim, round } = play([
      { account: 'good.near', trainer: {} },
      { account: 'lazy.near', validator: { lazy: true } },
    ])
    expect(seat('lazy.near').faults).to.deep.equal(['MIDDLE_STATE_WRONG'])
    expect(lost('lazy.near')).to.equal(BigInt(seat('lazy.near').bond) / 2n)
    expect(seat('lazy.near').fee).to.equal('0')
    expect(round.disputes).to.have.length(1)
    expect(seat('good.near').outcome).to.equal('accepted')
    expectUnharmed(lost, ['good.near', 'h0.near', 'h1.near', 'h2.near'])
    const harmed = sim.world.eventsOf('ledger_changed').filter((each) => each.reason === 'HARMED')
    expect(harmed).to.have.length(1)
    expect(harmed[0].account).to.equal('good.near')
  })

  it('a lazy validator who approved a poisoned delta pays for both, and never more than its bond', () => {
    const { seat, lost } = play([
      { account: 'poison.near', trainer: { poison: true } },
      { account: 'good.near', trainer: {} },
      { account: 'lazy.near', validator: { lazy: true } },
    ])
    expect(seat('lazy.near').faults).to.deep.equal(['MIDDLE_STATE_WRONG', 'FALSE_LEAF_APPROVED'])
    expect(lost('lazy.near')).to.equal(BigInt(seat('lazy.near').bond))
    expectUnharmed(lost, ['good.near', 'h0.near', 'h1.near', 'h2.near'])
  })

  it('a false accuser loses its bond to the jury and to the trainer it accused', () => {
    const { seat, lost, sim } = play([
      { account: 'good.near', trainer: {} },
      { account: 'liar.near', validator: { accuse: true } },
    ])
    expect(seat('liar.near').faults).to.deep.equal(['DISPUTE_REJECTED'])
    expect(lost('liar.near')).to.equal(BigInt(seat('liar.near').bond))
    expect(seat('good.near')).to.include({ outcome: 'accepted', base_pay: `${9n * BLY}` })
    const [slash] = sim.world.eventsOf('slashed')
    expect(BigInt(slash.jury as string) > 0n).to.equal(true)
    expect(BigInt(slash.harmed as string) <= 10n * BLY).to.equal(true)
    expectUnharmed(lost, ['good.near', 'h0.near', 'h1.near', 'h2.near'])
  })

  it('a trainer with garbage middles ruins itself, not the validators who computed the true ones', () => {
    const { seat, lost } = play([
      { account: 'trap.near', trainer: { garbageMiddles: true } },
      { account: 'good.near', trainer: {} },
    ])
    expect(seat('trap.near').faults).to.deep.equal(['LEAF_FALSE'])
    expect(lost('trap.near')).to.equal(50n * BLY)
    for (const name of ['h0', 'h1', 'h2', 'h3']) expect(seat(`${name}.near`).faults).to.deep.equal([])
    expectUnharmed(lost, ['good.near', 'h0.near', 'h1.near', 'h2.near', 'h3.near'])
  })

  it('a jury whose answers do not agree decides nothing: bonds are released, half is paid, half returned', () => {
    const { seat, lost, sim, round } = play(
      [
        { account: 'rider.near', trainer: { fake: 1 }, juror: 'nonsense' },
        { account: 'good.near', trainer: {}, juror: 'nonsense' },
      ],
      {},
      'nonsense',
    )
    expect(seat('rider.near')).to.include({ outcome: 'undecided', base_pay: `${(9n * BLY) / 2n}` })
    expect(lost('rider.near')).to.equal(0n)
    // Each accuser was heard in turn, and then the middles.
    const opened = round.disputes.map((id: string) => sim.world.view('get_dispute', { dispute_id: id }).kind)
    expect(opened.slice(0, 4)).to.deep.equal(['leaf', 'leaf', 'leaf', 'leaf'])
    expect(round.merge_set).to.deep.equal([seat('good.near').index])
    for (const id of round.disputes)
      expect(sim.world.view('get_dispute', { dispute_id: id }).result).to.equal('undecided')
  })

  it('three nonsense jurors of nine cannot stop the verdict, and earn nothing', () => {
    const actors: Actor[] = [
      { account: 'poison.near', trainer: { poison: true } },
      { account: 'good.near', trainer: {}, juror: 'nonsense' },
      { account: 'lazy.near', validator: {}, juror: 'nonsense' },
    ]
    const { seat, sim } = play(actors)
    expect(seat('poison.near').faults).to.deep.equal(['LEAF_FALSE'])
    const paid = sim.world.eventsOf('ledger_changed').filter((each) => each.reason === 'JURY_FEE')
    expect(paid.map((each) => each.account)).to.not.include.members(['good.near'])
    expect(paid.map((each) => each.account)).to.not.include('lazy.near')
  })

  it('votes may withhold pay but never slash: most say that nothing was served', () => {
    const actors: Actor[] = ['u0', 'u1', 'u2'].map((name) => ({
      account: `${name}.near`,
      validator: { unserved: true },
    }))
    const { seat, lost } = play([{ account: 'good.near', trainer: {} }, ...actors])
    expect(seat('good.near')).to.include({ outcome: 'rejected', base_pay: '0' })
    expect(lost('good.near')).to.equal(0n)
  })

  it('a validator that reports another gain than the majority loses the fee for that submission alone', () => {
    const { seat, task, lost } = play([
      { account: 'good.near', trainer: {} },
      { account: 'other.near', trainer: {} },
      { account: 'odd.near', validator: { gain: 7n } },
    ])
    expect(seat('good.near').gain).to.equal('100')
    expect(seat('odd.near').fee).to.equal('0')
    expect(seat('h0.near').fee).to.equal(task.quote.validator_fee)
    expect(lost('odd.near')).to.equal(0n)
  })
})
