/** Reads the list of receipts from the market contract over the RPC of the reader's choice. */
import { z } from 'zod'
import { httpRpc, type Rpc } from '../../../../chain/client/near/rpc.ts'
import type { ReceiptList } from '../../../../chain/client/receipts.ts'
import { bytesToBase64, bytesToUtf8, utf8ToBytes } from '../../../../chain/lib/bytes.ts'
import { BlyanError, type Fault } from '../../../../chain/lib/errors.ts'

/** The RPC's reply is no list of receipts. */
export class ListReplyError extends BlyanError {
  static override readonly code: string = 'PAGE_LIST_REPLY'
  static override readonly fault: Fault = 'peer'
}
/** The address is none that this page may ask. */
export class RpcAddressError extends BlyanError {
  static override readonly code: string = 'PAGE_RPC_ADDRESS'
  static override readonly fault: Fault = 'user'
}

const reply = z.object({ result: z.array(z.number().int().min(0).max(255)).max(4_096), block_height: z.number().int() })
const listView = z.object({ size: z.number().int().nonnegative(), root: z.string().regex(/^[0-9a-f]{64}$/) })

export interface ReadList extends ReceiptList {
  /** Block at which the contract was asked. */
  height: number
}

/**
 * @param height block of the proof: a list that has grown since then has another root
 * @throws RpcUnreachableError · NearRpcError · ListReplyError
 */
export async function readList(rpc: Rpc, market: string, height: number, signal?: AbortSignal): Promise<ReadList> {
  const answer = reply.safeParse(
    await rpc(
      'query',
      {
        request_type: 'call_function',
        block_id: height,
        account_id: market,
        method_name: 'receipt_root',
        args_base64: bytesToBase64(utf8ToBytes('{}')),
      },
      signal,
    ),
  )
  const list = answer.success ? listView.safeParse(parseJson(answer.data.result)) : null
  if (answer.success && list?.success === true) return { ...list.data, height: answer.data.block_height }
  throw new ListReplyError({
    what: 'The RPC answered, but not with a list of receipts.',
    fix: 'Check its address and network, or choose another RPC.',
    data: { market, height },
  })
}

/** @param text `/rpc` on this gateway, or a full address  @throws RpcAddressError */
export function rpcAt(text: string, origin: string): Rpc {
  return httpRpc(rpcAddress(text, origin))
}

export function rpcAddress(text: string, origin: string): string {
  const url = URL.parse(text.trim(), origin)
  const local = url !== null && (url.origin === origin || ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
  if (
    url !== null &&
    text.trim() !== '' &&
    url.username === '' &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && local))
  )
    return url.href
  throw new RpcAddressError({
    what: `${JSON.stringify(text.slice(0, 80))} is no address of an RPC.`,
    fix: 'Write https://… of a NEAR RPC, or /rpc for this gateway’s own.',
    data: { field: 'rpc' },
  })
}

function parseJson(bytes: number[]): unknown {
  try {
    return JSON.parse(bytesToUtf8(Uint8Array.from(bytes)))
  } catch {
    return null
  }
}
