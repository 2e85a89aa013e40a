/**
 * Merkle mountain range over receipt hashes with keccak-256, so that Solidity can check it. Peaks are perfect trees from
 * largest to smallest; bagged from the right they give exactly the RFC 6962 tree over the receipt hashes, so one proof
 * algorithm serves both. Root = keccak(0x02 ‖ size u64 ‖ bag). Receipts begin with 0x00, nodes with 0x01, roots with 0x02:
 * none can pass for another.
 */
import { concatBytes, fromHex, type Hash, type HashHex, toHex, u64be, ZERO_HASH } from './bytes.ts'
import { climb, nodeHash, treePath } from './merkle.ts'

const ROOT = new Uint8Array([2])

/** The range that the contract stores: at most log2(size) + 1 peaks. */
export interface Mmr {
  size: number
  peaks: readonly HashHex[]
}

export const EMPTY_MMR: Mmr = { size: 0, peaks: [] }

export interface MmrClaim {
  root: HashHex
  /** Receipt hash. */
  leaf: HashHex
  index: number
  size: number
  proof: readonly HashHex[]
}

/** Appends one receipt hash. PERF: one keccak per trailing one bit of the size, two on average. */
export function appendMmr(keccak: Hash, { size, peaks }: Mmr, leaf: HashHex): Mmr {
  const next = peaks.slice()
  let node = leaf
  for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    node = toHex(nodeHash(keccak, fromHex(next.pop()!), fromHex(node)))
  }
  next.push(node)
  return { size: size + 1, peaks: next }
}

/** Root of a range; 64 zeros when it is empty. */
export function mmrRoot(keccak: Hash, { size, peaks }: Mmr): HashHex {
  if (size === 0) return ZERO_HASH
  let bag = fromHex(peaks[peaks.length - 1])
  for (let i = peaks.length - 2; i >= 0; i--) bag = nodeHash(keccak, fromHex(peaks[i]), bag)
  return sealRoot(keccak, size, bag)
}

/** Audit path of leaf `index` among all leaves, from the leaf upwards. PERF: one keccak per leaf. */
export function mmrProof(keccak: Hash, leaves: readonly HashHex[], index: number): HashHex[] {
  return treePath(
    keccak,
    leaves.map((leaf) => fromHex(leaf)),
    index,
  )
}

/** Whether the receipt hash is leaf `index` of the range with this root and size. */
export function verifyMmr(keccak: Hash, claim: MmrClaim): boolean {
  const bag = climb(keccak, fromHex(claim.leaf), claim)
  return bag !== null && sealRoot(keccak, claim.size, bag) === claim.root
}

function sealRoot(keccak: Hash, size: number, bag: Uint8Array): HashHex {
  return toHex(keccak(concatBytes(ROOT, u64be(BigInt(size)), bag)))
}
