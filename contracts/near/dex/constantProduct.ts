/**
 * The arithmetic of a constant-product pool, every rounding for the pool. Same formulas and results as Ref Finance's simple
 * pool, which are Uniswap v2's with the fee kept in the reserves and nothing set aside for an owner.
 * Source: github.com/ref-finance/ref-contracts, ref-exchange/src/simple_pool.rs.
 */
import { ensure, fail } from '../lib/errors.ts'
import { mulDivFloor, U128_MAX } from '../lib/money.ts'
import type { Pool } from './storage.ts'

/** One hundred percent of a fee. */
export const FEE_DIVISOR = 10_000n
/** Shares of whoever fills an empty pool. */
export const FIRST_SHARES = 10n ** 24n

export type Pair = [bigint, bigint]

/**
 * What `amountIn` of one token gives of the other: ⌊in·(1−fee)·reserveOut / (reserveIn + in·(1−fee))⌋.
 * @throws E73 E102 E76
 */
export function quote(pool: Pool, tokenIn: string, amountIn: bigint, tokenOut: string): bigint {
  const [from, to] = sides(pool, tokenIn, tokenOut)
  const [reserveIn, reserveOut] = [pool.amounts[from], pool.amounts[to]]
  if (reserveIn === 0n || reserveOut === 0n || amountIn === 0n) fail('E76', 'invalid params')
  const charged = amountIn * (FEE_DIVISOR - BigInt(pool.fee))
  return (charged * reserveOut) / (FEE_DIVISOR * reserveIn + charged)
}

/**
 * Moves the reserves by one swap.
 * @returns what goes out   @throws E73 E102 E76 E68 E75
 */
export function exchange(
  pool: Pool,
  {
    tokenIn,
    amountIn,
    tokenOut,
    minAmountOut,
  }: { tokenIn: string; amountIn: bigint; tokenOut: string; minAmountOut: bigint },
): bigint {
  const out = quote(pool, tokenIn, amountIn, tokenOut)
  if (out < minAmountOut) fail('E68', `slippage error: ${out} < ${minAmountOut} ${tokenOut}`)
  const [from, to] = sides(pool, tokenIn, tokenOut)
  const before = pool.amounts[0] * pool.amounts[1]
  pool.amounts[from] += amountIn
  pool.amounts[to] -= out
  if (pool.amounts[0] * pool.amounts[1] < before) fail('E75', 'invariant can not reduce')
  return out
}

/**
 * Adds both tokens in the pool's ratio, using at most `offered` of each.
 * @returns the new shares and what was used   @throws E31 E32 E36
 */
export function join(pool: Pool, offered: Pair): { shares: bigint; used: Pair } {
  if (offered[0] === 0n || offered[1] === 0n) fail('E31', 'adding zero amount')
  const used: Pair = [offered[0], offered[1]]
  let shares = FIRST_SHARES
  if (pool.shares > 0n) {
    // One unit less before the division and one more after it: the newcomer pays both roundings.
    const fair = offered.map((amount, i) => ((amount - 1n) * pool.shares) / pool.amounts[i])
    shares = fair[0] < fair[1] ? fair[0] : fair[1]
    for (const i of [0, 1]) used[i] = (pool.amounts[i] * shares) / pool.shares + 1n
  }
  if (shares === 0n) fail('E32', 'minting zero shares')
  if (pool.shares + shares > U128_MAX) fail('E36', 'shares_total_supply overflow')
  pool.amounts[0] += used[0]
  pool.amounts[1] += used[1]
  pool.shares += shares
  return { shares, used }
}

/**
 * Takes the part of both reserves that belongs to `shares`, rounded down.
 * @throws E68 when either is less than its minimum
 */
export function leave(pool: Pool, shares: bigint, minAmounts: Pair): Pair {
  const taken: Pair = [0n, 0n]
  for (const i of [0, 1]) {
    taken[i] = mulDivFloor(pool.amounts[i], shares, pool.shares)
    ensure(taken[i] >= minAmounts[i], 'E68', () => `slippage error: ${taken[i]} < ${minAmounts[i]} ${pool.tokens[i]}`)
    pool.amounts[i] -= taken[i]
  }
  pool.shares -= shares
  return taken
}

function sides({ tokens }: Pool, tokenIn: string, tokenOut: string): [0 | 1, 0 | 1] {
  if (tokenIn === tokenOut) fail('E73', 'same token swap')
  const [from, to] = [tokens.indexOf(tokenIn), tokens.indexOf(tokenOut)]
  if (from < 0 || to < 0) fail('E102', `invalid token id ${from < 0 ? tokenIn : tokenOut}`)
  return [from as 0 | 1, to as 0 | 1]
}
