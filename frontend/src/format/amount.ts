/** Amounts as people read them: two decimals, thin groups, a true minus; costs round up, income rounds down. */
import { BLY_DECIMALS, formatUnits, NEAR_DECIMALS } from '../../../chain/lib/units.ts'

/** Between groups of three digits, so that a figure never breaks across lines: U+202F. */
export const THIN_SPACE = '\u202f'
export const MINUS = '\u2212'

/** `cost` is paid by the reader, `income` paid to the reader: neither is ever shown better than it is. */
export type Direction = 'cost' | 'income'

export interface AmountText {
  /** As shown, such as `1 234.57`, `−2.50` or `< 0.01`. */
  shown: string
  /** Every digit with its unit, for focus and copy. */
  exact: string
}

export interface AmountOptions {
  direction?: Direction
  /** Puts a plus before income, as a ledger's column has it. */
  signed?: boolean
  decimals?: number
  places?: number
  unit?: string
}

/** @param amount smallest units  @example amountText(151_190000000000000000n).shown // '151.19' */
export function amountText(
  amount: bigint,
  { direction = 'income', signed = false, decimals = BLY_DECIMALS, places = 2, unit = 'BLY' }: AmountOptions = {},
): AmountText {
  const exact = `${group(formatUnits(amount, decimals).replace('-', MINUS))} ${unit}`
  const size = amount < 0n ? -amount : amount
  const sign = amount < 0n ? MINUS : signed && amount > 0n ? '+' : ''
  const step = 10n ** BigInt(decimals - places)
  // A loss counts as a cost: away from zero.
  const up = direction === 'cost' || amount < 0n
  if (size > 0n && size < step)
    return { shown: `${sign}${sign === '' ? '' : ' '}< 0.${'1'.padStart(places, '0')}`, exact }
  const rounded = up ? (size + step - 1n) / step : size / step
  const digits = rounded.toString().padStart(places + 1, '0')
  const whole = group(digits.slice(0, digits.length - places))
  return { shown: `${sign}${whole}${places === 0 ? '' : `.${digits.slice(-places)}`}`, exact }
}

/**
 * Parts of a sum, rounded so that what is shown adds up to the shown total: the largest remainders give way.
 * @param parts smallest units, none negative  @returns hundredths of BLY, in the same order
 */
export function partsThatAddUp(
  parts: readonly bigint[],
  direction: Direction = 'cost',
): { parts: bigint[]; total: bigint } {
  const step = 10n ** BigInt(BLY_DECIMALS - 2)
  const sum = parts.reduce((a, b) => a + b, 0n)
  const total = direction === 'cost' ? (sum + step - 1n) / step : sum / step
  const floors = parts.map((part) => part / step)
  let rest = total - floors.reduce((a, b) => a + b, 0n)
  const byRemainder = parts.map((part, i) => ({ i, remainder: part % step }))
  byRemainder.sort((a, b) => (a.remainder < b.remainder ? 1 : a.remainder > b.remainder ? -1 : a.i - b.i))
  for (const { i } of byRemainder) {
    if (rest <= 0n) break
    floors[i] += 1n
    rest -= 1n
  }
  return { parts: floors, total }
}

/** Hundredths of BLY as text. @example hundredths(15119n) // '151.19' */
export const hundredths = (value: bigint): string => amountText(value * 10n ** BigInt(BLY_DECIMALS - 2)).shown

/** Gas and storage in NEAR. @example aboutNear(12n * 10n ** 21n) // 'about 0.012 NEAR' */
export function aboutNear(yocto: bigint): string {
  if (yocto === 0n) return '0 NEAR'
  const places = 3
  const step = 10n ** BigInt(NEAR_DECIMALS - places)
  if (yocto < step) return 'under 0.001 NEAR'
  return `about ${formatUnits(((yocto + step - 1n) / step) * step, NEAR_DECIMALS)} NEAR`
}

/** Whole numbers with thin groups. @example countText(12345) // '12 345' */
export const countText = (count: number): string => group(String(Math.trunc(count)).replace('-', MINUS))

/** Bytes as people say them, in steps of 1,000. */
export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB']
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

function group(digits: string): string {
  const [whole, fraction] = digits.split('.') as [string, string | undefined]
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, THIN_SPACE)
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}
