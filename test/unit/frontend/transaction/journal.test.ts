/** The journal of what was sent: never twice, across clicks, tabs and reloads. */
import { expect } from 'chai'
import { BlyanError } from '../../../../chain/lib/errors.ts'
import { failureOf } from '../../../../frontend/src/transaction/follow.ts'
import { createJournal, WALLET_PATIENCE_MS } from '../../../../frontend/src/transaction/journal.ts'

function storage() {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
}
const order = { id: 'task:ab', title: 'Train', accountId: 'alice.near', total: 3 }

describe('the journal of transactions', () => {
  it('lets the first of two clicks through, in one tab and in two', () => {
    const shared = storage()
    const [a, b] = [createJournal(shared, 'a'), createJournal(shared, 'b')]
    expect([a.begin(order, 0), a.begin(order, 1), b.begin(order, 2)]).to.deep.equal([true, false, false])
    a.update(order.id, { step: 'sent', hashes: ['H1'] }, 3)
    expect(b.begin(order, WALLET_PATIENCE_MS * 10)).to.equal(false)
    expect(b.list()[0]).to.include({ step: 'sent', accountId: 'alice.near' })
  })

  it('goes back to review when the wallet refuses, and may begin again', () => {
    const journal = createJournal(storage(), 'a')
    journal.begin(order, 0)
    journal.withdraw(order.id)
    expect(journal.list()).to.deep.equal([])
    expect(journal.begin(order, 1)).to.equal(true)
  })

  it('does not withdraw what was sent', () => {
    const journal = createJournal(storage(), 'a')
    journal.begin(order, 0)
    journal.update(order.id, { step: 'sent', hashes: ['H1'] }, 1)
    journal.withdraw(order.id)
    expect(journal.find(order.id)?.step).to.equal('sent')
  })

  it('frees an entry whose tab was closed before its wallet answered, after a minute', () => {
    const shared = storage()
    createJournal(shared, 'closed').begin(order, 0)
    const later = createJournal(shared, 'new')
    expect(later.begin(order, WALLET_PATIENCE_MS - 1)).to.equal(false)
    expect(later.begin(order, WALLET_PATIENCE_MS + 1)).to.equal(true)
  })

  it('may be tried again after a failure, and survives a stored text that is none of its own', () => {
    const journal = createJournal(storage(), 'a')
    journal.begin(order, 0)
    journal.update(order.id, { failed: { code: 'X', what: 'w', fix: 'f', money: 'm' } }, 1)
    expect(journal.begin(order, 2)).to.equal(true)
    expect(createJournal({ getItem: () => '{"a":', setItem: () => undefined }, 'a').list()).to.deep.equal([])
  })

  it('says where the money is, and does not claim to know when nobody answered', () => {
    const failed = new BlyanError({ what: 'x', fix: 'y' })
    expect(failureOf(failed, { accountId: 'alice.near', step: 'wallet' }).money).to.match(/Nothing was sent/)
    expect(failureOf(failed, { accountId: 'alice.near', step: 'sent' }).money).to.match(/came back to alice.near/)
  })
})
