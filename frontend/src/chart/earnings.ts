/** Earnings of each day (UTC): what was paid above zero, by kind, what was lost below it. */
import { BLY_DECIMALS, formatUnits } from '../../../chain/lib/units.ts'
import { amountText } from '../format/amount.ts'
import { across, type Frame, upward } from './frame.ts'
import { type Axis, bandScale, linearScale, niceAxis } from './scale.ts'

/** In the order in which they are stacked, from zero outwards. */
export const EARNING_KINDS = ['base', 'bonus', 'checking', 'other', 'faults'] as const
export type EarningKind = (typeof EARNING_KINDS)[number]

export interface EarningDay {
  /** `2026-11-21`, UTC. */
  day: string
  /** attoBLY; only `faults` is negative. */
  amounts: Readonly<Record<EarningKind, bigint>>
}

/** Days of which a picture is still readable. */
export const DAYS_SHOWN = 60
const DAY_MS = 86_400_000

const KINDS: Readonly<Record<string, EarningKind>> = {
  BASE_PAY: 'base',
  HALF_PAY: 'base',
  BONUS: 'bonus',
  VALIDATOR_FEE: 'checking',
  JURY_FEE: 'checking',
  FINDER_FEE: 'checking',
}

/** Days without a line between two that have one are zero, not missing; beyond `DAYS_SHOWN` the oldest are left out. */
export function toEarningDays(lines: readonly { day: string; reason: string; amountAtto: string }[]): {
  days: EarningDay[]
  leftOut: number
} {
  const byDay = new Map<string, Record<EarningKind, bigint>>()
  for (const { day, reason, amountAtto } of lines) {
    const amount = BigInt(amountAtto)
    const kind = amount < 0n ? 'faults' : (KINDS[reason] ?? 'other')
    const of = byDay.get(day) ?? empty()
    of[kind] += amount
    byDay.set(day, of)
  }
  const known = [...byDay.keys()].filter((day) => Number.isFinite(Date.parse(day))).sort()
  const last = known.at(-1)
  if (last === undefined) return { days: [], leftOut: 0 }
  const from = Math.max(Date.parse(known[0]!), Date.parse(last) - (DAYS_SHOWN - 1) * DAY_MS)
  const count = Math.round((Date.parse(last) - from) / DAY_MS) + 1
  const days = Array.from({ length: count }, (_, i) => {
    const day = new Date(from + i * DAY_MS).toISOString().slice(0, 10)
    return { day, amounts: byDay.get(day) ?? empty() }
  })
  return { days, leftOut: known.filter((day) => Date.parse(day) < from).length }
}

export const gained = ({ amounts }: EarningDay): bigint =>
  amounts.base + amounts.bonus + amounts.checking + amounts.other

export interface EarningsPicture {
  y: Axis
  toY: (bly: number) => number
  days: (EarningDay & {
    x: number
    width: number
    middle: number
    parts: { kind: EarningKind; y: number; height: number }[]
  })[]
}

export function layEarnings(days: readonly EarningDay[], at: Frame): EarningsPicture {
  const highs = days.map((day) => bly(gained(day)))
  const lows = days.map(({ amounts }) => bly(amounts.faults))
  const y = niceAxis([Math.min(0, ...lows), Math.max(0, ...highs)])
  const toY = linearScale(y.domain, upward(at))
  const band = bandScale(days.length, across(at), { gap: days.length > 30 ? 0.1 : 0.35, widest: 56 })
  return {
    y,
    toY,
    days: days.map((day, i) => {
      let reached = 0n
      const parts = EARNING_KINDS.filter((kind) => day.amounts[kind] !== 0n).map((kind) => {
        const from = kind === 'faults' ? 0n : reached
        const to = from + day.amounts[kind]
        if (kind !== 'faults') reached = to
        const [top, bottom] = [Math.min(toY(bly(from)), toY(bly(to))), Math.max(toY(bly(from)), toY(bly(to)))]
        // What is not zero is seen.
        return { kind, y: top, height: Math.max(1, bottom - top) }
      })
      return { ...day, ...band(i), parts }
    }),
  }
}

const empty = (): Record<EarningKind, bigint> => ({ base: 0n, bonus: 0n, checking: 0n, other: 0n, faults: 0n })

/** For pixels alone: figures are shown by the formatter. */
export const bly = (atto: bigint): number => Number(formatUnits(atto, BLY_DECIMALS))

/** @example earningsTitle(days) // '+31.97 BLY paid and 2.50 lost in 4 days.' */
export function earningsTitle(days: readonly EarningDay[]): string {
  if (days.length === 0) return 'Nothing earned and nothing lost yet.'
  const paid = days.reduce((sum, day) => sum + gained(day), 0n)
  const lost = days.reduce((sum, { amounts }) => sum - amounts.faults, 0n)
  const span = days.length === 1 ? `on ${days[0]!.day}` : `in ${days.length} days`
  const what = lost === 0n ? 'nothing lost' : `${amountText(lost, { direction: 'cost' }).shown} lost`
  return `${amountText(paid).shown} BLY paid and ${what} ${span}.`
}
