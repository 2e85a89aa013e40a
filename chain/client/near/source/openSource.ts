/** The source that fits a node: its own events where it has them, plain RPC where not. */
import { NearRpcError } from '../errors.ts'
import type { Rpc } from '../rpc.ts'
import { embeddedSource } from './embeddedSource.ts'
import { type NearRpcSourceOptions, nearRpcSource } from './nearRpcSource.ts'
import type { BlockSource } from './types.ts'

/** @throws what the RPC throws, but for a method that it does not know */
export async function openSource(
  rpc: Rpc,
  contracts: readonly string[],
  options?: NearRpcSourceOptions,
  signal?: AbortSignal,
): Promise<BlockSource> {
  try {
    await rpc('blyan_events', { from_height: 0, limit: 1, account_ids: contracts }, signal)
    return embeddedSource(rpc, contracts)
  } catch (error) {
    if (!(error instanceof NearRpcError) || error.data.cause !== 'METHOD_NOT_FOUND') throw error
    return nearRpcSource(rpc, contracts, options)
  }
}
