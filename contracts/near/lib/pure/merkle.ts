/**
 * Merkle trees of Certificate Transparency (RFC 6962): leaf = H(0x00 ‖ data), node = H(0x01 ‖ left ‖ right), split at the
 * largest power of two below the size. Leaves, roots and proofs are 32-byte hashes in hex.
 */
import { concatBytes, fromHex, type Hash, type HashHex, invalidEncoding, toHex } from './bytes.ts'

const LEAF = new Uint8Array([0])
const NODE = new Uint8Array([1])

/** A proof longer than this could only belong to a tree of more than 2^31 leaves. */
export const MAX_PROOF = 31

export interface MerkleClaim {
  root: HashHex
  leaf: HashHex
  index: number
  size: number
  proof: readonly HashHex[]
}

/** Root over 32-byte leaves. No leaves: H of no bytes, as RFC 6962 has it. */
export function merkleRoot(hash: Hash, leaves: readonly HashHex[]): HashHex {
  if (leaves.length === 0) return toHex(hash(new Uint8Array(0)))
  return toHex(treeRoot(hash, hashLeaves(hash, leaves), 0, leaves.length))
}

/** Audit path of the leaf at `index`, from the leaf upwards. @source RFC 9162 §2.1.3.1 */
export function merkleProof(hash: Hash, leaves: readonly HashHex[], index: number): HashHex[] {
  return treePath(hash, hashLeaves(hash, leaves), index)
}

/** Whether `proof` leads from the leaf to the root. Never throws on a proof of the wrong length. @source RFC 9162 §2.1.3.2 */
export function verifyMerkle(hash: Hash, claim: MerkleClaim): boolean {
  const leaf = hash(concatBytes(LEAF, fromHex(claim.leaf)))
  const root = climb(hash, leaf, claim)
  return root !== null && toHex(root) === claim.root
}

function hashLeaves(hash: Hash, leaves: readonly HashHex[]): Uint8Array[] {
  return leaves.map((leaf) => hash(concatBytes(LEAF, fromHex(leaf))))
}

/** H(0x01 ‖ left ‖ right). */
export function nodeHash(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash(concatBytes(NODE, left, right))
}

/** Root of `nodes[start, end)`, which are hashes of leaves already. Needs at least one. */
export function treeRoot(hash: Hash, nodes: readonly Uint8Array[], start: number, end: number): Uint8Array {
  if (end - start === 1) return nodes[start]
  const middle = start + splitAt(end - start)
  return nodeHash(hash, treeRoot(hash, nodes, start, middle), treeRoot(hash, nodes, middle, end))
}

/** Audit path over hashes of leaves. @throws `ENCODING_INVALID` when the index is outside */
export function treePath(hash: Hash, nodes: readonly Uint8Array[], index: number): HashHex[] {
  if (!(index >= 0 && index < nodes.length)) invalidEncoding(`leaf ${index} of a tree of ${nodes.length}`)
  const path: HashHex[] = []
  let start = 0
  let end = nodes.length
  while (end - start > 1) {
    const middle = start + splitAt(end - start)
    if (index < middle) {
      path.push(toHex(treeRoot(hash, nodes, middle, end)))
      end = middle
    } else {
      path.push(toHex(treeRoot(hash, nodes, start, middle)))
      start = middle
    }
  }
  return path.reverse()
}

/** The root that leaf hash, index, size and proof lead to; null when the proof's length does not fit. */
export function climb(
  hash: Hash,
  leaf: Uint8Array,
  { index, size, proof }: { index: number; size: number; proof: readonly HashHex[] },
): Uint8Array | null {
  if (!(index >= 0 && index < size && size <= 0x7fffffff && proof.length <= MAX_PROOF)) return null
  let fn = index
  let sn = size - 1
  let node = leaf
  for (const sibling of proof) {
    if (sn === 0) return null
    if ((fn & 1) === 1 || fn === sn) {
      node = nodeHash(hash, fromHex(sibling), node)
      while ((fn & 1) === 0 && fn !== 0) {
        fn >>>= 1
        sn >>>= 1
      }
    } else node = nodeHash(hash, node, fromHex(sibling))
    fn >>>= 1
    sn >>>= 1
  }
  return sn === 0 ? node : null
}

function splitAt(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}
