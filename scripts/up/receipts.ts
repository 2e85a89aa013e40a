/** All work receipts of the market, each checked here link by link. */
import type { NearClient } from '../../chain/client/near/index.ts'
import { encodeReceipt, type Receipt, ZERO_HASH } from '../../chain/client/protocol.ts'
import { listRoot, type ReceiptList, verifyReceipt } from '../../chain/client/receipts.ts'
import type { ReceiptLine } from './report.ts'

export type StoredReceipt = Receipt & { hash: string }

/** @returns one line a receipt, `verified` as recomputed by this process, and the list's root on chain */
export async function checkReceipts(
  client: NearClient,
  market: string,
): Promise<{ receipts: ReceiptLine[]; stored: StoredReceipt[]; root: string }> {
  const list = await client.view<ReceiptList>(market, 'receipt_root', {})
  const stored: StoredReceipt[] = []
  while (stored.length < list.size) {
    const page = await client.view<StoredReceipt[]>(market, 'get_receipts', { from_index: stored.length, limit: 20 })
    if (page.length === 0) break
    stored.push(...page)
  }
  const recomputed = listRoot(stored.map(({ hash }) => hash))
  const receipts: ReceiptLine[] = []
  for (const [index, receipt] of stored.entries()) {
    const { proof, root, size } = await client.view<ReceiptList & { proof: string[] }>(market, 'receipt_proof', {
      index,
    })
    const { broken, hash } = verifyReceipt({
      bytes: encodeReceipt(receipt),
      index,
      hash: receipt.hash,
      previous: index === 0 ? ZERO_HASH : stored[index - 1].hash,
      proof: { steps: proof, root, size },
      list,
      recomputed,
    })
    receipts.push({
      index,
      hash,
      task: receipt.task,
      round: receipt.round,
      worker: receipt.worker,
      gainMicrobits: receipt.gain,
      rewardAtto: receipt.reward,
      verified: broken === null,
    })
  }
  return { receipts, stored, root: list.root }
}
