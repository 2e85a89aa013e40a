/** Questions that every source asks a NEAR node, with answers parsed before they are trusted. */
import { z } from 'zod'
import type { Rpc } from '../rpc.ts'
import { SourceReplyError } from './errors.ts'
import type { BlockSource, SourceEvent } from './types.ts'

const statusReply = z.object({ chain_id: z.string(), genesis_hash: z.string() })

/** The part of a block's header that indexing needs. */
export const headerReply = z.object({
  height: z.number().int().nonnegative(),
  hash: z.string(),
  prev_hash: z.string(),
  timestamp_nanosec: z.string().regex(/^\d+$/),
})
const blockReply = z.object({ header: headerReply })

/** @throws what the RPC throws · SourceReplyError when the answer does not fit the schema */
export async function ask<T>(
  rpc: Rpc,
  schema: z.ZodType<T>,
  method: string,
  params: unknown,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted()
  const parsed = schema.safeParse(await rpc(method, params, signal))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new SourceReplyError({
    what: `The node's answer to ${method} is not as NEAR nodes give it: ${issue?.path.join('.')}: ${issue?.message}.`,
    fix: 'Point --rpc at a NEAR node, or at `blyan chain` of the same version.',
    data: { method },
  })
}

export const nanosecondsToMs = (text: string): number => Number(BigInt(text) / 1_000_000n)

/** `genesis` and `head`, which both kinds of node answer alike. */
export function chainFacts(rpc: Rpc): Pick<BlockSource, 'genesis' | 'head'> {
  return {
    async genesis(signal) {
      const { chain_id: chainId, genesis_hash: genesisHash } = await ask(rpc, statusReply, 'status', [], signal)
      return { chainId, genesisHash }
    },
    async head(signal) {
      const { header } = await ask(rpc, blockReply, 'block', { finality: 'final' }, signal)
      return { height: header.height, hash: header.hash, at: nanosecondsToMs(header.timestamp_nanosec) }
    },
  }
}

/** NEP-297 lets an event leave its data out, and some contracts give one object instead of a list. */
export const eventData = (data: unknown): SourceEvent['data'] =>
  data === undefined || data === null ? [] : Array.isArray(data) ? data : [data]
