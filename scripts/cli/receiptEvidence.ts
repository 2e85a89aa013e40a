/** Reads what receipts are checked by from the chain, as of one block, and checks them. Shared by `receipt` and `up`. */
import { encodeReceipt, type Receipt, ZERO_HASH } from '../../chain/client/protocol.ts'
import {
  listRoot,
  type ReceiptCheck,
  ReceiptEncodingError,
  type ReceiptList,
  verifyReceipt,
} from '../../chain/client/receipts.ts'
import { InvalidArgumentError } from '../../chain/lib/errors.ts'
import type { Session } from './session.ts'
import { listView, proofView, type ReceiptView, receiptView } from './views.ts'

/** There is no such receipt. */
export class ReceiptMissingError extends InvalidArgumentError {
  static override readonly code: string = 'RECEIPT_MISSING'
}

/** Receipts that one view call returns. */
const PAGE = 50

/** The list of receipts at one block. */
export interface ReceiptBook {
  list: ReceiptList
  height: number
  receipts: ReceiptView[]
}

type Reader = Pick<Session, 'view' | 'head'>

/** All receipts at one block. */
export async function readReceipts(session: Reader): Promise<ReceiptBook> {
  const { height } = await session.head()
  const list = await session.view(listView, 'receipt_root', {}, height)
  const receipts: ReceiptView[] = []
  while (receipts.length < list.size) {
    const args = { from_index: receipts.length, limit: PAGE }
    const page = await session.view(receiptView.array(), 'get_receipts', args, height)
    if (page.length === 0) break
    receipts.push(...page)
  }
  return { list, height, receipts }
}

/** Checks receipts of a book. @param indices from 0; all where none are named  @throws ReceiptMissingError */
export async function checkBook(
  session: Reader,
  { list, height, receipts }: ReceiptBook,
  indices: readonly number[] = receipts.map((_, i) => i),
): Promise<ReceiptCheck[]> {
  const recomputed = listRoot(receipts.map(({ hash }) => hash))
  const checks: ReceiptCheck[] = []
  for (const index of indices) {
    const view = receipts[index] ?? missing(index, list.size)
    const proof = await session.view(proofView, 'receipt_proof', { index }, height)
    const bytes = receiptBytes(view)
    if (bytes instanceof ReceiptEncodingError) {
      checks.push({ index, hash: view.hash, steps: proof.proof.length, receipt: null, passed: [], broken: bytes })
      continue
    }
    checks.push(
      verifyReceipt({
        bytes,
        index,
        hash: view.hash,
        previous: receipts[index - 1]?.hash ?? ZERO_HASH,
        proof: { size: proof.size, root: proof.root, steps: proof.proof },
        list,
        recomputed,
      }),
    )
  }
  return checks
}

/** The canonical bytes of a receipt as the contract shows it, or why it has none. */
export function receiptBytes({ hash: _, ...receipt }: ReceiptView): Uint8Array | ReceiptEncodingError {
  try {
    return encodeReceipt(receipt satisfies Receipt)
  } catch (cause) {
    return new ReceiptEncodingError({
      what: `Receipt ${receipt.index} has no encoding: ${(cause as Error).message.replace(/^ENCODING_INVALID: /, '')}.`,
      fix: 'Do not rely on this receipt. Ask another node with --rpc URL.',
      data: { link: 'encoding', index: receipt.index },
      cause,
    })
  }
}

export function missing(index: number, size: number): never {
  throw new ReceiptMissingError({
    what: `There is no receipt ${index}: the list has ${size === 0 ? 'none yet' : `receipts 0 to ${size - 1}`}.`,
    fix: size === 0 ? 'Receipts appear when a round settles.' : `Choose one from 0 to ${size - 1}, or --all.`,
    data: { field: 'N', size },
  })
}
