/**
 * Which receipts of an anchored list are tainted: their work was proven false after they were written. Kept as the gaps
 * between them, so that "this one is not among them" has a short proof too: a gap [from, until) holds no tainted index. The
 * tree is RFC 6962's over gap hashes, keccak256(0x03 ‖ from u64 ‖ until u64): no receipt, node or root begins with 0x03.
 */
import { concatBytes, type Hash, type HashHex, invalidEncoding, toHex, u64be } from './bytes.ts'
import { climb, treePath, treeRoot } from './merkle.ts'

const GAP = new Uint8Array([3])

/** Receipts `from` up to, not including, `until` are untainted. */
export interface Gap {
  from: number
  until: number
}

export interface UntaintedProof extends Gap {
  /** Position of the gap in the list and how long the list is. */
  position: number
  gaps: number
  proof: readonly HashHex[]
}

/**
 * The gaps of a list of `size` receipts. Neighbouring tainted receipts have none between them; where all are tainted, one
 * empty gap stands for it, so that the tree has a leaf.
 * @param tainted  indices, strictly ascending, below `size`
 * @example findGaps(5, [2]) // [{ from: 0, until: 2 }, { from: 3, until: 5 }]
 */
export function findGaps(size: number, tainted: readonly number[]): Gap[] {
  const gaps: Gap[] = []
  let from = 0
  for (const index of tainted) {
    if (!(index >= from && index < size)) invalidEncoding(`tainted index ${index} is out of order or range`)
    if (index > from) gaps.push({ from, until: index })
    from = index + 1
  }
  if (from < size || gaps.length === 0) gaps.push({ from, until: size })
  return gaps
}

/** Root over the gaps. */
export function taintedRoot(keccak: Hash, size: number, tainted: readonly number[]): HashHex {
  const leaves = findGaps(size, tainted).map((gap) => gapHash(keccak, gap))
  return toHex(treeRoot(keccak, leaves, 0, leaves.length))
}

/** Proof that receipt `index` is not tainted; null when it is. @throws `ENCODING_INVALID` when it is not below `size` */
export function proveUntainted(
  keccak: Hash,
  size: number,
  tainted: readonly number[],
  index: number,
): UntaintedProof | null {
  if (!(index >= 0 && index < size)) invalidEncoding(`receipt ${index} of ${size}`)
  const gaps = findGaps(size, tainted)
  const position = gaps.findIndex(({ from, until }) => from <= index && index < until)
  if (position < 0) return null
  const leaves = gaps.map((gap) => gapHash(keccak, gap))
  return { ...gaps[position], position, gaps: gaps.length, proof: treePath(keccak, leaves, position) }
}

/** Whether the proof shows under this root that receipt `index` is not tainted. */
export function verifyUntainted(keccak: Hash, root: HashHex, index: number, claim: UntaintedProof): boolean {
  if (!(claim.from <= index && index < claim.until)) return false
  const node = climb(keccak, gapHash(keccak, claim), { index: claim.position, size: claim.gaps, proof: claim.proof })
  return node !== null && toHex(node) === root
}

function gapHash(keccak: Hash, { from, until }: Gap): Uint8Array {
  return keccak(concatBytes(GAP, u64be(BigInt(from)), u64be(BigInt(until))))
}
