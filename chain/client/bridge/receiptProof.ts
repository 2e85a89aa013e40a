/**
 * Proves receipts on EVM: what ReceiptVerifier and RewardOnReceipt ask for, from the hashes of the anchored receipts
 * and the indices of the tainted ones. All recomputed here; a wrong list gives a wrong root and no proof.
 */
import { encodeFunctionData, type Hex } from 'viem'
import { BlyanError, type Fault } from '../../lib/errors.ts'
import { keccak256 } from '../../lib/hash.ts'
import { receiptVerifierAbi, rewardOnReceiptAbi } from '../evm/abi.gen.ts'
import {
  appendMmr,
  EMPTY_MMR,
  encodeReceipt,
  type HashHex,
  mmrProof,
  mmrRoot,
  proveUntainted,
  type Receipt,
  taintedRoot,
  toHex,
} from '../protocol.ts'
import type { Deployment } from './deployment.ts'
import type { EvmCall } from './evmCalls.ts'

/** The receipts known here are not those that were anchored. */
export class AnchorMismatchError extends BlyanError {
  static override readonly code: string = 'RECEIPT_ANCHOR_DIFFERS'
  static override readonly fault: Fault = 'peer'
}

/** Work behind the receipt was proven false: it is verified on EVM, but never paid for. */
export class ReceiptTaintedError extends BlyanError {
  static override readonly code: string = 'RECEIPT_TAINTED'
  static override readonly fault: Fault = 'user'
}

/** What the verifier keeps of one size, as hex without 0x: `evmSide().anchored()`. */
export interface AnchoredRoots {
  size: bigint
  root: HashHex
  tainted: HashHex
}

export interface ReceiptSource {
  /** Hashes of all receipts, from the first; those beyond the anchor are left aside. */
  hashes: readonly HashHex[]
  /** Indices whose work was proven false, in the order in which that became known. */
  tainted: readonly number[]
}

/** Arguments of `verify` beside the receipt's bytes. */
export interface InclusionProof {
  size: bigint
  path: readonly Hex[]
}

/** `IReceiptVerifier.GapProof`. */
export interface GapProof {
  from: bigint
  until: bigint
  position: bigint
  gaps: bigint
  path: readonly Hex[]
}

/**
 * Path of receipt `index` in the anchored list.
 * @throws AnchorMismatchError when the hashes do not give the anchored root, or the anchor does not reach the receipt
 * yet
 */
export function proveIncluded(anchored: AnchoredRoots, { hashes }: ReceiptSource, index: number): InclusionProof {
  const size = Number(anchored.size)
  if (index >= size) {
    throw new AnchorMismatchError({
      what: `Receipt ${index} is not anchored on EVM yet: the anchor holds the first ${size}.`,
      fix: 'Wait until its task has vested and the signers have anchored it.',
      data: { index, size },
    })
  }
  const leaves = hashes.slice(0, size)
  const root = mmrRoot(
    keccak256,
    leaves.reduce((range, leaf) => appendMmr(keccak256, range, leaf), EMPTY_MMR),
  )
  if (leaves.length < size || root !== anchored.root) throw differs(size, 'receipts')
  return { size: anchored.size, path: mmrProof(keccak256, leaves, index).map(hex) }
}

/**
 * Proof that receipt `index` was untainted when its list was anchored. An anchor knows only what was tainted before it,
 * so the indices are tried from all to none.
 * @throws ReceiptTaintedError; AnchorMismatchError when no beginning of `tainted` gives the anchored root
 */
export function proveUntaintedAt(anchored: AnchoredRoots, { tainted }: ReceiptSource, index: number): GapProof {
  const size = Number(anchored.size)
  for (let known = tainted.length; known >= 0; known--) {
    const indices = tainted
      .slice(0, known)
      .filter((each) => each < size)
      .sort((a, b) => a - b)
    if (taintedRoot(keccak256, size, indices) !== anchored.tainted) continue
    const proof = proveUntainted(keccak256, size, indices, index)
    if (proof === null) {
      throw new ReceiptTaintedError({
        what: `Receipt ${index} is tainted: a dispute proved its work false.`,
        fix: 'Claim another receipt.',
        data: { index },
      })
    }
    const { from, until, position, gaps, proof: path } = proof
    return {
      from: BigInt(from),
      until: BigInt(until),
      position: BigInt(position),
      gaps: BigInt(gaps),
      path: path.map(hex),
    }
  }
  throw differs(size, 'tainted receipts')
}

/** Reads a receipt through the verifier: `eth_call` it, or call it from a contract of one's own. */
export const verifyCall = ({ evm }: Pick<Deployment, 'evm'>, receipt: Receipt, proof: InclusionProof): EvmCall => ({
  to: evm.verifier,
  data: encodeFunctionData({
    abi: receiptVerifierAbi,
    functionName: 'verify',
    args: [bytesOf(receipt), proof.size, [...proof.path]],
  }),
})

/** Has a pot pay for a receipt. Anyone may send it; the worker's linked address is paid. */
export const claimCall = (to: Hex, receipt: Receipt, inclusion: InclusionProof, gap: GapProof): EvmCall => ({
  to,
  data: encodeFunctionData({
    abi: rewardOnReceiptAbi,
    functionName: 'claim',
    args: [bytesOf(receipt), inclusion.size, [...inclusion.path], { ...gap, path: [...gap.path] }],
  }),
})

const bytesOf = (receipt: Receipt): Hex => hex(toHex(encodeReceipt(receipt)))
const hex = (digits: string): Hex => `0x${digits}`

const differs = (size: number, what: string): AnchorMismatchError =>
  new AnchorMismatchError({
    what: `The ${what} known here are not those behind the anchor of ${size}.`,
    fix: 'Read them again from a NEAR RPC that you trust; if they still differ, the signers anchored something else: tell everyone.',
    data: { size },
  })
