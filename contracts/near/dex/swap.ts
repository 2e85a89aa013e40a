/** Swaps: out of the caller's deposits, or at once with the tokens of a transfer. */
import { ensure, fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { exchange } from './constantProduct.ts'
import { type Balances, credit, debit, getBalances, saveBalances } from './deposits.ts'
import { emitMovement, emitSwapped } from './events.ts'
import type { Outcome, Payment } from './outcome.ts'
import { getPool, listedTokens, type Pool, setPool } from './storage.ts'

export interface SwapAction {
  pool_id: number
  token_in: string
  /** Absent: all that the action before gave. */
  amount_in?: bigint
  token_out: string
  min_amount_out: bigint
}

/** @returns what the last action gave   @throws E72 E10 E27 E41 E85 E73 E102 E76 E68 E21 E22 E11 */
export function swap(host: Host, actions: readonly SwapAction[]): Outcome {
  ensure(actions.length > 0, 'E72', () => 'at least one swap')
  const account = host.predecessor()
  const balances = getBalances(host, account)
  // A key that may only call cannot attach NEAR; it must not fill the account with tokens that nobody asked for.
  if (host.attachedDeposit() === 0n) requireKnown(host, balances, actions)
  const out = execute(host, account, balances, actions, null)
  saveBalances(host, account, balances)
  return { value: `${out}` }
}

/**
 * Swaps tokens that just arrived and sends all that is left in the end to their sender.
 * @throws E72 E41 E85 E73 E102 E76 E68 E21 E22: the token then returns everything
 */
export function instantSwap(
  host: Host,
  { sender, token, amount, actions }: { sender: string; token: string; amount: bigint; actions: readonly SwapAction[] },
): Payment[] {
  ensure(actions.length > 0, 'E72', () => 'at least one swap')
  emitMovement(host, 'deposited', sender, token, amount)
  const balances: Balances = new Map([[token, amount]])
  execute(host, sender, balances, actions, amount)
  const payments: Payment[] = []
  for (const [each, left] of balances) {
    if (left === 0n) continue
    emitMovement(host, 'withdrawn', sender, each, left)
    payments.push({ token: each, receiver: sender, amount: left })
  }
  return payments
}

/** Runs the actions over balances in memory; pools are read and written once each. */
function execute(
  host: Host,
  account: string,
  balances: Balances,
  actions: readonly SwapAction[],
  given: bigint | null,
): bigint {
  const pools = new Map<string, Pool>()
  let last = given
  for (const { pool_id, token_in, amount_in, token_out, min_amount_out } of actions) {
    const amount = amount_in ?? last ?? fail('E41', 'wrong action result type: the first action needs amount_in')
    debit(balances, token_in, amount)
    const key = `${pool_id}`
    const pool = pools.get(key) ?? getPool(host, pool_id)
    pools.set(key, pool)
    last = exchange(pool, { tokenIn: token_in, amountIn: amount, tokenOut: token_out, minAmountOut: min_amount_out })
    credit(balances, token_out, last)
    emitSwapped(host, { pool_id, account, token_in, amount_in: amount, token_out, amount_out: last })
  }
  for (const pool of pools.values()) setPool(host, pool)
  return last ?? 0n
}

function requireKnown(host: Host, balances: Balances, actions: readonly SwapAction[]): void {
  let listed: string[] | null = null
  for (const { token_in, token_out } of actions) {
    for (const token of [token_in, token_out]) {
      if (balances.has(token)) continue
      listed ??= listedTokens(host)
      ensure(listed.includes(token), 'E27', () => `attach 1yN to swap tokens not in whitelist: ${token}`)
    }
  }
}
