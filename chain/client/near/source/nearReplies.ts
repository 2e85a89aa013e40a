/** The parts of plain NEAR RPC replies that indexing reads. Source: nearcore core/primitives/src/views.rs. */
import { z } from 'zod'
import { headerReply } from './ask.ts'

export const blockReply = z.object({
  header: headerReply.extend({ prev_height: z.number().int().nullish() }),
  chunks: z.array(z.object({ shard_id: z.number().int(), height_included: z.number().int() })),
})
export type BlockReply = z.infer<typeof blockReply>

export const chunkReply = z.object({
  transactions: z.array(
    z.object({ hash: z.string(), signer_id: z.string(), public_key: z.string(), receiver_id: z.string() }),
  ),
  receipts: z.array(
    z.object({
      receipt_id: z.string(),
      receiver_id: z.string(),
      receipt: z.looseObject({
        Action: z
          .object({ signer_id: z.string(), signer_public_key: z.string(), actions: z.array(z.unknown()) })
          .optional(),
      }),
    }),
  ),
})
export type ChunkReply = z.infer<typeof chunkReply>

const outcome = z.object({
  id: z.string(),
  block_hash: z.string(),
  proof: z.array(z.object({ direction: z.enum(['Left', 'Right']) })),
  outcome: z.object({
    executor_id: z.string(),
    logs: z.array(z.string()),
    receipt_ids: z.array(z.string()),
    status: z.unknown(),
  }),
})

export const transactionReply = z.object({
  final_execution_status: z.string(),
  transaction_outcome: outcome,
  receipts_outcome: z.array(outcome),
})
export type TransactionReply = z.infer<typeof transactionReply>
export type OutcomeReply = z.infer<typeof outcome>
