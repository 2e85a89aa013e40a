/** Tainted receipts from the market's views. */
import { expect } from 'chai'
import { type DisputeViews, findTainted } from '../../../../../chain/client/bridge/taintedReceipts.ts'
import { makeReceipt } from '../../../../fixtures/receiptChain.ts'

const ROUNDS: Record<string, string[]> = { '1-0': ['1-0-0', '1-0-1'], '1-1': [], '2-0': ['2-0-0'] }
const DISPUTES: Record<string, { trainer: string; result: string | null }> = {
  '1-0-0': { trainer: 'a.near', result: 'upheld' },
  '1-0-1': { trainer: 'b.near', result: 'rejected' },
  '2-0-0': { trainer: 'a.near', result: null },
}

describe('findTainted', () => {
  const asked: string[] = []
  const market: DisputeViews = {
    get_round: async ({ task_id, round }) => {
      asked.push(`${task_id}-${round}`)
      const disputes = ROUNDS[`${task_id}-${round}`]
      return disputes ? { disputes, phase: 'settled' } : null
    },
    get_dispute: async ({ dispute_id }) => DISPUTES[dispute_id] ?? null,
  }
  const receipt = (index: number, task: string, round: number, worker: string) =>
    makeReceipt(index, { task, round, worker })

  it('finds the work that an upheld dispute names: that task, round and trainer, nobody beside', async () => {
    const receipts = [
      receipt(0, '1', 0, 'b.near'),
      receipt(1, '1', 0, 'a.near'),
      receipt(2, '1', 1, 'a.near'),
      receipt(3, '2', 0, 'a.near'),
      receipt(4, '3', 0, 'a.near'),
    ]
    expect(await findTainted(market, receipts)).to.deep.equal([1])
    expect(asked, 'each round is read once').to.deep.equal(['1-0', '1-1', '2-0', '3-0'])
  })

  it('believes no view that has another shape', async () => {
    const odd: DisputeViews = { ...market, get_dispute: async () => ({ result: 'upheld' }) }
    const error = await findTainted(odd, [receipt(0, '1', 0, 'a.near')]).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(Error)
  })
})
