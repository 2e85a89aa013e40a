/** Request parameters parsed by schema, and the block that a request refers to. */
import { z } from 'zod'
import type { Block } from '../block.ts'
import type { Chain } from '../chain.ts'
import { handlerError, parseError } from './errors.ts'

export type RpcMethod = (chain: Chain, params: unknown, signal: AbortSignal) => unknown | Promise<unknown>

/** @throws RpcFailure PARSE_ERROR with the first thing that is wrong */
export function parseParams<T>(schema: z.ZodType<T>, params: unknown): T {
  const parsed = schema.safeParse(params)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw parseError(`Failed parsing args: ${issue?.path.join('.') || 'params'}: ${issue?.message ?? 'invalid'}`)
}

export const blockId = z.union([z.number().int().nonnegative(), z.string().min(1)])

export const blockReference = z.object({
  block_id: blockId.nullish(),
  finality: z.enum(['optimistic', 'near-final', 'final']).nullish(),
  sync_checkpoint: z.enum(['genesis', 'earliest_available']).nullish(),
})

/** The head for every finality: one producer makes no forks. @throws RpcFailure UNKNOWN_BLOCK */
export function findBlock(chain: Chain, reference: z.infer<typeof blockReference>): Block {
  const { ledger } = chain
  if (reference.sync_checkpoint) return ledger.blocksFrom(0n).next().value as Block
  const id = reference.block_id
  if (id === undefined || id === null) return ledger.head
  const block = typeof id === 'number' ? ledger.blockAt(BigInt(id)) : ledger.blockByHash(id)
  if (block !== undefined) return block
  const words = typeof id === 'number' ? `BLOCK HEIGHT: ${id}` : `BLOCK HEADER: ${id}`
  throw handlerError(
    'UNKNOWN_BLOCK',
    { block_reference: { BlockId: id } },
    `DB Not Found Error: ${words} \n Cause: Unknown`,
  )
}
