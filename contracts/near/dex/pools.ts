/** Making pools, and the liquidity in them. */
import { requireOneYocto } from '../lib/access.ts'
import { ensure, fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { STORAGE_PRICE } from '../lib/money.ts'
import { join, leave, type Pair } from './constantProduct.ts'
import { credit, debit, getBalances, saveBalances } from './deposits.ts'
import { emitLiquidityAdded, emitLiquidityRemoved, emitPoolAdded } from './events.ts'
import type { Outcome } from './outcome.ts'
import { chargeAttached, refund, requireAttached } from './registration.ts'
import { findShares, getPool, nextPoolId, type Pool, setPool, setShares } from './storage.ts'

/**
 * A new, empty pool of two tokens; who makes it pays for its record, for good.
 * @param fee  basis points of each swap's input   @returns the pool's number
 * @throws E92 E90 E89 E103 ERR_STORAGE_DEPOSIT
 */
export function addSimplePool(host: Host, { tokens, fee }: { tokens: readonly string[]; fee: number }): Outcome {
  ensure(new Set(tokens).size === tokens.length, 'E92', () => 'token duplicated')
  ensure(fee < 10_000, 'E90', () => `fee too large: ${fee}`)
  ensure(tokens.length === 2, 'E89', () => `wrong token count: ${tokens.length}`)
  const before = host.storageUsage()
  const id = nextPoolId(host)
  const pool: Pool = { id, tokens: [tokens[0], tokens[1]], amounts: [0n, 0n], fee, shares: 0n }
  setPool(host, pool)
  const price = (host.storageUsage() - before) * STORAGE_PRICE
  requireAttached(price, host.attachedDeposit())
  emitPoolAdded(host, host.predecessor(), pool)
  return { value: id, transfers: refund(host, host.attachedDeposit() - price) }
}

export interface AddLiquidityArgs {
  pool_id: number
  /** At most so much of each token, in the pool's order. */
  amounts: readonly bigint[]
  /** At least so much of each is to be used: the pool's ratio may have moved. */
  min_amounts?: readonly bigint[]
}

/** From the caller's deposits into a pool. @returns shares   @throws E35 E85 E89 E31 E32 E36 E86 E10 E21 E22 ERR_STORAGE_DEPOSIT */
export function addLiquidity(host: Host, { pool_id, amounts, min_amounts }: AddLiquidityArgs): Outcome {
  ensure(host.attachedDeposit() > 0n, 'E35', () => 'requires attached deposit of at least 1 yoctoNEAR')
  const account = host.predecessor()
  const pool = getPool(host, pool_id)
  const { shares, used } = join(pool, pair(amounts))
  if (min_amounts !== undefined) {
    const least = pair(min_amounts)
    for (const i of [0, 1]) ensure(used[i] >= least[i], 'E86', () => `amount need above min amount: ${used[i]}`)
  }
  const balances = getBalances(host, account)
  for (const i of [0, 1]) debit(balances, pool.tokens[i], used[i])
  saveBalances(host, account, balances)
  setPool(host, pool)
  const held = findShares(host, pool_id, account) ?? 0n
  const { transfers } = chargeAttached(host, account, () => setShares(host, pool_id, account, held + shares))
  emitLiquidityAdded(host, { pool, account, amounts: used, shares })
  return { value: `${shares}`, transfers }
}

export interface RemoveLiquidityArgs {
  pool_id: number
  shares: bigint
  min_amounts: readonly bigint[]
}

/** Out of a pool into the caller's deposits. @returns amounts   @throws DEPOSIT_ONE_YOCTO E85 E89 E13 E91 E68 E10 E11 */
export function removeLiquidity(host: Host, { pool_id, shares, min_amounts }: RemoveLiquidityArgs): Outcome {
  requireOneYocto(host)
  const account = host.predecessor()
  const pool = getPool(host, pool_id)
  const least = pair(min_amounts)
  const held = findShares(host, pool_id, account)
  if (held === null) fail('E13', 'LP not registered')
  ensure(held >= shares, 'E91', () => `not enough shares: ${held} < ${shares}`)
  const amounts = leave(pool, shares, least)
  setPool(host, pool)
  // The share's bytes are freed before the tokens' are locked, so that who leaves a pool needs no NEAR for it.
  chargeAttached(host, account, () => setShares(host, pool_id, account, held - shares))
  const balances = getBalances(host, account)
  for (const i of [0, 1]) credit(balances, pool.tokens[i], amounts[i])
  saveBalances(host, account, balances)
  emitLiquidityRemoved(host, { pool, account, amounts, shares })
  return { value: amounts.map(String) }
}

/** @throws E89 */
function pair(amounts: readonly bigint[]): Pair {
  ensure(amounts.length === 2, 'E89', () => `wrong amount count: ${amounts.length}`)
  return [amounts[0], amounts[1]]
}
