import { expect } from 'chai'
import { expectBooks, expectSupply } from '../../fixtures/marketChecks.ts'
import { MarketSim } from '../../fixtures/marketSim.ts'
import { BLY, MarketWorld, makeSpec } from '../../fixtures/marketWorld.ts'

describe('market: stake, claims and burns', () => {
  const paid = () => {
    const sim = new MarketSim({
      actors: [{ account: 't.near', trainer: {} }, ...['a', 'b', 'c'].map((name) => ({ account: `${name}.near` }))],
    })
    sim.run()
    return sim
  }
  const payable = (w: MarketWorld, account: string) => BigInt(w.view('ledger', { account_id: account }).payable)

  it('pays a claim, wholly or in part', () => {
    const { world: w } = paid()
    expect(w.call('t.near', 'claim', { amount: `${BLY}` }, 1n)).to.equal(`${BLY}`)
    expect(payable(w, 't.near')).to.equal(9n * BLY)
    w.call('t.near', 'claim', {}, 1n)
    expect(w.view('ledger', { account_id: 't.near' })).to.deep.equal({ payable: '0', locked: '0', paying: '0' })
    expect(w.eventsOf('claim_paid')).to.have.length(2)
    expectSupply(w)
  })

  it('restores a claim when the receiver cannot receive, and pays it once only', () => {
    const { world: w } = paid()
    w.unregistered.add('t.near')
    w.call('t.near', 'claim', {}, 1n)
    expect(payable(w, 't.near')).to.equal(10n * BLY)
    expect(w.eventsOf('claim_restored')).to.deep.equal([{ account: 't.near', amount: `${10n * BLY}` }])
    expectSupply(w)
    w.unregistered.clear()
    w.call('t.near', 'claim', {}, 1n)
    expect(() => w.call('t.near', 'claim', {}, 1n)).to.throw('MARKET_NOTHING_TO_CLAIM')
    expectSupply(w)
  })

  it('burns in bulk, and keeps what the token refused to burn', () => {
    const { world: w } = paid()
    const before = w.view('supply').pending_burn
    w.failBurns = true
    w.call('x.near', 'flush_burn')
    expect(w.view('supply').pending_burn).to.equal(before)
    expectSupply(w)
    w.failBurns = false
    w.call('x.near', 'flush_burn')
    expect(w.view('supply').pending_burn).to.equal('0')
    expect(w.burned).to.equal(BigInt(before))
    expectSupply(w)
  })

  it('unbonds free stake after its time, through the ledger', () => {
    const w = new MarketWorld()
    w.stake('alice.near', 450n, { roles: ['validator'] })
    expect(w.view('get_node', { account_id: 'alice.near' }).seats).to.equal(4)
    w.call('alice.near', 'unstake', { amount: `${300n * BLY}` }, 1n)
    expect(w.view('get_node', { account_id: 'alice.near' })).to.include({ seats: 1, stake: `${150n * BLY}` })
    expectBooks(w, ['alice.near'])
    expect(() => w.call('alice.near', 'withdraw', {}, 1n)).to.throw('MARKET_NOTHING_TO_WITHDRAW')
    w.advance(60_000)
    expect(w.call('alice.near', 'withdraw', {}, 1n)).to.equal(`${300n * BLY}`)
    w.call('alice.near', 'claim', {}, 1n)
    expectSupply(w)
    w.transfer('alice.near', 10_000n * BLY, { stake: {} })
    expect(w.view('get_node', { account_id: 'alice.near' }).seats).to.equal(64)
    expectBooks(w, ['alice.near'])
  })

  it('cancels a pending task and returns its whole bounty', () => {
    const w = new MarketWorld()
    const task = w.createTask('alice.near', makeSpec())
    w.call('alice.near', 'cancel', { task_id: task }, 1n)
    const view = w.view('get_task', { task_id: task })
    expect(view).to.include({ state: 'Cancelled', vested: true, escrow: '0' })
    expect(payable(w, 'alice.near')).to.equal(BigInt(view.bounty))
    expect(w.view('active')).to.deep.equal([])
    expectSupply(w)
  })

  it('keeps the list of active tasks whole when one in the middle leaves', () => {
    const w = new MarketWorld()
    const ids = ['1', '2', '3'].map((nonce) => w.createTask('alice.near', makeSpec({ nonce })))
    w.call('alice.near', 'cancel', { task_id: ids[0] }, 1n)
    expect(w.view('active').map((each: { task: string }) => each.task)).to.have.members([ids[1], ids[2]])
    w.call('alice.near', 'cancel', { task_id: ids[2] }, 1n)
    expect(w.view('active').map((each: { task: string }) => each.task)).to.deep.equal([ids[1]])
  })

  it('lets an account leave once it has nothing here', () => {
    const w = new MarketWorld()
    w.register('alice.near')
    expect(w.call('alice.near', 'storage_unregister', {}, 1n)).to.equal(true)
    expect(w.view('storage_balance_of', { account_id: 'alice.near' })).to.equal(null)
  })
})
