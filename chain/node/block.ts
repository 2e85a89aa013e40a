/** A block: its header, what was in it and what came of it, and the bytes that keep it. */
import { BorshReader, BorshWriter } from '../lib/borsh.ts'
import {
  base58ToBytes,
  base64ToBytes,
  bytesToBase58,
  bytesToBase64,
  bytesToLatin1,
  latin1ToBytes,
  u64ToBytes,
} from '../lib/bytes.ts'
import { sha256, ZERO_HASH } from '../lib/hash.ts'
import { decodeSignedTransaction, encodeSignedTransaction, type SignedTransaction } from '../lib/transaction.ts'
import type { Outcome, OutcomeStatus } from '../runtime/outcome.ts'
import { decodeReceipt, encodeReceipt, type Receipt } from '../runtime/receipt.ts'
import type { StateChanges } from '../runtime/state.ts'
import { EPOCH_LENGTH } from './genesis.ts'

export interface BlockHeader {
  height: bigint
  /** base58, as all hashes here. */
  hash: string
  prevHash: string
  timestampNs: bigint
  randomValue: string
  /** After this block. */
  stateRoot: string
  /** yoctoNEAR per gas unit, in this block. */
  gasPrice: bigint
  /** Gas units. */
  gasUsed: bigint
  /** yoctoNEAR burnt in this block. */
  burnt: bigint
  /** yoctoNEAR after this block. */
  totalSupply: bigint
}

export interface Block {
  header: BlockHeader
  transactions: SignedTransaction[]
  outcomes: Outcome[]
  /** Receipts born in this block. */
  receipts: Receipt[]
  /** Of those, the ones that the next block receives: indices into `receipts`, in order of arrival. */
  outgoing: number[]
}

export const isEmpty = (block: Block): boolean => block.outcomes.length === 0 && block.receipts.length === 0

export const epochOf = (height: bigint): bigint => height / EPOCH_LENGTH

export const epochIdOf = (height: bigint): string =>
  epochOf(height) === 0n
    ? ZERO_HASH
    : bytesToBase58(sha256(new TextEncoder().encode('epoch'), u64ToBytes(epochOf(height))))

/** Commits to the parent, time, state, randomness and everything that was executed. */
export function blockHash(
  header: Omit<BlockHeader, 'hash'>,
  transactions: readonly SignedTransaction[],
  outcomes: readonly Outcome[],
): string {
  return bytesToBase58(
    sha256(
      base58ToBytes(header.prevHash),
      u64ToBytes(header.height),
      u64ToBytes(header.timestampNs),
      base58ToBytes(header.stateRoot),
      base58ToBytes(header.randomValue),
      new BorshWriter().u128(header.gasPrice).u128(header.totalSupply).finish(),
      ...transactions.map(({ hash }) => hash),
      ...outcomes.map(({ id }) => base58ToBytes(id)),
    ),
  )
}

export function encodeBlock(block: Block, changes: StateChanges): Uint8Array {
  const writer = new BorshWriter()
  writer.string(toJson({ header: block.header, outcomes: block.outcomes, outgoing: block.outgoing }))
  writer.vec(block.transactions, (transaction) => writer.bytes(encodeSignedTransaction(transaction)))
  writer.vec(block.receipts, (receipt) => writer.bytes(encodeReceipt(receipt)))
  writeChanges(writer, changes)
  return writer.finish()
}

export function decodeBlock(bytes: Uint8Array): { block: Block; changes: StateChanges } {
  const reader = new BorshReader(bytes)
  const meta = fromJson(reader.string()) as Pick<Block, 'header' | 'outcomes' | 'outgoing'>
  const transactions = reader.vec(() => decodeSignedTransaction(reader.bytes()))
  const receipts = reader.vec(() => decodeReceipt(reader.bytes()))
  const changes = readChanges(reader)
  return { block: { ...meta, transactions, receipts }, changes }
}

export function writeChanges(writer: BorshWriter, changes: StateChanges): void {
  writer.vec([...changes], ([key, value]) => {
    writer.bytes(latin1ToBytes(key))
    writer.option(value, (bytes) => writer.bytes(bytes))
  })
}

export function readChanges(reader: BorshReader): StateChanges {
  return new Map(reader.vec(() => [bytesToLatin1(reader.bytes()), reader.option(() => reader.bytes())] as const))
}

/** JSON that keeps bigints (`{"$n":"…"}`) and bytes (`{"$b":"…"}`) apart from strings. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return { $n: inner.toString() }
    if (inner instanceof Uint8Array) return { $b: bytesToBase64(inner) }
    return inner
  })
}

function fromJson(text: string): unknown {
  return JSON.parse(text, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null) return inner
    if ('$n' in inner) return BigInt(inner.$n as string)
    if ('$b' in inner) return base64ToBytes(inner.$b as string)
    return inner
  })
}

export type { OutcomeStatus }
