/** The Merkle tree over what a block executed, in the order of execution. Source: nearcore merkle.rs and ExecutionOutcomeWithId::to_hashes. */
import { BorshWriter } from '../../lib/borsh.ts'
import { base58ToBytes, bytesToBase58, utf8ToBytes } from '../../lib/bytes.ts'
import { cryptoHash, sha256, ZERO_HASH } from '../../lib/hash.ts'
import type { Outcome } from '../../runtime/outcome.ts'
import type { Block } from '../block.ts'

export interface ProofItem {
  /** base58 of the sibling. */
  hash: string
  /** Where the sibling stands. */
  direction: 'Left' | 'Right'
}

/** Hashes from the leaves up; the last level is the root alone. */
type Tree = readonly (readonly Uint8Array[])[]

/** Blocks do not change, and every reply about a transaction shows proofs of several. */
const trees = new WeakMap<Block, Tree>()

/** What the block after `parent` commits to: nearcore's root over its shards' roots, of which there is one here. */
export const blockOutcomeRoot = (parent: Block | undefined): string =>
  parent === undefined ? ZERO_HASH : cryptoHash(base58ToBytes(outcomeRoot(parent)))

/** base58; all zero for a block that executed nothing. */
export function outcomeRoot(block: Block): string {
  const root = treeOf(block).at(-1)?.[0]
  return root === undefined ? ZERO_HASH : bytesToBase58(root)
}

/** From the outcome's leaf to the root; an odd node rises as it is, without an item. */
export function outcomeProof(block: Block, id: string): ProofItem[] {
  let index = block.outcomes.findIndex((outcome) => outcome.id === id)
  const proof: ProofItem[] = []
  for (const level of treeOf(block)) {
    const sibling = level[index ^ 1]
    if (sibling !== undefined) {
      proof.push({ hash: bytesToBase58(sibling), direction: index % 2 === 0 ? 'Right' : 'Left' })
    }
    index >>= 1
  }
  return proof
}

/** The hash by which an outcome stands in the tree; why it failed is no part of it. */
export function outcomeLeaf({ id, receiptIds, gasBurnt, tokensBurnt, executorId, status, logs }: Outcome): Uint8Array {
  const partial = new BorshWriter()
  partial.vec(receiptIds, (receiptId) => partial.fixed(base58ToBytes(receiptId)))
  partial.u64(gasBurnt).u128(tokensBurnt).string(executorId)
  if (status.kind === 'failure') partial.u8(1)
  else if (status.kind === 'value') partial.u8(2).bytes(status.value)
  else partial.u8(3).fixed(base58ToBytes(status.receiptId))
  const hashes = [base58ToBytes(id), sha256(partial.finish()), ...logs.map((line) => sha256(utf8ToBytes(line)))]
  const leaf = new BorshWriter()
  leaf.vec(hashes, (hash) => leaf.fixed(hash))
  return sha256(leaf.finish())
}

function treeOf(block: Block): Tree {
  const known = trees.get(block)
  if (known !== undefined) return known
  const tree: Uint8Array[][] = []
  let level = block.outcomes.map(outcomeLeaf)
  while (level.length > 0) {
    tree.push(level)
    if (level.length === 1) break
    const above: Uint8Array[] = []
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i]!, level[i + 1]]
      above.push(right === undefined ? left : sha256(left, right))
    }
    level = above
  }
  trees.set(block, tree)
  return tree
}
