/**
 * Snapshots of a pool's price: anyone asks, the dex answers, the callback stores. One a minute at most, so a ring of 120 spans
 * two hours or more. Each follows the pool by at most `stepBps`: a pool moved for one snapshot moves the average by little.
 */
import { requireGas, requireNoDeposit, requireSelf } from '../lib/access.ts'
import { ensure } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { BPS, max, min } from '../lib/money.ts'
import { emitObserved } from './events.ts'
import { GAS_FOR_OBSERVE } from './gas.ts'
import { getPool, SPOT_DIGITS, spotOf } from './pools.ts'
import { toWirePrice } from './price.ts'
import { SECOND_NS } from './quorum.ts'
import { getConfig, KEYS, type Pool, save } from './storage.ts'

export const INTERVAL_NS = 60n * SECOND_NS
/** What one snapshot weighs at most: after a silence nobody knows the price in between. */
export const LONGEST_WEIGHT_NS = 5n * INTERVAL_NS
/** Snapshots kept. */
export const RING = 120

/** What the pool's price and its weights came to, up to one snapshot. */
export interface Snapshot {
  /** Nanoseconds. */
  at: bigint
  /** Sum of scaled spot × nanoseconds. */
  cumulative: bigint
  /** Sum of nanoseconds that counted. */
  weight: bigint
}

/** Whether the dex is to be asked. @returns its account   @throws ORACLE_POOL_UNKNOWN ORACLE_TOO_SOON GAS_TOO_LOW */
export function observe(host: Host, pool_id: number): { dex: string } {
  requireNoDeposit(host)
  requireGas(host, GAS_FOR_OBSERVE)
  const { at } = getPool(host, pool_id)
  const since = host.blockTimestampNs() - BigInt(at)
  ensure(since >= INTERVAL_NS, 'ORACLE_TOO_SOON', () => `pool ${pool_id} was seen ${since / SECOND_NS} s ago`)
  return { dex: getConfig(host).dex }
}

/**
 * Callback of observe. A reply that is no such pool, and a snapshot that another call took meanwhile, change nothing.
 * @returns whether a snapshot was stored   @throws CALLBACK_ONLY
 */
export function onPool(host: Host, pool_id: number, readReply: () => string | null): boolean {
  requireSelf(host)
  const pool = getPool(host, pool_id)
  const now = host.blockTimestampNs()
  if (now - BigInt(pool.at) < INTERVAL_NS) return false
  const seen = spotOf(readReply(), pool)
  if (seen === null) return false
  const last = BigInt(pool.spot)
  const spot = pool.count === 0 ? seen : capped(seen, last, BigInt(getConfig(host).stepBps))
  const before = pool.count === 0 ? null : readSnapshot(host, pool_id, pool.count - 1)
  writeSnapshot(host, pool_id, pool.count, extended(before, last, now))
  const changed: Pool = { ...pool, count: pool.count + 1, spot: `${spot}`, at: `${now}` }
  save(host, KEYS.pool + pool_id, changed)
  emitObserved(host, pool_id, toWirePrice(spot, SPOT_DIGITS + pool.quoteDecimals), spot !== seen)
  return true
}

/** The snapshot of a number that the ring still holds. */
export function readSnapshot(host: Host, pool_id: number, number: number): Snapshot {
  const [at, cumulative, weight] = host.read(keyOf(pool_id, number))!.split(' ')
  return { at: BigInt(at), cumulative: BigInt(cumulative), weight: BigInt(weight) }
}

/** `seen`, moved no further than `bps` from `last`. */
export function capped(seen: bigint, last: bigint, bps: bigint): bigint {
  const room = (last * bps) / BPS
  return max(last - room, min(seen, last + room))
}

/** The price between two snapshots is that of the earlier one, for as long as it may weigh. */
export function extended(before: Snapshot | null, spot: bigint, now: bigint): Snapshot {
  if (before === null) return { at: now, cumulative: 0n, weight: 0n }
  const weight = min(now - before.at, LONGEST_WEIGHT_NS)
  return { at: now, cumulative: before.cumulative + spot * weight, weight: before.weight + weight }
}

function writeSnapshot(host: Host, pool_id: number, number: number, { at, cumulative, weight }: Snapshot): void {
  host.write(keyOf(pool_id, number), `${at} ${cumulative} ${weight}`)
}

const keyOf = (pool_id: number, number: number): string => `${KEYS.snapshot}${pool_id}/${number % RING}`
