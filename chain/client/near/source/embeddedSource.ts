/** Blocks of the embedded chain, which finds the events itself: one request a page. */
import { z } from 'zod'
import type { Rpc } from '../rpc.ts'
import { ask, chainFacts, eventData, headerReply, nanosecondsToMs } from './ask.ts'
import type { BlockSource } from './types.ts'

const eventsReply = z.object({
  head: z.object({ height: z.number().int() }),
  next_height: z.number().int(),
  blocks: z.array(
    headerReply.extend({
      receipts: z.array(
        z.object({
          receipt_id: z.string(),
          tx_hash: z.string(),
          executor_id: z.string(),
          events: z.array(z.object({ standard: z.string(), event: z.string(), data: z.unknown() })),
        }),
      ),
    }),
  ),
})

/** @param contracts accounts whose events are wanted */
export function embeddedSource(rpc: Rpc, contracts: readonly string[]): BlockSource {
  return {
    ...chainFacts(rpc),
    async blocks(fromHeight, limit, signal) {
      const asked = { from_height: fromHeight, limit, account_ids: contracts }
      const reply = await ask(rpc, eventsReply, 'blyan_events', asked, signal)
      const blocks = reply.blocks.map(({ height, hash, prev_hash: previousHash, timestamp_nanosec, receipts }) => ({
        height,
        hash,
        previousHash,
        at: nanosecondsToMs(timestamp_nanosec),
        events: receipts
          .flatMap(({ receipt_id: receiptId, tx_hash: txHash, executor_id: contract, events }) =>
            events.map(({ standard, event, data }) => ({
              txHash,
              receiptId,
              contract,
              standard,
              event,
              data: eventData(data),
            })),
          )
          .map((event, index) => ({ ...event, index })),
      }))
      return { blocks, next: reply.next_height, head: reply.head.height }
    },
  }
}
