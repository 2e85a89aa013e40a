/**
 * How much may leave: a leaky bucket that holds half of the hourly limit and leaks that half in an hour. What leaves within
 * any 3,600 s is at most a full bucket and what leaked meanwhile: the hourly limit.
 */
import { min } from '../lib/money.ts'
import type { Bridge, Config } from './context.ts'
import { ensure } from './errors.ts'

const HOUR_MS = 3_600_000n

/** The bucket's size, and the largest single transfer: more would never fit. */
export function maxAmount(config: Pick<Config, 'hourly_limit'>): bigint {
  return BigInt(config.hourly_limit) / 2n
}

/** @throws BRIDGE_AMOUNT_OUT_OF_BOUNDS */
export function requireBounds(b: Bridge, amount: bigint): void {
  const [least, most] = [BigInt(b.config.min_amount), maxAmount(b.config)]
  ensure(
    amount >= least && amount <= most,
    'BRIDGE_AMOUNT_OUT_OF_BOUNDS',
    () => `${amount} attoBLY is not between ${least} and ${most}`,
  )
}

/** attoBLY that may leave now. */
export function capacityLeft(b: Bridge): bigint {
  return maxAmount(b.config) - level(b)
}

/** Takes `amount` from the capacity; false, and nothing changes, when it does not fit. */
export function takeCapacity(b: Bridge, amount: bigint): boolean {
  if (amount > capacityLeft(b)) return false
  b.totals.level = `${level(b) + amount}`
  b.totals.level_at = b.now
  return true
}

function level(b: Bridge): bigint {
  const before = BigInt(b.totals.level)
  const leaked = (maxAmount(b.config) * BigInt(b.now - b.totals.level_at)) / HOUR_MS
  return before - min(before, leaked)
}
