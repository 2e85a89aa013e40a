/**
 * Bytes, hex and big-endian integers, in what QuickJS, Node and browsers all have: no Buffer, no TextEncoder. Each JavaScript
 * step costs a contract 50-100 wasm instructions, so the work is given to built-ins where one exists.
 */

/** A hash function over bytes, passed in by the caller: the contract's host function or a library. */
export type Hash = (bytes: Uint8Array) => Uint8Array

/** A 32-byte hash as 64 lower-case hex digits. */
export type HashHex = string

/** 64 zeros: the hash that stands for "none". */
export const ZERO_HASH: HashHex = '0000000000000000000000000000000000000000000000000000000000000000'

const HEX = /^[0-9a-f]*$/
const SURROGATE = /[\ud800-\udfff]/

/** Where the code runs in a contract: near-sdk-js's own encoder, and our toolchain's hex. */
declare const env: {
  utf8_string_to_uint8array(text: string): Uint8Array
  hex_encode(bytes: Uint8Array): string
  hex_decode(text: string): Uint8Array | null
  is_hex(text: unknown): boolean
}

/** Throws the one error of the encoders: `ENCODING_INVALID: …`. */
export function invalidEncoding(what: string): never {
  throw new Error(`ENCODING_INVALID: ${what}`)
}

/** UTF-8 of `text`. A lone surrogate becomes U+FFFD, as TextEncoder does. */
export function utf8(text: string): Uint8Array {
  const length = text.length
  if (typeof env !== 'undefined') {
    const encoded = env.utf8_string_to_uint8array(text)
    // As many bytes as code units is ASCII. The SDK's encoder writes surrogates in its own way; they take the loop.
    if (encoded.length === length || !SURROGATE.test(text)) return encoded
  }
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) return utf8Wide(text)
    bytes[i] = code
  }
  return bytes
}

function utf8Wide(text: string): Uint8Array {
  const length = text.length
  const bytes = new Uint8Array(length * 3)
  let at = 0
  for (let i = 0; i < length; i++) {
    let code = text.charCodeAt(i)
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = i + 1 < length ? text.charCodeAt(i + 1) : 0
      if (code < 0xdc00 && next >= 0xdc00 && next <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00)
        i++
      } else code = 0xfffd
    }
    if (code < 0x80) bytes[at++] = code
    else if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6)
      bytes[at++] = 0x80 | (code & 63)
    } else if (code < 0x10000) {
      bytes[at++] = 0xe0 | (code >> 12)
      bytes[at++] = 0x80 | ((code >> 6) & 63)
      bytes[at++] = 0x80 | (code & 63)
    } else {
      bytes[at++] = 0xf0 | (code >> 18)
      bytes[at++] = 0x80 | ((code >> 12) & 63)
      bytes[at++] = 0x80 | ((code >> 6) & 63)
      bytes[at++] = 0x80 | (code & 63)
    }
  }
  return bytes.slice(0, at)
}

/** Lower-case hex of `bytes`. PERF: eight bytes a step, or C in a contract. */
export function toHex(bytes: Uint8Array): string {
  if (typeof env !== 'undefined') return env.hex_encode(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let hex = ''
  let at = 0
  for (; at + 8 <= bytes.length; at += 8) hex += view.getBigUint64(at).toString(16).padStart(16, '0')
  for (; at < bytes.length; at++) hex += bytes[at].toString(16).padStart(2, '0')
  return hex
}

/** Bytes of lower-case hex. @throws `ENCODING_INVALID` on odd length, capitals or other characters */
export function fromHex(hex: string): Uint8Array {
  if (typeof env !== 'undefined') {
    return env.hex_decode(hex) ?? invalidEncoding('the text is not lower-case hex of whole bytes')
  }
  const length = hex.length >> 1
  if (length * 2 !== hex.length) invalidEncoding(`hex text of odd length ${hex.length}`)
  if (!HEX.test(hex)) invalidEncoding('the text is not lower-case hex')
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  let at = 0
  for (; at + 8 <= length; at += 8) view.setBigUint64(at, BigInt(`0x${hex.slice(2 * at, 2 * at + 16)}`))
  for (; at < length; at++) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16)
  return bytes
}

/** Whether `text` is of lower-case hex digits alone. */
export function isHex(text: string): boolean {
  return typeof env !== 'undefined' ? env.is_hex(text) : HEX.test(text)
}

/** Whether `text` is a 32-byte hash in lower-case hex. */
export function isHashHex(text: unknown): text is HashHex {
  return typeof text === 'string' && text.length === 64 && isHex(text)
}

/** All parts, one after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Four bytes, big-endian. @throws `ENCODING_INVALID` outside 0..2^32-1 */
export function u32be(value: number): Uint8Array {
  if (!(value >= 0 && value <= 0xffffffff && Math.floor(value) === value)) invalidEncoding(`${value} is no u32`)
  const bytes = new Uint8Array(4)
  bytes[0] = value >>> 24
  bytes[1] = value >>> 16
  bytes[2] = value >>> 8
  bytes[3] = value
  return bytes
}

/** Eight bytes, big-endian. @throws `ENCODING_INVALID` outside 0..2^64-1 */
export function u64be(value: bigint): Uint8Array {
  return uintBe(value, 8)
}

/** Sixteen bytes, big-endian. @throws `ENCODING_INVALID` outside 0..2^128-1 */
export function u128be(value: bigint): Uint8Array {
  return uintBe(value, 16)
}

function uintBe(value: bigint, size: number): Uint8Array {
  if (value < 0n || value >> BigInt(8 * size) !== 0n) invalidEncoding(`${value} is no u${8 * size}`)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  for (let at = size - 8; at >= 0; at -= 8) {
    view.setBigUint64(at, value & 0xffffffffffffffffn)
    value >>= 64n
  }
  return bytes
}

/** The big-endian unsigned integer of `size` bytes at `offset`. */
export function readUint(bytes: Uint8Array, offset: number, size: number): bigint {
  return size === 0 ? 0n : BigInt(`0x${toHex(bytes.subarray(offset, offset + size))}`)
}
