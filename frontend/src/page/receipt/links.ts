/** A receipt's five links as this page checks them: each waits for its evidence, the first break stops. */
import {
  RECEIPT_LINKS,
  type ReceiptCheck,
  type ReceiptEvidence,
  type ReceiptLink,
  type ReceiptList,
  verifyReceipt,
} from '../../../../chain/client/receipts.ts'
import type { BlyanError } from '../../../../chain/lib/errors.ts'

/** What has arrived so far. */
export interface KnownEvidence extends Pick<ReceiptEvidence, 'index' | 'bytes' | 'hash'> {
  previous?: string
  proof?: ReceiptEvidence['proof']
  list?: ReceiptList
}

export interface LinkView {
  link: ReceiptLink
  words: string
  state: 'waits' | 'ok' | 'broken' | 'not reached'
  /** What it means, when it holds. */
  detail: string
  expected: string | null
  got: string | null
}

export interface LinksView {
  links: LinkView[]
  check: ReceiptCheck
  broken: BlyanError | null
  /** All five hold. */
  verified: boolean
}

/** Evidence that each link needs beside the bytes. */
const NEEDS: Readonly<Record<ReceiptLink, (known: KnownEvidence) => boolean>> = {
  encoding: () => true,
  hash: () => true,
  chain: ({ index, previous }) => index === 0 || previous !== undefined,
  list: ({ proof }) => proof !== undefined,
  root: ({ list }) => list !== undefined,
}

export function checkLinks(known: KnownEvidence): LinksView {
  const reach = RECEIPT_LINKS.findIndex((link) => !NEEDS[link](known))
  const reached = reach < 0 ? RECEIPT_LINKS.length : reach
  const proof = known.proof ?? { size: 0, root: '', steps: [] }
  const check = verifyReceipt({
    bytes: known.bytes,
    index: known.index,
    hash: known.hash,
    previous: known.previous ?? '',
    proof,
    list: known.list ?? { size: proof.size, root: proof.root },
  })
  const passed = Math.min(check.passed.length, reached)
  const broken = check.passed.length < reached ? check.broken : null
  const data = (broken?.data ?? {}) as { expected?: string; got?: string | null }
  const links = RECEIPT_LINKS.map((link, i): LinkView => {
    const state = i < passed ? 'ok' : broken === null ? 'waits' : i === passed ? 'broken' : 'not reached'
    return {
      link,
      words: WORDS[link],
      state,
      detail: DETAIL[link](known),
      expected: state === 'broken' ? (data.expected ?? null) : null,
      got: state === 'broken' ? (data.got ?? 'something else') : null,
    }
  })
  return { links, check, broken, verified: passed === RECEIPT_LINKS.length }
}

const WORDS: Readonly<Record<ReceiptLink, string>> = {
  encoding: 'encoding',
  hash: 'hash',
  chain: 'link to the one before',
  list: 'place in the list',
  root: 'root on chain',
}

const DETAIL: Readonly<Record<ReceiptLink, (known: KnownEvidence) => string>> = {
  encoding: ({ bytes }) => `${bytes.length} bytes, the one way to write this receipt`,
  hash: () => 'the bytes hash to what the list holds for it',
  chain: ({ index }) => (index === 0 ? 'the first of all' : `names receipt ${index - 1} by its hash, computed here`),
  list: ({ proof }) => `${proof?.steps.length ?? 0} steps lead to the root of ${proof?.size ?? 0} receipts`,
  root: ({ list }) => `the market contract states the same root of ${list?.size ?? 0} receipts`,
}

/** What a verified receipt is evidence of; odds and small pools are part of it. */
export function meaning({ receipt }: ReceiptCheck): string {
  if (receipt === null) return ''
  const samples = `${receipt.samples} samples by each of ${receipt.validators} ${receipt.validators === 1 ? 'validator' : 'validators'}`
  const pool = receipt.smallPool
    ? `; small pool: ${receipt.pool} operators could be drawn, too few for these odds`
    : `; drawn from ${receipt.pool} operators`
  return `evidence that ${receipt.worker}’s round ${receipt.round + 1} of task ${receipt.task} passed ${samples}. A trainer that fakes a tenth of its work is caught ${receipt.certainty} times in 100${pool}.`
}
