/** Reads the list of receipts from the market contract over the RPC of the reader's choice. */
import { z } from 'zod'
import { httpRpc, type Rpc } from '../../../../chain/client/near/rpc.ts'
import type { ReceiptList } from '../../../../chain/client/receipts.ts'
import { BlyanError, type Fault } from '../../../../chain/lib/errors.ts'
import { readView } from '../../api/chainView.ts'

/** The address is none that this page may ask. */
export class RpcAddressError extends BlyanError {
  static override readonly code: string = 'PAGE_RPC_ADDRESS'
  static override readonly fault: Fault = 'user'
}

const listView = z.object({ size: z.number().int().nonnegative(), root: z.string().regex(/^[0-9a-f]{64}$/) })

export interface ReadList extends ReceiptList {
  /** Block at which the contract was asked. */
  height: number
}

/**
 * The list at the proof's block. Where receipts came between the proof and its block, the newest list is taken instead.
 * @throws RpcUnreachableError · NearRpcError · ViewReplyError
 */
export async function readList(
  rpc: Rpc,
  market: string,
  proof: { height: number; size: number },
  signal?: AbortSignal,
): Promise<ReadList> {
  const view = { contract: market, method: 'receipt_root', schema: listView, signal }
  const at = await readView(rpc, { ...view, height: proof.height })
  const read = at.value.size === proof.size ? at : await readView(rpc, view)
  return { ...read.value, height: read.height }
}

/** @param text `/rpc` on this gateway, or a full address  @throws RpcAddressError */
export function rpcAt(text: string, origin: string): Rpc {
  return httpRpc(rpcAddress(text, origin))
}

export function rpcAddress(text: string, origin: string): string {
  const url = URL.parse(text.trim(), origin)
  if (url !== null && text.trim() !== '' && url.username === '' && mayBeAsked(url, origin)) return url.href
  throw new RpcAddressError({
    what: `${JSON.stringify(text.slice(0, 80))} is no address of an RPC.`,
    fix: 'Write https://… of a NEAR RPC, or /rpc for this gateway’s own.',
    data: { field: 'rpc' },
  })
}

function mayBeAsked({ protocol, origin: asked, hostname }: URL, origin: string): boolean {
  if (protocol === 'https:') return true
  return protocol === 'http:' && (asked === origin || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
}
