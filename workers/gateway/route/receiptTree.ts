/**
 * The list of receipts as a tree in memory, so that a proof costs log₂ n lookups. Nodes of full subtrees never change when
 * receipts are added, so each level is only appended to. Source: contracts/near/lib/pure/mmr.ts, RFC 6962 §2.1.
 */
import {
  concatBytes,
  fromHex,
  type HashHex,
  nodeHash,
  toHex,
  u64be,
  ZERO_HASH,
} from '../../../chain/client/protocol.ts'
import { keccak256 } from '../../../chain/lib/hash.ts'

export interface ReceiptTree {
  readonly size: number
  /** Appends leaf hashes in order. PERF: one keccak each, on average. */
  append(hashes: readonly HashHex[]): void
  leaf(index: number): HashHex
  /** Root of the list as it is. PERF: log₂ n keccaks. */
  root(): HashHex
  /** Audit path from the leaf upwards. PERF: log₂ n keccaks at most, for the ragged right edge. */
  proof(index: number): HashHex[]
}

export function createReceiptTree(): ReceiptTree {
  /** levels[h][i]: root of leaves [i·2^h, (i+1)·2^h), full ones alone. */
  const levels: Uint8Array[][] = [[]]

  const size = (): number => levels[0]!.length

  function push(leaf: Uint8Array): void {
    levels[0]!.push(leaf)
    for (let height = 0; levels[height]!.length % 2 === 0; height++) {
      const level = levels[height]!
      levels[height + 1] ??= []
      levels[height + 1]!.push(nodeHash(keccak256, level.at(-2)!, level.at(-1)!))
    }
  }

  /** Hash over leaves [start, end): start is a multiple of the largest power of two below the length. */
  function subtree(start: number, end: number): Uint8Array {
    const length = end - start
    const height = Math.floor(Math.log2(length))
    const full = 2 ** height
    if (full === length) return levels[height]![start / full]!
    return nodeHash(keccak256, subtree(start, start + full), subtree(start + full, end))
  }

  return {
    get size() {
      return size()
    },
    append(hashes) {
      for (const hash of hashes) push(fromHex(hash))
    },
    leaf: (index) => toHex(levels[0]![index]!),
    root() {
      if (size() === 0) return ZERO_HASH
      return toHex(keccak256(concatBytes(new Uint8Array([2]), u64be(BigInt(size())), subtree(0, size()))))
    },
    proof(index) {
      if (!(index >= 0 && index < size())) throw new RangeError(`leaf ${index} of ${size()}`)
      const path: HashHex[] = []
      let [start, end] = [0, size()]
      while (end - start > 1) {
        const middle = start + largestPowerBelow(end - start)
        if (index < middle) {
          path.push(toHex(subtree(middle, end)))
          end = middle
        } else {
          path.push(toHex(subtree(start, middle)))
          start = middle
        }
      }
      return path.reverse()
    },
  }
}

function largestPowerBelow(length: number): number {
  let power = 1
  while (power * 2 < length) power *= 2
  return power
}
