/** Work receipts, and their check against a root that this side reads from the chain itself. */
import { z } from 'zod'
import { base64ToBytes, bytesToBase64, utf8ToBytes } from '../../lib/bytes.ts'
import { hashHex, listOf, receiptLine, receiptProofReply, receiptReply } from '../gateway/index.ts'
import { decodeValue } from '../near/result.ts'
import { httpRpc, type Rpc } from '../near/rpc.ts'
import { ZERO_HASH } from '../protocol.ts'
import { type ReceiptCheck, type ReceiptList, verifyReceipt } from '../receipts.ts'
import type { SdkContext } from './context.ts'

export type Receipts = ReturnType<typeof createReceipts>

const rootView = z.object({ size: z.number().int().nonnegative(), root: hashHex })

export function createReceipts(context: SdkContext) {
  const { http } = context
  const get = (index: number) => http.json(receiptReply, `/api/v1/receipts/${index}`)
  return {
    get,
    list: (query: { cursor?: string; limit?: number; task?: string; worker?: string } = {}) =>
      http.json(listOf(receiptLine), '/api/v1/receipts', { query }),
    /**
     * Checks one receipt link by link. The gateway serves bytes and proof; the root is the chain's own.
     * @param rpcUrl a NEAR RPC of the caller's choice; the client's own when absent  @returns the first break, or none
     */
    async verify(index: number, { rpcUrl }: { rpcUrl?: string } = {}): Promise<ReceiptCheck> {
      const rpc = rpcUrl === undefined ? await context.rpc() : httpRpc(rpcUrl)
      const { known } = await context.network()
      const [receipt, proof] = [await get(index), await http.json(receiptProofReply, `/api/v1/receipts/${index}/proof`)]
      const before = index === 0 ? ZERO_HASH : (await get(index - 1)).hash
      // Receipts are appended all the time: the root is read at the block for which the proof was made.
      const list = await readRoot(rpc, known.contracts.market, proof.asOf.height)
      return verifyReceipt({
        bytes: base64ToBytes(receipt.bytes),
        index,
        hash: proof.leaf,
        previous: before,
        proof: { size: proof.size, root: proof.root, steps: proof.proof },
        list,
      })
    },
  }
}

/** The list of receipts as the chain states it at one block. */
export async function readRoot(rpc: Rpc, market: string, height: number): Promise<ReceiptList> {
  const { result } = (await rpc('query', {
    request_type: 'call_function',
    block_id: height,
    account_id: market,
    method_name: 'receipt_root',
    args_base64: bytesToBase64(utf8ToBytes('{}')),
  })) as { result: number[] }
  return rootView.parse(decodeValue(Uint8Array.from(result)))
}
