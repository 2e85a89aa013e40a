/**
 * Merkle proofs as calls bring them. Many leaves of one tree share most of their paths: what one path
 * has proven is not hashed again for the next, which halves the gas of an answer.
 */
import { concatBytes, fromHex, type Hash, toHex, verifyMerkle } from '../lib/pure/index.ts'

const LEAF = new Uint8Array([0])
const NODE = new Uint8Array([1])

export interface ProvenLeaf {
  leaf: number
  hash: string
  proof: readonly string[]
}

/** Whether every proof is a list of 32-byte hashes; that they are hex is seen when they are hashed. */
function areHashes(proof: readonly string[]): boolean {
  for (let i = 0; i < proof.length; i++) if (proof[i].length !== 64) return false
  return true
}

/** Whether `hash` is leaf number `leaf` of the tree with this root and size. */
export function isLeaf(sha256: Hash, root: string, size: number, { leaf, hash, proof }: ProvenLeaf): boolean {
  return areHashes(proof) && verifyMerkle(sha256, { root, leaf: hash, index: leaf, size, proof })
}

/**
 * The first of these leaves that is not in the tree; null when all are. A proven path makes all its nodes and siblings
 * known, so the next path ends where it meets one of them. @source RFC 9162 §2.1.3.2
 */
export function findForeignLeaf(
  sha256: Hash,
  root: string,
  size: number,
  leaves: readonly ProvenLeaf[],
): number | null {
  const known = new Map<number, string>()
  for (const each of leaves) {
    if (each.leaf < 0 || each.leaf >= size || !areHashes(each.proof)) return each.leaf
    if (!climb(sha256, root, size, each, known)) return each.leaf
  }
  return null
}

/** Nodes by place: level and index in one number. A tree has less than 2^16 leaves. */
const LEVEL = 65_536

function climb(sha256: Hash, root: string, size: number, path: ProvenLeaf, known: Map<number, string>): boolean {
  const { leaf, hash, proof } = path
  const seen: [number, string][] = []
  let index = leaf
  let last = size - 1
  let level = 0
  let node = sha256(concatBytes(LEAF, fromHex(hash)))
  let expected = known.get(leaf)
  for (let i = 0; i < proof.length && expected === undefined; i++) {
    if (last === 0) return false
    const sibling = fromHex(proof[i])
    const right = (index & 1) === 1 || index === last
    while (right && (index & 1) === 0) {
      index >>>= 1
      last >>>= 1
      level += LEVEL
    }
    seen.push([level + (right ? index - 1 : index + 1), proof[i]])
    node = sha256(right ? concatBytes(NODE, sibling, node) : concatBytes(NODE, node, sibling))
    index >>>= 1
    last >>>= 1
    level += LEVEL
    expected = known.get(level + index)
  }
  if (expected === undefined && last !== 0) return false
  if (toHex(node) !== (expected ?? root)) return false
  for (const [place, value] of seen) known.set(place, value)
  return true
}
