/** The time-weighted price of a pool over a window, from at least 30 snapshots of which the last is recent. */
import type { Host } from '../lib/host.ts'
import { LONGEST_WEIGHT_NS, RING, readSnapshot } from './observe.ts'
import { SPOT_DIGITS } from './pools.ts'
import { toWirePrice, type WirePrice } from './price.ts'
import { SECOND_NS } from './quorum.ts'
import { findPool, listPools } from './storage.ts'

export const LEAST_SNAPSHOTS = 30
/** Holds 30 snapshots also where every second minute was missed. */
const WINDOW_SEC = 3_600

export interface Twap {
  pool_id: number
  base: string
  quote: string
  /** Whole quote tokens for one smallest unit of base, as NearDefi writes prices. */
  price: WirePrice
  snapshots: number
  /** Nanoseconds of the first and last snapshot, decimal. */
  from: string
  until: string
}

/**
 * @param pool_id the first watched one unless told   @param window_sec how far back, an hour unless told
 * @returns null with fewer than 30 snapshots in the window, or a last one older than five minutes
 */
export function getTwap(host: Host, args: { pool_id?: number; window_sec?: number }): Twap | null {
  const pool_id = args.pool_id ?? listPools(host)[0]
  const pool = pool_id === undefined ? null : findPool(host, pool_id)
  if (pool === null || pool.count < LEAST_SNAPSHOTS) return null
  const now = host.blockTimestampNs()
  if (now - BigInt(pool.at) > LONGEST_WEIGHT_NS) return null
  const oldest = now - BigInt(args.window_sec ?? WINDOW_SEC) * SECOND_NS
  const last = pool.count - 1
  const first = firstSince(host, pool_id, pool.count, oldest)
  if (last - first + 1 < LEAST_SNAPSHOTS) return null
  const [from, until] = [readSnapshot(host, pool_id, first), readSnapshot(host, pool_id, last)]
  const average = (until.cumulative - from.cumulative) / (until.weight - from.weight)
  return {
    pool_id,
    base: pool.base,
    quote: pool.quote,
    price: toWirePrice(average, SPOT_DIGITS + pool.quoteDecimals),
    snapshots: last - first + 1,
    from: `${from.at}`,
    until: `${until.at}`,
  }
}

/** Number of the first snapshot at or after `oldest`; `count` when there is none. PERF: log₂ 120 reads. */
function firstSince(host: Host, pool_id: number, count: number, oldest: bigint): number {
  let low = Math.max(0, count - RING)
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (readSnapshot(host, pool_id, middle).at < oldest) low = middle + 1
    else high = middle
  }
  return low
}
