/** Prices off the chain: whole units of the quote for one whole token, in steps of 10^-24, never through a float's rounding. */

/** Digits behind the point that a source's price keeps. */
export const PRICE_DIGITS = 24
export const ONE = 10n ** BigInt(PRICE_DIGITS)

/** Longest text of a price: 30 digits before the point, 40 behind it, an exponent. */
const MAX_TEXT = 80
const DECIMAL = /^(\d{1,30})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,2}))?$/

/**
 * A positive decimal as JSON writes it, number or text; null when it is none, or so small that nothing of it is left.
 * @example parseDecimal('0.05') // 50000000000000000000000n
 */
export function parseDecimal(value: unknown): bigint | null {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || text.length > MAX_TEXT) return null
  const match = DECIMAL.exec(text)
  if (match === null) return null
  const [, whole = '', fraction = '', exponent = '0'] = match
  const shift = PRICE_DIGITS - fraction.length + Number(exponent)
  const digits = BigInt(whole + fraction)
  const price = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift)
  return price > 0n ? price : null
}

/** As people read it, without trailing zeros. @example formatDecimal(ONE / 20n) // '0.05' */
export function formatDecimal(price: bigint): string {
  const fraction = (price % ONE).toString().padStart(PRICE_DIGITS, '0').replace(/0+$/, '')
  return fraction === '' ? `${price / ONE}` : `${price / ONE}.${fraction}`
}

/**
 * As the oracle stores it: multiplier ÷ 10^decimals for one smallest unit of the token, rounded down to `digits` behind the
 * point of a whole token; null when that leaves nothing.
 */
export function toOraclePrice(
  price: bigint,
  { digits, tokenDecimals }: { digits: number; tokenDecimals: number },
): { multiplier: string; decimals: number } | null {
  const multiplier = price / 10n ** BigInt(PRICE_DIGITS - digits)
  return multiplier === 0n ? null : { multiplier: `${multiplier}`, decimals: digits + tokenDecimals }
}

/** A price of the oracle for a token of so many decimals, back as the whole token's. Rounded down. */
export function fromOraclePrice(price: { multiplier: string; decimals: number }, tokenDecimals: number): bigint {
  const shift = PRICE_DIGITS + tokenDecimals - price.decimals
  const multiplier = BigInt(price.multiplier)
  return shift >= 0 ? multiplier * 10n ** BigInt(shift) : multiplier / 10n ** BigInt(-shift)
}
