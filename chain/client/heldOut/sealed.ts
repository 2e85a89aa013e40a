/**
 * Sealed test sets: each under its own AES-256-GCM key, the keys a hash chain k_i = SHA-256(k_{i+1}), so that opening round i
 * opens none after it, and the chain needs to store the head alone. Runs in browsers. Source: docs/protocol.md rule 5.
 */

import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '../../lib/bytes.ts'
import { sha256 } from '../../lib/hash.ts'
import { type Hash, merkleRoot } from '../protocol.ts'
import { HeldOutError } from './errors.ts'

export interface SealedSet {
  readonly ciphertext: Uint8Array
  /** RFC 6962 Merkle root over the SHA-256 of each KiB of the plaintext, hex. */
  readonly root: string
  /** Length of the plaintext. */
  readonly bytes: number
}

export interface SealedHeldOut {
  /** Key of each round, hex; secret until `open_key`. */
  readonly keys: string[]
  /** SHA-256 of the first key: what the chain stores. */
  readonly head: string
  readonly sets: SealedSet[]
}

const LEAF_BYTES = 1_024
const TAG_BYTES = 16
/** A key seals one message ever, so the nonce may be constant. */
const NONCE = new Uint8Array(12)
const CONTEXT = utf8ToBytes('blyan/heldout/1')
const hash: Hash = (bytes) => sha256(bytes)

/**
 * Seals one set a round. The last key depends on the seed and on every set, so the same seed with other text gives other
 * keys: no key meets two messages.
 * @param seed at least 16 secret bytes
 */
export async function sealHeldOut({
  sets,
  seed,
}: {
  sets: readonly Uint8Array[]
  seed: Uint8Array
}): Promise<SealedHeldOut> {
  const keys: Uint8Array[] = []
  let key = sha256(CONTEXT, seed, ...sets.map((set) => sha256(set)))
  for (let round = sets.length - 1; round >= 0; round--) {
    keys[round] = key
    key = sha256(key)
  }
  const sealed: SealedSet[] = []
  for (const [round, set] of sets.entries()) {
    const imported = await importKey(keys[round], 'encrypt')
    const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm(), imported, set as BufferSource))
    sealed.push({ ciphertext, root: plaintextRoot(set), bytes: set.length })
  }
  return { keys: keys.map(bytesToHex), head: bytesToHex(key), sets: sealed }
}

/**
 * Opens a set.
 * @param key hex, as the chain has it   @param root the plaintext root that the task promised
 * @throws HeldOutError when the key does not fit, the ciphertext was changed, or the plaintext is not the promised one
 */
export async function openHeldOut({
  ciphertext,
  key,
  root,
}: {
  ciphertext: Uint8Array
  key: string
  root: string
}): Promise<Uint8Array> {
  if (!/^[0-9a-f]{64}$/.test(key)) throw invalid('the key is not 32 bytes of hex')
  if (ciphertext.length < TAG_BYTES) throw invalid(`${ciphertext.length} bytes are no ciphertext`)
  const imported = await importKey(hexToBytes(key), 'decrypt')
  let plaintext: Uint8Array
  try {
    plaintext = new Uint8Array(await crypto.subtle.decrypt(algorithm(), imported, ciphertext as BufferSource))
  } catch (cause) {
    throw invalid('it does not open under this key', cause)
  }
  if (plaintextRoot(plaintext) !== root) throw invalid('it holds something else than the task promised')
  return plaintext
}

/** @returns hex */
export function plaintextRoot(plaintext: Uint8Array): string {
  const leaves: string[] = []
  for (let at = 0; at < plaintext.length; at += LEAF_BYTES) {
    leaves.push(bytesToHex(sha256(plaintext.subarray(at, at + LEAF_BYTES))))
  }
  return merkleRoot(hash, leaves)
}

function algorithm(): AesGcmParams {
  return { name: 'AES-GCM', iv: NONCE, additionalData: concatBytes(CONTEXT) as BufferSource, tagLength: TAG_BYTES * 8 }
}

function importKey(key: Uint8Array, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key as BufferSource, 'AES-GCM', false, [use])
}

function invalid(why: string, cause?: unknown): HeldOutError {
  return new HeldOutError({
    what: `The sealed test set cannot be used: ${why}.`,
    fix: 'The round goes on without gains; its bonus is shared equally.',
    cause,
  })
}
