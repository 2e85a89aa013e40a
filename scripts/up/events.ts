/** Reads the chain's events, all or from where one stopped. */
import { z } from 'zod'
import type { Rpc } from '../../chain/client/near/rpc.ts'
import type { ChainEvent } from './story.ts'

const answer = z.object({
  next_height: z.number(),
  head: z.object({ height: z.number() }),
  blocks: z.array(
    z.object({
      height: z.number(),
      timestamp_nanosec: z.string(),
      receipts: z.array(
        z.object({
          tx_hash: z.string().nullable(),
          executor_id: z.string(),
          events: z.array(
            z.object({ standard: z.string(), version: z.string(), event: z.string(), data: z.unknown() }),
          ),
        }),
      ),
    }),
  ),
})

export interface EventReader {
  /** Events since the last call, oldest first. */
  next(signal?: AbortSignal): Promise<ChainEvent[]>
}

/** @param accounts contracts whose events are wanted */
export function eventReader(rpc: Rpc, accounts: readonly string[], fromHeight = 0): EventReader {
  let height = fromHeight
  return {
    next: async (signal) => {
      const found: ChainEvent[] = []
      for (;;) {
        const raw = await rpc('blyan_events', { from_height: height, limit: 500, account_ids: accounts }, signal)
        const page = answer.parse(raw)
        for (const block of page.blocks) {
          for (const receipt of block.receipts) {
            for (const { standard, event, data } of receipt.events) {
              found.push({
                height: block.height,
                at: Number(BigInt(block.timestamp_nanosec) / 1_000_000n),
                tx: receipt.tx_hash ?? '',
                contract: receipt.executor_id,
                standard,
                event,
                data: Array.isArray(data) ? data : [data],
              })
            }
          }
        }
        const done = page.next_height > page.head.height || page.next_height === height
        height = page.next_height
        if (done) return found
      }
    },
  }
}
