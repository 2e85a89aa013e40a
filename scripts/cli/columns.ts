/** Columns of amounts that visibly add up: as many decimals as that takes. */
import { BLY_DECIMALS } from '../../chain/lib/units.ts'

/** Fewest decimals, at least two, at which the amounts cut to them add up to their sum cut to them.
 *  @example columnDigits([10n ** 17n, 5n * 10n ** 15n, 5n * 10n ** 15n]) // 3 */
export function columnDigits(atto: readonly bigint[]): number {
  const total = atto.reduce((sum, each) => sum + each, 0n)
  for (let digits = 2; digits < BLY_DECIMALS; digits++) {
    const unit = 10n ** BigInt(BLY_DECIMALS - digits)
    const parts = atto.reduce((sum, each) => sum + each / unit, 0n)
    if (parts === total / unit && atto.every((each) => each === 0n || each / unit !== 0n)) return digits
  }
  return BLY_DECIMALS
}

/** An amount cut to so many decimals. @example exactBly(1_500_000_000_000_000_000n, 2) // '1.50' */
export function exactBly(atto: bigint, digits: number): string {
  const units = (atto < 0n ? -atto : atto) / 10n ** BigInt(BLY_DECIMALS - digits)
  const base = 10n ** BigInt(digits)
  const whole = (units / base).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  return `${atto < 0n ? '-' : ''}${whole}.${(units % base).toString().padStart(digits, '0')}`
}
