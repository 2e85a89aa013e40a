/** Figures inside sentences: BLY with two decimals, never a false zero; bits with three; shares in per cent. */
import { ONE_BLY } from '../../lib/units.ts'

/** Two decimals: `9.00`, `< 0.01`. Rounded toward zero, or away from it where the sum is a cost or a loss. */
export function shortBly(atto: bigint, as: 'income' | 'cost' = 'income'): string {
  const size = atto < 0n ? -atto : atto
  const cents = (size * 100n + (as === 'cost' && size * 100n >= ONE_BLY ? ONE_BLY - 1n : 0n)) / ONE_BLY
  if (cents === 0n && size > 0n) return '< 0.01'
  return `${atto < 0n ? '-' : ''}${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`
}

/** Millionths of a bit per byte as bits: `0.031`. More digits where three would show nothing. */
export function bits(micro: bigint): string {
  const value = Number(micro) / 1e6
  return Math.abs(value) >= 0.001 || micro === 0n ? value.toFixed(3) : value.toFixed(6)
}

/** Hundredths of a per cent as per cent: `5 %`, `0.5 %`. */
export const percent = (share: number): string => `${share / 100} %`

/** `14:32:10 UTC`, with the date when it is another day than `now`. */
export function clock(at: number, now: number): string {
  const text = new Date(at).toISOString()
  const time = `${text.slice(11, 19)} UTC`
  return text.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? time : `${text.slice(0, 10)} ${time}`
}

/** `8 s`, `4 min`, `3 h`, `6 d 21 h`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h`
  return `${Math.floor(hours / 24)} d${hours % 24 === 0 ? '' : ` ${hours % 24} h`}`
}
