import { keccak_256 } from '@noble/hashes/sha3.js'
import { expect } from 'chai'
import { receiptHash, verifyMmr } from '../../../contracts/near/lib/pure/index.ts'
import { expectBooks, expectSupply, ledgerFromEvents } from '../../fixtures/marketChecks.ts'
import { type Actor, MarketSim } from '../../fixtures/marketSim.ts'
import { BLY } from '../../fixtures/marketWorld.ts'

const trainers = (n: number): Actor[] => Array.from({ length: n }, (_, i) => ({ account: `t${i}.near`, trainer: {} }))
const validators = (n: number): Actor[] => Array.from({ length: n }, (_, i) => ({ account: `v${i}.near` }))

describe('market: an honest task', () => {
  it('runs from task to vest and pays everyone what the quote says', () => {
    const sim = new MarketSim({ actors: [...trainers(1), ...validators(3)], check: (s) => expectSupply(s.world) })
    const task = sim.run()
    expect(task).to.include({ state: 'Completed', vested: true, rounds_settled: 1 })
    const { ledger } = sim.world.view('get_node', { account_id: 't0.near' })
    expect(ledger).to.deep.equal({ payable: `${10n * BLY}`, locked: '0', paying: '0' })
    for (const { account } of validators(3)) {
      const node = sim.world.view('get_node', { account_id: account })
      expect(node.ledger.payable).to.equal(task.quote.validator_fee)
      expect(node.locked).to.equal('0')
    }
    expectBooks(sim.world, [...sim.actors.keys(), sim.requester])
  })

  it('returns to the requester, to the atto, what was not used', () => {
    const sim = new MarketSim({
      actors: [...trainers(3), ...validators(4)],
      spec: { workers: 3, rounds: 3, validators: 4, samples: 3, pay: '3333333333333333331' },
    })
    const task = sim.run()
    const spent = Object.values(task.spent as Record<string, string>).reduce((sum, part) => sum + BigInt(part), 0n)
    const refund = BigInt(sim.world.view('ledger', { account_id: sim.requester }).payable)
    expect(refund).to.equal(BigInt(task.bounty) - spent)
    expect(task.escrow).to.equal('0')
    const paid = BigInt(task.spent.base_pay) + BigInt(task.spent.bonus) + BigInt(task.spent.validators)
    expect(paid <= BigInt(task.quote.work)).to.equal(true)
  })

  it('locks pay and bonds until the challenge window is over', () => {
    const sim = new MarketSim({ actors: [...trainers(1), ...validators(3)], spec: {} })
    let seen = false
    sim.options.check = ({ world, task }) => {
      if (world.view('get_task', { task_id: task }).state !== 'Completed' || seen) return
      seen = true
      const node = world.view('get_node', { account_id: 't0.near' })
      expect(node.ledger).to.include({ payable: '0', locked: `${10n * BLY}` })
      expect(node.locked).to.equal(`${50n * BLY}`)
    }
    sim.run()
    expect(seen).to.equal(true)
  })

  it('hands on each worker its own last merged state as the next start', () => {
    const sim = new MarketSim({ actors: [...trainers(2), ...validators(3)], spec: { workers: 2, rounds: 2 } })
    expect(sim.run().rounds_settled).to.equal(2)
    const [first, second] = [0, 1].map((round) => sim.world.view('get_round', { task_id: sim.task, round }))
    for (const seat of second.trainers) {
      const before = first.trainers.find((each: { account: string }) => each.account === seat.account)
      expect(seat.last_final).to.deep.equal({ components: before.final, round: 0 })
    }
  })

  it('explains every balance from events alone', () => {
    const sim = new MarketSim({
      actors: [...trainers(2), ...validators(4), { account: 'cranker.near' }],
      spec: { workers: 2, rounds: 2, validators: 4, samples: 3 },
    })
    sim.run()
    sim.world.call('t0.near', 'claim', {}, 1n)
    for (const account of [...sim.actors.keys(), sim.requester]) {
      const { payable, locked, paying } = sim.world.view('ledger', { account_id: account })
      expect(ledgerFromEvents(sim.world, account), account).to.deep.equal({
        payable: BigInt(payable),
        locked: BigInt(locked),
        paying: BigInt(paying),
      })
    }
  })

  it('chains a receipt for each accepted submission, provable under the root', () => {
    const sim = new MarketSim({ actors: [...trainers(3), ...validators(3)], spec: { workers: 3, rounds: 2 } })
    sim.run()
    const { size, root } = sim.world.view('receipt_root')
    expect(size).to.equal(6)
    let previous = '0'.repeat(64)
    for (let index = 0; index < size; index++) {
      const { hash, ...receipt } = sim.world.view('get_receipt', { index })
      expect(receipt.previous).to.equal(previous)
      expect(receiptHash(keccak_256, receipt)).to.equal(hash)
      const { proof } = sim.world.view('receipt_proof', { index })
      expect(verifyMmr(keccak_256, { root, leaf: hash, index, size, proof })).to.equal(true)
      previous = hash
    }
    expect(sim.world.view('get_receipt', { index: size })).to.equal(null)
    expect(sim.world.view('receipt_proof', { index: size })).to.equal(null)
  })

  it('pays a registered cranker only for calls that moved the task', () => {
    const sim = new MarketSim({ actors: [...trainers(1), ...validators(3)] })
    sim.world.register('cranker.near')
    sim.run()
    const cranks = sim.world.eventsOf('ledger_changed').filter((each) => each.reason === 'CRANK')
    expect(cranks).to.have.length(4)
    const before = sim.world.view('ledger', { account_id: 'cranker.near' }).payable
    expect(sim.world.call('cranker.near', 'crank', { task_id: sim.task })).to.equal(false)
    expect(sim.world.view('ledger', { account_id: 'cranker.near' }).payable).to.equal(before)
  })

  it('shares the bonus by gain, and none of it is a reward for noise', () => {
    const actors: Actor[] = [
      { account: 't0.near', trainer: { gain: 300n } },
      { account: 't1.near', trainer: { gain: 100n } },
      { account: 't2.near', trainer: { gain: -50n } },
      ...validators(3),
    ]
    const sim = new MarketSim({ actors, spec: { workers: 3 } })
    sim.run()
    const { trainers: seats } = sim.world.view('get_round', { task_id: sim.task, round: 0 })
    const of = (account: string) => seats.find((each: { account: string }) => each.account === account)
    // The median is 100, so 300 counts as 200; a loss earns base pay alone.
    expect(of('t0.near').bonus).to.equal(`${2n * BLY}`)
    expect(of('t1.near').bonus).to.equal(`${BLY}`)
    expect(of('t2.near')).to.include({ bonus: '0', base_pay: `${9n * BLY}`, outcome: 'accepted' })
    expect(of('t2.near').faults).to.deep.equal([])
  })
})
