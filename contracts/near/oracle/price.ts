/**
 * Prices as NearDefi's oracle writes them, multiplier ÷ 10^decimals for one smallest unit of the asset, compared exactly:
 * both sides are brought to the same power of ten, so nothing is rounded before a median or a limit is decided.
 */
import { BPS, U128_MAX } from '../lib/money.ts'

/** As it travels and is stored. */
export interface WirePrice {
  /** Decimal u128. */
  multiplier: string
  decimals: number
}

/** NearDefi's own bound: 10^77 is the largest power of ten in 256 bits. */
export const MAX_DECIMALS = 77

/** Negative, 0 or positive, as `a` is less than, equal to or greater than `b`. */
export function comparePrices(a: WirePrice, b: WirePrice): number {
  const [left, right] = aligned(a, b)
  return left < right ? -1 : left > right ? 1 : 0
}

/** Whether `price` differs from `reference` by at most `bps` ten-thousandths of `reference`. */
export function isWithin(price: WirePrice, reference: WirePrice, bps: bigint): boolean {
  const [value, middle] = aligned(price, reference)
  const apart = value > middle ? value - middle : middle - value
  return apart * BPS <= middle * bps
}

/**
 * The middle price, of an even count the lower one of the two: what comes out was reported by somebody, never interpolated.
 * @example lowerMedian([4, 1, 3, 2]) // 2
 */
export function lowerMedian(prices: readonly WirePrice[]): WirePrice {
  return prices.slice().sort(comparePrices)[(prices.length - 1) >> 1]
}

/** `value` ÷ 10^decimals with as many digits as a u128 and the bound on decimals take, rounded down. */
export function toWirePrice(value: bigint, decimals: number): WirePrice {
  let multiplier = value
  let digits = decimals
  while (digits > MAX_DECIMALS || (multiplier > U128_MAX && digits > 0)) {
    multiplier /= 10n
    digits--
  }
  return { multiplier: `${multiplier > U128_MAX ? U128_MAX : multiplier}`, decimals: digits }
}

function aligned(a: WirePrice, b: WirePrice): [bigint, bigint] {
  const apart = a.decimals - b.decimals
  const [left, right] = [BigInt(a.multiplier), BigInt(b.multiplier)]
  return apart >= 0 ? [left, right * 10n ** BigInt(apart)] : [left * 10n ** BigInt(-apart), right]
}
