/** The account record and the keys of the state's columns. Source: nearcore account.rs, trie_key.rs. */
import { BorshReader, BorshWriter } from '../lib/borsh.ts'
import { base58ToBytes, bytesToBase58, bytesToLatin1, latin1ToBytes } from '../lib/bytes.ts'
import { ZERO_HASH } from '../lib/hash.ts'
import { publicKeyFromBytes, publicKeyToBytes } from '../lib/key.ts'

export interface Account {
  /** yoctoNEAR. */
  amount: bigint
  /** yoctoNEAR staked. */
  locked: bigint
  /** base58; ZERO_HASH without a contract. */
  codeHash: string
  /** Bytes. */
  storageUsage: bigint
}

export const newAccount = (amount: bigint, storageUsage: bigint): Account => ({
  amount,
  locked: 0n,
  codeHash: ZERO_HASH,
  storageUsage,
})

/** nearcore writes the hash of no contract as 32 zero bytes, whose base58 is ZERO_HASH. */
export function encodeAccount({ amount, locked, codeHash, storageUsage }: Account): Uint8Array {
  return new BorshWriter().u128(amount).u128(locked).fixed(base58ToBytes(codeHash)).u64(storageUsage).finish()
}

export function decodeAccount(bytes: Uint8Array): Account {
  const reader = new BorshReader(bytes)
  return {
    amount: reader.u128(),
    locked: reader.u128(),
    codeHash: bytesToBase58(reader.fixed(32)),
    storageUsage: reader.u64(),
  }
}

/** State keys as latin1 strings: one character per byte of nearcore's trie key. */
export const accountKey = (id: string): string => `\x00${id}`
export const codeKey = (id: string): string => `\x01${id}`
export const accessKeyPrefix = (id: string): string => `\x02${id}\x02`
export const accessKeyKey = (id: string, publicKey: string): string =>
  accessKeyPrefix(id) + bytesToLatin1(publicKeyToBytes(publicKey))
export const receivedDataKey = (id: string, dataId: string): string => `\x03${id},${idBytes(dataId)}`
export const postponedIdKey = (id: string, dataId: string): string => `\x04${id},${idBytes(dataId)}`
export const pendingCountKey = (id: string, receiptId: string): string => `\x05${id},${idBytes(receiptId)}`
export const postponedReceiptKey = (id: string, receiptId: string): string => `\x06${id},${idBytes(receiptId)}`
export const delayedIndicesKey = (): string => '\x07'
export const delayedReceiptKey = (index: bigint): string =>
  `\x07${bytesToLatin1(new BorshWriter().u64(index).finish())}`
export const dataPrefix = (id: string): string => `\x09${id},`

/** Public key text at the end of an access key's state key. */
export const publicKeyOfStateKey = (key: string, accountId: string): string =>
  publicKeyFromBytes(latin1ToBytes(key.slice(accessKeyPrefix(accountId).length)))

const idBytes = (id: string): string => bytesToLatin1(base58ToBytes(id))
