/** Hashes that NEAR and the bridge use. Runs in browsers. */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToBase58, concatBytes } from './bytes.ts'

export const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  nobleSha256(parts.length === 1 ? parts[0]! : concatBytes(...parts))

export const keccak256 = (bytes: Uint8Array): Uint8Array => keccak_256(bytes)

/** NEAR's CryptoHash as text: base58 of sha256. */
export const cryptoHash = (...parts: readonly Uint8Array[]): string => bytesToBase58(sha256(...parts))

/** The all-zero CryptoHash: no code, no parent. */
export const ZERO_HASH = '11111111111111111111111111111111'
