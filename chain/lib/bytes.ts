/** Bytes and their texts: hex, base58, base64, UTF-8, and the latin1 strings that serve as map keys. Runs in browsers. */
import { base58, base64, hex } from '@scure/base'

export const bytesToHex = (bytes: Uint8Array): string => hex.encode(bytes)
export const hexToBytes = (text: string): Uint8Array => hex.decode(text)
export const bytesToBase58 = (bytes: Uint8Array): string => base58.encode(bytes)
export const base58ToBytes = (text: string): Uint8Array => base58.decode(text)
export const bytesToBase64 = (bytes: Uint8Array): string => base64.encode(bytes)
export const base64ToBytes = (text: string): Uint8Array => base64.decode(text)

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export const utf8ToBytes = (text: string): Uint8Array => encoder.encode(text)
/** @throws TypeError when the bytes are no UTF-8. */
export const bytesToUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes)

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const out = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** One character per byte: exact, ordered as the bytes are, and fit to be a Map key. */
export function bytesToLatin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096))
  return text
}

export function latin1ToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** Eight bytes, little-endian. */
export function u64ToBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value, true)
  return bytes
}
