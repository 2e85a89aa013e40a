/** Asks a contract as of one block, so that many views tell of one moment. */

import { decodeValue } from '../../../chain/client/near/result.ts'
import type { Rpc } from '../../../chain/client/near/rpc.ts'
import { bytesToBase64, utf8ToBytes } from '../../../chain/lib/bytes.ts'

export type ViewAt = (contract: string, method: string, args: object) => Promise<unknown>

/** @throws what the RPC throws, UNKNOWN_BLOCK where the node has forgotten the block */
export function viewsAt(rpc: Rpc, height: number, signal?: AbortSignal): ViewAt {
  return async (contract, method, args) => {
    const request = {
      request_type: 'call_function',
      block_id: height,
      account_id: contract,
      method_name: method,
      args_base64: bytesToBase64(utf8ToBytes(JSON.stringify(args))),
    }
    const { result } = (await rpc('query', request, signal)) as { result: number[] }
    return decodeValue(Uint8Array.from(result))
  }
}
