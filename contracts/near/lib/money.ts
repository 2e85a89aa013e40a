/**
 * Amounts inside contracts: bigint, 0..2^128-1, rounding in the name. JavaScript has no overflow, so the border of u128 is
 * drawn here by hand: after every sum and product that reaches storage.
 */
import { fail } from './errors.ts'

export const U128_MAX = (1n << 128n) - 1n
/** One hundred percent. */
export const BPS = 10_000n
/** yoctoNEAR for one byte of storage: NEAR's storage_amount_per_byte. */
export const STORAGE_PRICE = 10_000_000_000_000_000_000n

/** `value` itself, when it is a u128. @throws AMOUNT_INVALID */
export function u128(value: bigint): bigint {
  if (value < 0n || value > U128_MAX) fail('AMOUNT_INVALID', `${value} is not between 0 and 2^128 - 1`)
  return value
}

/** A JSON amount: decimal digits without sign or leading zeros. @throws AMOUNT_INVALID */
export function parseU128(text: unknown, field = 'amount'): bigint {
  if (typeof text !== 'string' || !isDecimal(text)) {
    fail('AMOUNT_INVALID', `${field} must be a decimal string such as "1000", got ${describe(text)}`)
  }
  return u128(BigInt(text))
}

/** Whether `text` is a decimal integer of at most 39 digits in its one canonical writing. */
export function isDecimal(text: string): boolean {
  const length = text.length
  if (length === 0 || length > 39 || (length > 1 && text.charCodeAt(0) === 48)) return false
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code < 48 || code > 57) return false
  }
  return true
}

/** ⌊a·b/c⌋. @throws AMOUNT_INVALID beyond u128 or on division by zero */
export function mulDivFloor(a: bigint, b: bigint, c: bigint): bigint {
  if (c <= 0n) fail('AMOUNT_INVALID', `division by ${c}`)
  return u128((u128(a) * u128(b)) / c)
}

/** ⌈a·b/c⌉. @throws AMOUNT_INVALID beyond u128 or on division by zero */
export function mulDivCeil(a: bigint, b: bigint, c: bigint): bigint {
  if (c <= 0n) fail('AMOUNT_INVALID', `division by ${c}`)
  return u128((u128(a) * u128(b) + c - 1n) / c)
}

/** `bps` ten-thousandths of `amount`, rounded down. @example bpsFloor(999n, 500n) // 49n */
export function bpsFloor(amount: bigint, bps: bigint): bigint {
  return mulDivFloor(amount, bps, BPS)
}

/** `bps` ten-thousandths of `amount`, rounded up. @example bpsCeil(999n, 500n) // 50n */
export function bpsCeil(amount: bigint, bps: bigint): bigint {
  return mulDivCeil(amount, bps, BPS)
}

/** The smaller amount. */
export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

/** The larger amount. */
export function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

function describe(value: unknown): string {
  if (typeof value !== 'string') return value === undefined ? 'nothing' : `a ${typeof value}`
  return value.length > 48 ? `text of ${value.length} characters` : JSON.stringify(value)
}
