/**
 * The work receipt in bytes: fixed fields first at fixed offsets, so that Solidity reads them with shifts, then the two
 * texts. One receipt has exactly one encoding. The leading zero byte tells it from a node of the mountain range.
 *
 *   offset size field            offset size field           offset size field
 *   0      2    version = 1      55     8    gain i64        72     1    beacon 0 near 1 drand
 *   2      8    index            63     1    validators      73     16   reward, attoBLY
 *   10     8    task             64     1    samples         89     8    settledAt, ms
 *   18     4    round            65     1    certainty %     97     32   previous receipt's hash
 *   22     32   base             66     4    pool            129    2+n  worker: length, ASCII
 *   54     1    gain present     70     1    smallPool       …      2+n  delta CID: length, ASCII
 *                                71     1    profile 0 canonical 1 native
 */
import { fromHex, type Hash, type HashHex, invalidEncoding, readUint, toHex, u32be, u64be, u128be } from './bytes.ts'

export const RECEIPT_VERSION = 1
/** Bytes before the texts. */
export const RECEIPT_FIXED_BYTES = 129
/** NEAR account ids have at most 64 characters, CIDs of ours 59; the bound keeps hostile lengths small. */
export const MAX_TEXT_BYTES = 256

export interface Receipt {
  version: 1
  /** Position in the receipt chain, decimal u64. */
  index: string
  /** Decimal u64. */
  task: string
  round: number
  worker: string
  base: HashHex
  delta: string
  /** Held-out gain, microbits per byte, decimal i64; null where it could not be scored. */
  gain: string | null
  validators: number
  samples: number
  /** Percent. */
  certainty: number
  /** Distinct operators that were eligible at the draw. */
  pool: number
  smallPool: boolean
  profile: 'canonical' | 'native'
  beacon: 'near' | 'drand'
  /** attoBLY, decimal u128. */
  reward: string
  /** Protocol time, ms. */
  settledAt: number
  previous: HashHex
}

const I64 = 1n << 63n
const U64 = 1n << 64n

/** Canonical bytes of a receipt. @throws `ENCODING_INVALID` when a field does not fit */
export function encodeReceipt(r: Receipt): Uint8Array {
  if (r.version !== RECEIPT_VERSION) invalidEncoding(`receipt version ${r.version}`)
  const worker = ascii(r.worker, 'worker')
  const delta = ascii(r.delta, 'delta')
  const bytes = new Uint8Array(RECEIPT_FIXED_BYTES + 4 + worker.length + delta.length)
  bytes[1] = RECEIPT_VERSION
  bytes.set(u64be(uint(r.index)), 2)
  bytes.set(u64be(uint(r.task)), 10)
  bytes.set(u32be(r.round), 18)
  bytes.set(hash32(r.base), 22)
  if (r.gain !== null) {
    bytes[54] = 1
    bytes.set(i64be(r.gain), 55)
  }
  bytes[63] = u8(r.validators)
  bytes[64] = u8(r.samples)
  bytes[65] = u8(r.certainty)
  bytes.set(u32be(r.pool), 66)
  bytes[70] = r.smallPool ? 1 : 0
  bytes[71] = choice(['canonical', 'native'], r.profile)
  bytes[72] = choice(['near', 'drand'], r.beacon)
  bytes.set(u128be(uint(r.reward)), 73)
  bytes.set(u64be(BigInt(r.settledAt)), 89)
  bytes.set(hash32(r.previous), 97)
  let at = RECEIPT_FIXED_BYTES
  for (const text of [worker, delta]) {
    bytes[at] = text.length >> 8
    bytes[at + 1] = text.length & 255
    bytes.set(text, at + 2)
    at += 2 + text.length
  }
  return bytes
}

/** The receipt of canonical bytes. @throws `ENCODING_INVALID` on any other bytes */
export function decodeReceipt(bytes: Uint8Array): Receipt {
  if (bytes.length < RECEIPT_FIXED_BYTES + 4) invalidEncoding(`a receipt of ${bytes.length} bytes is too short`)
  if (bytes[0] !== 0 || bytes[1] !== RECEIPT_VERSION) invalidEncoding('not a receipt of version 1')
  const worker = readText(bytes, RECEIPT_FIXED_BYTES)
  const delta = readText(bytes, RECEIPT_FIXED_BYTES + 2 + worker.length)
  const end = RECEIPT_FIXED_BYTES + 4 + worker.length + delta.length
  if (end !== bytes.length) invalidEncoding(`${bytes.length - end} bytes follow the receipt`)
  const present = flag(bytes, 54)
  const gain = readUint(bytes, 55, 8)
  if (!present && gain !== 0n) invalidEncoding('an absent gain is not zero')
  const settledAt = readUint(bytes, 89, 8)
  if (settledAt > BigInt(Number.MAX_SAFE_INTEGER)) invalidEncoding('settledAt is beyond 2^53')
  return {
    version: RECEIPT_VERSION,
    index: readUint(bytes, 2, 8).toString(),
    task: readUint(bytes, 10, 8).toString(),
    round: Number(readUint(bytes, 18, 4)),
    worker,
    base: toHex(bytes.subarray(22, 54)),
    delta,
    gain: present ? (gain >= I64 ? gain - U64 : gain).toString() : null,
    validators: bytes[63],
    samples: bytes[64],
    certainty: bytes[65],
    pool: Number(readUint(bytes, 66, 4)),
    smallPool: flag(bytes, 70),
    profile: flag(bytes, 71) ? 'native' : 'canonical',
    beacon: flag(bytes, 72) ? 'drand' : 'near',
    reward: readUint(bytes, 73, 16).toString(),
    settledAt: Number(settledAt),
    previous: toHex(bytes.subarray(97, 129)),
  }
}

/** keccak-256 of the canonical bytes: the leaf of the mountain range and the next receipt's `previous`. */
export function receiptHash(keccak: Hash, r: Receipt): HashHex {
  return toHex(keccak(encodeReceipt(r)))
}

function ascii(text: string, name: string): Uint8Array {
  const length = text.length
  if (length === 0 || length > MAX_TEXT_BYTES) invalidEncoding(`${name} has ${length} characters`)
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x21 || code > 0x7e) invalidEncoding(`${name} is not printable ASCII`)
    bytes[i] = code
  }
  return bytes
}

function readText(bytes: Uint8Array, at: number): string {
  const length = bytes[at] * 256 + bytes[at + 1]
  if (!(length >= 1 && length <= MAX_TEXT_BYTES && at + 2 + length <= bytes.length))
    invalidEncoding('a text is cut off')
  let text = ''
  for (let i = at + 2; i < at + 2 + length; i++) {
    if (bytes[i] < 0x21 || bytes[i] > 0x7e) invalidEncoding('a text is not printable ASCII')
    text += String.fromCharCode(bytes[i])
  }
  return text
}

function uint(text: string): bigint {
  if (!isCanonicalDecimal(text, 39)) invalidEncoding(`'${text}' is no decimal unsigned integer`)
  return BigInt(text)
}

function i64be(text: string): Uint8Array {
  const negative = text.charCodeAt(0) === 45
  const digits = negative ? text.slice(1) : text
  if (!isCanonicalDecimal(digits, 19) || text === '-0') invalidEncoding(`'${text}' is no decimal integer`)
  const value = BigInt(text)
  if (value < -I64 || value >= I64) invalidEncoding(`${text} is no i64`)
  return u64be(value < 0n ? value + U64 : value)
}

/** Digits only, no leading zero: the one way to write a number, so that one receipt has one JSON too. */
function isCanonicalDecimal(text: string, most: number): boolean {
  const length = text.length
  if (length === 0 || length > most || (length > 1 && text.charCodeAt(0) === 48)) return false
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code < 48 || code > 57) return false
  }
  return true
}

function hash32(hex: HashHex): Uint8Array {
  if (hex.length !== 64) invalidEncoding(`a hash has ${hex.length} hex digits, not 64`)
  return fromHex(hex)
}

function u8(value: number): number {
  if (!(value >= 0 && value <= 255 && Math.floor(value) === value)) invalidEncoding(`${value} is no u8`)
  return value
}

function choice(names: readonly string[], name: string): number {
  const index = names.indexOf(name)
  if (index < 0) invalidEncoding(`'${name}' is none of ${names.join(', ')}`)
  return index
}

function flag(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] > 1) invalidEncoding(`byte ${at} is ${bytes[at]}, not 0 or 1`)
  return bytes[at] === 1
}
