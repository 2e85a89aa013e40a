/** Which pools are watched, and what a dex says about one of them. */
import { requireOneYocto, requirePredecessor } from '../lib/access.ts'
import { ensure, fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { isDecimal, U128_MAX } from '../lib/money.ts'
import { emitWatched } from './events.ts'
import { findPool, getConfig, KEYS, listPools, MAX_POOLS, type Pool, save } from './storage.ts'

/** Longest reply of `get_pool` that is read: Ref's for two tokens has under 400 bytes. */
export const MAX_POOL_BYTES = 2_048
/** Digits that a scaled spot carries beyond the quote's own decimals. */
export const SPOT_DIGITS = 36

export interface WatchArgs {
  pool_id: number
  base: string
  quote: string
  quote_decimals: number
}

/** @throws DEPOSIT_ONE_YOCTO CALLER_FORBIDDEN ORACLE_POOL_EXISTS ORACLE_TOO_MANY ARGUMENT_INVALID */
export function watchPool(host: Host, { pool_id, base, quote, quote_decimals }: WatchArgs): void {
  requireOneYocto(host)
  requirePredecessor(host, getConfig(host).owner)
  ensure(base !== quote, 'ARGUMENT_INVALID', () => 'base and quote are one token')
  ensure(findPool(host, pool_id) === null, 'ORACLE_POOL_EXISTS', () => `pool ${pool_id} is watched`)
  const pools = listPools(host)
  ensure(pools.length < MAX_POOLS, 'ORACLE_TOO_MANY', () => `${MAX_POOLS} pools are watched`)
  save(host, KEYS.pools, [...pools, pool_id])
  const pool: Pool = { base, quote, quoteDecimals: quote_decimals, count: 0, spot: '0', at: '0' }
  save(host, KEYS.pool + pool_id, pool)
  emitWatched(host, pool_id, base, quote)
}

/** A watched pool. @throws ORACLE_POOL_UNKNOWN */
export function getPool(host: Host, id: number): Pool {
  return findPool(host, id) ?? fail('ORACLE_POOL_UNKNOWN', `pool ${id} is not watched`)
}

/**
 * Quote units for one base unit times 10^SPOT_DIGITS, from a dex's reply; null when it is not a pool of these two tokens with
 * something in it. The reply is another contract's word.
 */
export function spotOf(reply: string | null, { base, quote }: Pick<Pool, 'base' | 'quote'>): bigint | null {
  const pool = reply === null ? null : parseJson(reply)
  if (typeof pool !== 'object' || pool === null) return null
  const { token_account_ids: tokens, amounts } = pool as { token_account_ids?: unknown; amounts?: unknown }
  if (!Array.isArray(tokens) || !Array.isArray(amounts) || tokens.length !== 2 || amounts.length !== 2) return null
  const at = tokens.indexOf(base)
  if (at < 0 || tokens[1 - at] !== quote) return null
  const [has, costs] = [amountOf(amounts[at]), amountOf(amounts[1 - at])]
  if (has === null || costs === null) return null
  const spot = (costs * 10n ** BigInt(SPOT_DIGITS)) / has
  return spot > 0n ? spot : null
}

function amountOf(value: unknown): bigint | null {
  if (typeof value !== 'string' || !isDecimal(value)) return null
  const amount = BigInt(value)
  return amount > 0n && amount <= U128_MAX ? amount : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // what is not JSON says nothing about the pool
  }
}
