/** Which receipts' work a dispute proved false, read from the market's views: what an anchor's gaps are made of. */
import { z } from 'zod'
import type { MarketContract } from '../near/market.gen.ts'
import type { Receipt } from '../protocol.ts'

const roundView = z.object({ disputes: z.array(z.string()) }).nullable()
const disputeView = z.object({ trainer: z.string(), result: z.string().nullable() }).nullable()

export type DisputeViews = Pick<MarketContract, 'get_round' | 'get_dispute'>

/**
 * Indices of the receipts that are tainted now, ascending. Only what has vested is anchored, and nothing is disputed after
 * that: this list, cut at an anchor's size, is the anchor's own.
 * PERF: one view a round that gave receipts, one a dispute of it.
 * @param receipts any of the list
 */
export async function findTainted(
  market: DisputeViews,
  receipts: readonly Pick<Receipt, 'index' | 'task' | 'round' | 'worker'>[],
): Promise<number[]> {
  const rounds = new Map(receipts.map(({ task, round }) => [`${task}-${round}`, { task, round }]))
  const refuted = new Set<string>()
  for (const { task, round } of rounds.values()) {
    const found = roundView.parse(await market.get_round({ task_id: task, round }))
    for (const id of found?.disputes ?? []) {
      const dispute = disputeView.parse(await market.get_dispute({ dispute_id: id }))
      if (dispute?.result === 'upheld') refuted.add(`${task}-${round}-${dispute.trainer}`)
    }
  }
  return receipts
    .filter(({ task, round, worker }) => refuted.has(`${task}-${round}-${worker}`))
    .map(({ index }) => Number(index))
    .sort((a, b) => a - b)
}
