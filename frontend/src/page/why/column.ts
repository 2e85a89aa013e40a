/** A column of amounts as shown: what stands in it adds up to the sum beneath, digit by digit, and nothing shows a false zero. */
import { BLY_DECIMALS } from '../../../../chain/lib/units.ts'
import { amountText } from '../../format/amount.ts'

export interface ShownColumn {
  /** In the order of the amounts; `exact` has every digit. */
  parts: { shown: string; exact: string }[]
  total: { shown: string; exact: string }
}

/** Digits that are tried before rounding is shared out; more would be read by nobody. */
const MOST_PLACES = 4

/**
 * Two decimals where they add up, up to four where they must; else the largest remainders give way.
 * @param amounts attoBLY, all of one sign (or zero)
 */
export function columnThatAddsUp(amounts: readonly bigint[], options: { signed?: boolean } = {}): ShownColumn {
  const total = amounts.reduce((sum, each) => sum + each, 0n)
  const places = exactPlaces(amounts, total) ?? leastPlaces(amounts)
  const unit = 10n ** BigInt(BLY_DECIMALS - places)
  const sum = round(total, unit)
  const units = share(amounts, unit, sum)
  const show = (value: bigint, exact: bigint) => ({
    shown: amountText(value * unit, { places, ...options }).shown,
    exact: amountText(exact).exact,
  })
  return { parts: units.map((value, i) => show(value, amounts[i]!)), total: show(sum, total) }
}

/** Income down, losses up, as everywhere. */
const round = (amount: bigint, unit: bigint): bigint => (amount < 0n ? (amount - unit + 1n) / unit : amount / unit)

/** Fewest places at which each amount, rounded for itself, adds up; null where there are none. */
function exactPlaces(amounts: readonly bigint[], total: bigint): number | null {
  for (let places = 2; places <= MOST_PLACES; places++) {
    const unit = 10n ** BigInt(BLY_DECIMALS - places)
    const sum = amounts.reduce((all, each) => all + round(each, unit), 0n)
    if (sum === round(total, unit) && amounts.every((each) => each === 0n || round(each, unit) !== 0n)) return places
  }
  return null
}

/** Fewest places at which nothing shows as zero. */
function leastPlaces(amounts: readonly bigint[]): number {
  for (let places = 2; places < BLY_DECIMALS; places++) {
    const unit = 10n ** BigInt(BLY_DECIMALS - places)
    if (amounts.every((each) => each === 0n || each / unit !== 0n)) return places
  }
  return BLY_DECIMALS
}

/** Units of each amount, cut toward zero, and what is left to the sum given to the largest remainders. */
function share(amounts: readonly bigint[], unit: bigint, sum: bigint): bigint[] {
  const direct = amounts.map((each) => round(each, unit))
  if (direct.reduce((all, each) => all + each, 0n) === sum) return direct
  const units = amounts.map((each) => each / unit)
  let rest = sum - units.reduce((all, each) => all + each, 0n)
  const step = rest < 0n ? -1n : 1n
  const size = (value: bigint) => (value < 0n ? -value : value)
  const order = amounts
    .map((each, i) => ({ i, remainder: size(each % unit) }))
    .sort((a, b) => (a.remainder < b.remainder ? 1 : a.remainder > b.remainder ? -1 : a.i - b.i))
  for (const { i } of order) {
    if (rest === 0n) break
    units[i]! += step
    rest -= step
  }
  return units
}
