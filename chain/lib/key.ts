/** Keys in NEAR's text form (`ed25519:base58`), their borsh bytes, signing and checking. Runs in browsers. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { type BorshReader, type BorshWriter, badBorsh } from './borsh.ts'
import { base58ToBytes, bytesToBase58, concatBytes } from './bytes.ts'
import { BlyanError, type Fault } from './errors.ts'
import { sha256 } from './hash.ts'

/** A key or signature text that is malformed or of an unknown curve. */
export class InvalidKeyError extends BlyanError {
  static override readonly code: string = 'INVALID_KEY'
  static override readonly fault: Fault = 'user'
}

export type Curve = 'ed25519' | 'secp256k1'
const TAGS: readonly Curve[] = ['ed25519', 'secp256k1']
const PUBLIC_KEY_BYTES = { ed25519: 32, secp256k1: 64 } as const
const SIGNATURE_BYTES = { ed25519: 64, secp256k1: 65 } as const

export interface KeyPair {
  /** `ed25519:…` */
  publicKey: string
  /** `ed25519:…`: seed and public key together, as near-cli writes it. */
  secretKey: string
}

/** Says whether `signature` (text) of a 32-byte hash was made by `publicKey` (text). */
export type VerifySignature = (publicKey: string, hash: Uint8Array, signature: string) => boolean

/** Curve and raw bytes of a key or signature text. A text without a curve is ed25519. @throws InvalidKeyError */
export function parseKeyText(text: string): { curve: Curve; data: Uint8Array } {
  const [first, second] = text.split(':')
  const curve = (second === undefined ? 'ed25519' : first) as Curve
  try {
    if (TAGS.includes(curve)) return { curve, data: base58ToBytes(second ?? first!) }
  } catch {
    // Falls through to the one error below.
  }
  throw new InvalidKeyError({
    what: `"${text.slice(0, 24)}…" is no key that NEAR knows.`,
    fix: 'Write the curve, a colon and base58, such as ed25519:6TupyNrc…; curves are ed25519 and secp256k1.',
  })
}

/** @throws InvalidKeyError also when the length is wrong. */
export function parsePublicKey(text: string): { curve: Curve; data: Uint8Array } {
  const key = parseKeyText(text)
  if (key.data.length !== PUBLIC_KEY_BYTES[key.curve]) {
    throw new InvalidKeyError({
      what: `A ${key.curve} public key has ${PUBLIC_KEY_BYTES[key.curve]} bytes, got ${key.data.length}.`,
      fix: 'Copy the whole key.',
    })
  }
  return key
}

export function publicKeyToBytes(text: string): Uint8Array {
  const { curve, data } = parsePublicKey(text)
  return concatBytes(Uint8Array.of(TAGS.indexOf(curve)), data)
}

export function publicKeyFromBytes(bytes: Uint8Array): string {
  const curve = TAGS[bytes[0]!]
  if (curve === undefined || bytes.length !== 1 + PUBLIC_KEY_BYTES[curve]) throw badBorsh('Not a public key.')
  return `${curve}:${bytesToBase58(bytes.subarray(1))}`
}

export function writePublicKey(writer: BorshWriter, text: string): void {
  writer.fixed(publicKeyToBytes(text))
}

export function readPublicKey(reader: BorshReader): string {
  const curve = TAGS[reader.u8()]
  if (curve === undefined) throw badBorsh('Unknown public key type.')
  return `${curve}:${bytesToBase58(reader.fixed(PUBLIC_KEY_BYTES[curve]))}`
}

export function writeSignature(writer: BorshWriter, text: string): void {
  const { curve, data } = parseKeyText(text)
  writer.u8(TAGS.indexOf(curve)).fixed(data)
}

export function readSignature(reader: BorshReader): string {
  const curve = TAGS[reader.u8()]
  if (curve === undefined) throw badBorsh('Unknown signature type.')
  return `${curve}:${bytesToBase58(reader.fixed(SIGNATURE_BYTES[curve]))}`
}

/** An ed25519 pair from 32 bytes of seed. */
export function keyPairFromSeed(seed: Uint8Array): KeyPair {
  const publicKey = ed25519.getPublicKey(seed)
  return {
    publicKey: `ed25519:${bytesToBase58(publicKey)}`,
    secretKey: `ed25519:${bytesToBase58(concatBytes(seed, publicKey))}`,
  }
}

/** An ed25519 pair from a phrase: for tests and local chains alone, never for money. */
export const keyPairFromPhrase = (phrase: string): KeyPair => keyPairFromSeed(sha256(new TextEncoder().encode(phrase)))

export const randomKeyPair = (): KeyPair => keyPairFromSeed(ed25519.utils.randomSecretKey())

/** Public part of a secret key text. @throws InvalidKeyError */
export function publicKeyOf(secretKey: string): string {
  const { curve, data } = parseKeyText(secretKey)
  return curve === 'ed25519'
    ? `ed25519:${bytesToBase58(ed25519.getPublicKey(data.subarray(0, 32)))}`
    : `secp256k1:${bytesToBase58(secp256k1.getPublicKey(data.subarray(0, 32), false).subarray(1))}`
}

/** Signs a 32-byte hash; returns the signature's text. */
export function signHash(secretKey: string, hash: Uint8Array): string {
  const { curve, data } = parseKeyText(secretKey)
  const seed = data.subarray(0, 32)
  if (curve === 'ed25519') return `ed25519:${bytesToBase58(ed25519.sign(hash, seed))}`
  const recovered = secp256k1.sign(hash, seed, { prehash: false, format: 'recovered' })
  // noble puts the recovery id first, NEAR last.
  return `secp256k1:${bytesToBase58(concatBytes(recovered.subarray(1), recovered.subarray(0, 1)))}`
}

/** The portable check; a Node host may pass a faster one of the same meaning. */
export const verifySignature: VerifySignature = (publicKey, hash, signature) => {
  try {
    const key = parsePublicKey(publicKey)
    const sig = parseKeyText(signature)
    if (key.curve !== sig.curve) return false
    if (key.curve === 'ed25519') return ed25519.verify(sig.data, hash, key.data)
    return secp256k1.verify(sig.data.subarray(0, 64), hash, concatBytes(Uint8Array.of(4), key.data), { prehash: false })
  } catch {
    return false
  }
}
