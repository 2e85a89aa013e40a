/** Amounts and their texts: NEAR in yocto (24 decimals), BLY in atto (18), gas in gas units (TGas = 10¹²). */
import { BlyanError, type Fault } from './errors.ts'

export const NEAR_DECIMALS = 24
export const BLY_DECIMALS = 18
export const ONE_NEAR = 10n ** 24n
export const ONE_BLY = 10n ** 18n
export const TGAS = 10n ** 12n

/** A text that is no amount of its unit. */
export class InvalidAmountError extends BlyanError {
  static override readonly code: string = 'INVALID_AMOUNT'
  static override readonly fault: Fault = 'user'
}

/** Parses a plain decimal into the smallest unit; refuses more decimals than the unit has, so nothing is ever rounded.
 *  @throws InvalidAmountError  @example parseUnits('1.5', 18) // 1500000000000000000n */
export function parseUnits(text: string, decimals: number): bigint {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text.trim().replaceAll('_', '').replaceAll(',', ''))
  const fraction = match?.[2] ?? ''
  if (!match || fraction.length > decimals) {
    throw new InvalidAmountError({
      what: `"${text.slice(0, 80)}" is no amount with at most ${decimals} decimals.`,
      fix: 'Write digits with an optional point, such as 12 or 0.5.',
      data: { amount: text.slice(0, 80), decimals },
    })
  }
  return BigInt(match[1]! + fraction.padEnd(decimals, '0'))
}

/** Exact text of an amount, trailing zeros cut. @example formatUnits(1500000000000000000n, 18) // '1.5' */
export function formatUnits(value: bigint, decimals: number): string {
  const sign = value < 0n ? '-' : ''
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0')
  const fraction = digits.slice(-decimals).replace(/0+$/, '')
  const whole = digits.slice(0, -decimals)
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** Text with at most `places` decimals, cut toward zero: what is shown is never more than what is there. */
export function formatUnitsFloor(value: bigint, decimals: number, places: number): string {
  const unit = 10n ** BigInt(decimals - Math.min(places, decimals))
  return formatUnits((value / unit) * unit, decimals)
}

export const parseNear = (text: string): bigint => parseUnits(text, NEAR_DECIMALS)
export const formatNear = (yocto: bigint): string => formatUnits(yocto, NEAR_DECIMALS)
export const parseBly = (text: string): bigint => parseUnits(text, BLY_DECIMALS)
export const formatBly = (atto: bigint): string => formatUnits(atto, BLY_DECIMALS)
export const formatBlyFloor = (atto: bigint, places = 4): string => formatUnitsFloor(atto, BLY_DECIMALS, places)

/** Gas units of a number of TGas, e.g. 0.5. Exact to 10⁻⁶ TGas. */
export const tgas = (count: number): bigint => BigInt(Math.round(count * 1e6)) * 1_000_000n
/** TGas as a JSON number. */
export const gasToTGas = (gas: bigint): number => Number(gas) / 1e12

export const mulDivFloor = (a: bigint, b: bigint, divisor: bigint): bigint => (a * b) / divisor
export const mulDivCeil = (a: bigint, b: bigint, divisor: bigint): bigint => (a * b + divisor - 1n) / divisor
