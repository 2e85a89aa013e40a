/** Transactions: borsh, hash, signature. Source: nearcore core/primitives/src/transaction.rs (V0). */
import { type Action, readAction, writeAction } from './action.ts'
import { BorshReader, BorshWriter } from './borsh.ts'
import { bytesToBase58 } from './bytes.ts'
import { sha256 } from './hash.ts'
import { publicKeyOf, readPublicKey, readSignature, signHash, writePublicKey, writeSignature } from './key.ts'

export interface Transaction {
  signerId: string
  publicKey: string
  nonce: bigint
  receiverId: string
  /** Hash of a recent block: the transaction is void after the validity period. */
  blockHash: Uint8Array
  actions: Action[]
}

export interface SignedTransaction {
  transaction: Transaction
  signature: string
  /** sha256 of the borsh transaction: what is signed, and by what it is found. */
  hash: Uint8Array
  /** base58 of `hash`. */
  id: string
  /** Bytes of transaction and signature. */
  size: number
}

export function encodeTransaction({
  signerId,
  publicKey,
  nonce,
  receiverId,
  blockHash,
  actions,
}: Transaction): Uint8Array {
  const writer = new BorshWriter()
  writer.string(signerId)
  writePublicKey(writer, publicKey)
  writer.u64(nonce).string(receiverId).fixed(blockHash)
  writer.vec(actions, (action) => writeAction(writer, action))
  return writer.finish()
}

export function encodeSignedTransaction({
  transaction,
  signature,
}: Pick<SignedTransaction, 'transaction' | 'signature'>) {
  const writer = new BorshWriter()
  writer.fixed(encodeTransaction(transaction))
  writeSignature(writer, signature)
  return writer.finish()
}

/** @throws BorshDecodeError on anything but exactly one signed transaction. */
export function decodeSignedTransaction(bytes: Uint8Array): SignedTransaction {
  const reader = new BorshReader(bytes)
  const transaction: Transaction = {
    signerId: reader.string(),
    publicKey: readPublicKey(reader),
    nonce: reader.u64(),
    receiverId: reader.string(),
    blockHash: reader.fixed(32),
    actions: reader.vec(() => readAction(reader)),
  }
  const hash = sha256(bytes.subarray(0, reader.offset))
  const signature = readSignature(reader)
  reader.end()
  return { transaction, signature, hash, id: bytesToBase58(hash), size: bytes.length }
}

/** Signs a 32-byte hash with a secret key's text; a host may pass a faster one. */
export type SignHash = (secretKey: string, hash: Uint8Array) => string

/** @param transaction without a public key, the secret key's own is derived, which costs about half a millisecond */
export function signTransaction(
  transaction: Omit<Transaction, 'publicKey'> & { publicKey?: string },
  secretKey: string,
  sign: SignHash = signHash,
): { signed: SignedTransaction; bytes: Uint8Array } {
  const whole: Transaction = { ...transaction, publicKey: transaction.publicKey ?? publicKeyOf(secretKey) }
  const encoded = encodeTransaction(whole)
  const hash = sha256(encoded)
  const signature = sign(secretKey, hash)
  const bytes = encodeSignedTransaction({ transaction: whole, signature })
  return { signed: { transaction: whole, signature, hash, id: bytesToBase58(hash), size: bytes.length }, bytes }
}
