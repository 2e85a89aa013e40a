/** What the gateway tells of the bridge: where it is, and what crossed it as NEAR knows it. */
import { z } from 'zod'
import { deploymentSchema } from '../bridge/deployment.ts'
import { accountId, asOf, atto, pageQuery, timeMs } from './schema.ts'

/** RPCs and signers as they are reached through this gateway; every signature says by itself whose it is. */
export const bridgeReply = z.object({ deployment: deploymentSchema, asOf })
export type BridgeReply = z.infer<typeof bridgeReply>

export const transferLine = z.object({
  /** `near-evm:NONCE` or `evm-near:NONCE`. */
  id: z.string(),
  direction: z.enum(['near-evm', 'evm-near']),
  nonce: z.string(),
  /** Null for what came from EVM: NEAR does not know who burned it. */
  sender: z.string().nullable(),
  receiver: z.string(),
  amountAtto: atto,
  /** NEAR's side of it: what was locked may be minted by now. */
  state: z.enum(['locked', 'unlocked', 'credited', 'queued', 'delayed', 'vetoed', 'refunded']),
  /** When a delay ends, ms. */
  readyAt: timeMs.nullable(),
  createdAt: timeMs,
  updatedAt: timeMs,
  /** Of the last change. */
  tx: z.string(),
})
export type TransferLine = z.infer<typeof transferLine>

/** Of one account of NEAR, or an EVM address with 0x; all without. */
export const transfersQuery = pageQuery.extend({
  account: z.union([accountId, z.string().regex(/^0x[0-9a-fA-F]{40}$/)]).optional(),
})
