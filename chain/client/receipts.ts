/**
 * Checks a work receipt link by link, by recomputation alone: its bytes, their hash, the receipt before it, its place in the
 * list of receipts, and the list's root on the chain. The first break stops. Runs in browsers.
 * Source: contracts/near/lib/pure/receipt.ts and mmr.ts.
 */
import { BlyanError, type Fault } from '../lib/errors.ts'
import { keccak256 } from '../lib/hash.ts'
import {
  appendMmr,
  decodeReceipt,
  EMPTY_MMR,
  encodeReceipt,
  type Hash,
  type HashHex,
  type Mmr,
  type MmrClaim,
  mmrRoot,
  type Receipt,
  toHex,
  verifyMmr,
  ZERO_HASH,
} from './protocol.ts'

/** The bytes are no receipt, or not the one encoding that a receipt has. */
export class ReceiptEncodingError extends BlyanError {
  static override readonly code: string = 'RECEIPT_ENCODING_WRONG'
  static override readonly fault: Fault = 'peer'
}
/** The bytes do not hash to what the list holds for this receipt. */
export class ReceiptHashError extends BlyanError {
  static override readonly code: string = 'RECEIPT_HASH_WRONG'
  static override readonly fault: Fault = 'peer'
}
/** The receipt does not name the one before it. */
export class ReceiptChainError extends BlyanError {
  static override readonly code: string = 'RECEIPT_CHAIN_WRONG'
  static override readonly fault: Fault = 'peer'
}
/** The steps from the receipt do not lead to the root that they were given for. */
export class ReceiptProofError extends BlyanError {
  static override readonly code: string = 'RECEIPT_PROOF_WRONG'
  static override readonly fault: Fault = 'peer'
}
/** The list's root is not the one on the chain. */
export class ReceiptRootError extends BlyanError {
  static override readonly code: string = 'RECEIPT_ROOT_WRONG'
  static override readonly fault: Fault = 'peer'
}

export const RECEIPT_LINKS = ['encoding', 'hash', 'chain', 'list', 'root'] as const
export type ReceiptLink = (typeof RECEIPT_LINKS)[number]

/** Size and root of the list of receipts. */
export interface ReceiptList {
  size: number
  root: HashHex
}

/** All that one receipt is checked by. */
export interface ReceiptEvidence {
  bytes: Uint8Array
  /** Place in the list, from 0. */
  index: number
  /** What the list holds for it. */
  hash: HashHex
  /** Hash of the receipt before it; 64 zeros for the first. */
  previous: HashHex
  /** From the receipt upwards, with the list for which it was made. */
  proof: ReceiptList & { steps: readonly HashHex[] }
  /** As the chain states it. */
  list: ReceiptList
  /** Root recomputed from the hashes of all receipts, where the checker has them. */
  recomputed?: HashHex
}

export interface ReceiptCheck {
  index: number
  /** Of the bytes, as computed here. */
  hash: HashHex
  /** Of its proof, from the receipt up to the root. */
  steps: number
  /** Null when the bytes are none. */
  receipt: Receipt | null
  /** Links that hold, in order. */
  passed: ReceiptLink[]
  /** Where it breaks; `data` has link, expected and got. Null: verified. */
  broken: BlyanError | null
}

/** Checks one receipt. Never throws: a break is a result. */
export function verifyReceipt(evidence: ReceiptEvidence, keccak: Hash = keccak256): ReceiptCheck {
  const check: ReceiptCheck = {
    index: evidence.index,
    hash: toHex(keccak(evidence.bytes)),
    steps: evidence.proof.steps.length,
    receipt: null,
    passed: [],
    broken: null,
  }
  try {
    for (const link of RECEIPT_LINKS) {
      LINKS[link](evidence, check, keccak)
      check.passed.push(link)
    }
  } catch (error) {
    if (!(error instanceof BlyanError)) throw error
    check.broken = error
  }
  return check
}

/** Root of the list over all receipt hashes; 64 zeros when there is none. PERF: two keccaks a receipt. */
export function listRoot(hashes: readonly HashHex[], keccak: Hash = keccak256): HashHex {
  const range = hashes.reduce<Mmr>((sofar, hash) => appendMmr(keccak, sofar, hash), EMPTY_MMR)
  return mmrRoot(keccak, range)
}

const LINKS: Record<ReceiptLink, (evidence: ReceiptEvidence, check: ReceiptCheck, keccak: Hash) => void> = {
  encoding({ bytes, index }, check) {
    const receipt = attempt(() => decodeReceipt(bytes), index)
    const again = toHex(encodeReceipt(receipt))
    if (again !== toHex(bytes)) throw encodingError(index, again, toHex(bytes))
    if (receipt.index !== String(index)) throw encodingError(index, `receipt ${index}`, `receipt ${receipt.index}`)
    check.receipt = receipt
  },
  hash({ index, hash }, check) {
    if (check.hash === hash) return
    throw new ReceiptHashError({
      what: `Receipt ${index} breaks at its hash: the list holds ${hash}, its bytes give ${check.hash}.`,
      fix: FIX,
      data: { link: 'hash', index, expected: hash, got: check.hash },
    })
  },
  chain({ index, previous }, { receipt }) {
    const expected = index === 0 ? ZERO_HASH : previous
    if (receipt!.previous === expected) return
    throw new ReceiptChainError({
      what: `Receipt ${index} breaks at the one before it: that hashes to ${expected}, this one names ${receipt!.previous}.`,
      fix: FIX,
      data: { link: 'chain', index, expected, got: receipt!.previous },
    })
  },
  list({ index, proof: { steps, size, root } }, check, keccak) {
    if (leadsTo({ root, leaf: check.hash, index, size, proof: steps }, keccak)) return
    throw new ReceiptProofError({
      what: `Receipt ${index} breaks at its place in the list: its ${steps.length} steps do not lead to the root ${root} of ${size} receipts.`,
      fix: FIX,
      data: { link: 'list', index, expected: root, got: null, size, steps: steps.length },
    })
  },
  root({ index, proof, list, recomputed }) {
    const found = [{ size: proof.size, root: proof.root }]
    if (recomputed !== undefined) found.push({ size: list.size, root: recomputed })
    for (const { size, root } of found) {
      if (root === list.root && size === list.size) continue
      throw new ReceiptRootError({
        what: `Receipt ${index} breaks at the list’s root: the chain says ${list.root} of ${list.size} receipts, the list gives ${root} of ${size}.`,
        fix: FIX,
        data: { link: 'root', index, expected: list.root, got: root, size: list.size },
      })
    }
  },
}

const FIX =
  'Do not rely on this receipt. Ask another node with --rpc URL; if it says the same, report the market contract.'

const encodingError = (index: number, expected: string, got: string) =>
  new ReceiptEncodingError({
    what: `Receipt ${index} breaks at its encoding: expected ${expected.slice(0, 80)}, got ${got.slice(0, 80)}.`,
    fix: FIX,
    data: { link: 'encoding', index, expected, got },
  })

function leadsTo(claim: MmrClaim, keccak: Hash): boolean {
  try {
    return verifyMmr(keccak, claim)
  } catch {
    return false // a step that is no hash
  }
}

/** The encoders throw plain errors `ENCODING_INVALID: …`, since contracts use them too. */
function attempt<T>(read: () => T, index: number): T {
  try {
    return read()
  } catch (cause) {
    throw new ReceiptEncodingError({
      what: `Receipt ${index} breaks at its encoding: ${(cause as Error).message.replace(/^ENCODING_INVALID: /, '')}.`,
      fix: FIX,
      data: { link: 'encoding', index, expected: 'canonical bytes', got: (cause as Error).message },
      cause,
    })
  }
}
