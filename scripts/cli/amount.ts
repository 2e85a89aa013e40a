/** BLY as people read it: two decimals, costs rounded up, income down, never a false zero. */
import { ONE_BLY } from '../../chain/lib/units.ts'

const CENT = ONE_BLY / 100n

export interface ShowBlyOptions {
  /** How to round: a cost up, an income down. By default negative amounts are costs. */
  as?: 'cost' | 'income'
  /** Always write + or -. */
  sign?: boolean
}

/** @param atto attoBLY
 *  @returns e.g. `1,234.50`, `- 2.50`, `< 0.01` for an income that is not zero but under a cent
 *  @example showBly(1n, { as: 'cost' }) // '0.01' */
export function showBly(
  atto: bigint,
  { as = atto < 0n ? 'cost' : 'income', sign = false }: ShowBlyOptions = {},
): string {
  const size = atto < 0n ? -atto : atto
  const cents = as === 'cost' ? (size + CENT - 1n) / CENT : size / CENT
  const prefix = atto < 0n ? '- ' : sign && atto > 0n ? '+ ' : ''
  if (cents === 0n && size > 0n) return `${prefix}< 0.01`
  const whole = (cents / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  return `${prefix}${whole}.${(cents % 100n).toString().padStart(2, '0')}`
}
