/** Tokens leave. They are out of the books before the token hears of it; what it refuses comes back in `postWithdraw`. */
import { requireOneYocto, requireSelf } from '../lib/access.ts'
import { ensure, fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { U128_MAX } from '../lib/money.ts'
import { type Balances, credit, debit, getBalances, MAX_TOKENS, saveBalances } from './deposits.ts'
import { emitMovement } from './events.ts'
import type { Outcome } from './outcome.ts'
import { decodeAmount, encodeAmount, KEYS } from './storage.ts'

export interface WithdrawArgs {
  token_id: string
  /** 0 takes all. */
  amount: bigint
  /** Forgets the token when nothing of it is left. */
  unregister?: boolean
}

/** @throws DEPOSIT_ONE_YOCTO E10 E21 E22 E24 E29 */
export function withdraw(host: Host, { token_id, amount, unregister }: WithdrawArgs): Outcome {
  requireOneYocto(host)
  const account = host.predecessor()
  const balances = getBalances(host, account)
  const taken = amount === 0n ? (balances.get(token_id) ?? fail('E21', `token not registered: ${token_id}`)) : amount
  ensure(taken > 0n, 'E29', () => 'Illegal withdraw amount')
  debit(balances, token_id, taken)
  if (unregister === true) forget(balances, token_id)
  saveBalances(host, account, balances)
  emitMovement(host, 'withdrawn', account, token_id, taken)
  return { payments: [{ token: token_id, receiver: account, amount: taken }], returnsPayment: true }
}

export interface PostWithdrawArgs {
  token_id: string
  sender_id: string
  amount: bigint
}

/**
 * After a payment. One in vain becomes a deposit of the receiver again, or, where it has no account or no storage left for
 * it, a lost one that it claims later. Nothing here may throw on a payment in vain: the amount would be nobody's.
 * @param succeeded  asked only of the callback itself   @returns what was paid   @throws CALLBACK_ONLY
 */
export function postWithdraw(
  host: Host,
  { token_id, sender_id, amount }: PostWithdrawArgs,
  succeeded: () => boolean,
): Outcome {
  requireSelf(host)
  if (succeeded()) return { value: `${amount}` }
  if (host.has(KEYS.account + sender_id) && giveBack(host, sender_id, token_id, amount)) {
    emitMovement(host, 'returned', sender_id, token_id, amount)
  } else {
    const lost = findLost(host, sender_id, token_id) + amount
    // Only a token that makes more than 2^128 of itself gets here; what it says of amounts is worth nothing anyway.
    host.write(lostKey(sender_id, token_id), encodeAmount(lost > U128_MAX ? U128_MAX : lost))
    emitMovement(host, 'lost', sender_id, token_id, amount)
  }
  return { value: '0' }
}

/** Whether the amount found room in the account's own deposits. */
function giveBack(host: Host, account: string, token: string, amount: bigint): boolean {
  const balances = getBalances(host, account)
  if (!balances.has(token) && balances.size >= MAX_TOKENS) return false
  const undo = host.read(KEYS.tokens + account)
  try {
    credit(balances, token, amount)
    saveBalances(host, account, balances)
    return true
  } catch {
    // Too little storage is found out after the write, by measuring it: the record goes back to what it was.
    if (undo === null) host.remove(KEYS.tokens + account)
    else host.write(KEYS.tokens + account, undo)
    return false
  }
}

/** Sends again what was once sent in vain. @throws DEPOSIT_ONE_YOCTO E29 */
export function claimLost(host: Host, token: string): Outcome {
  requireOneYocto(host)
  const account = host.predecessor()
  const amount = findLost(host, account, token)
  ensure(amount > 0n, 'E29', () => 'Illegal withdraw amount')
  host.remove(lostKey(account, token))
  emitMovement(host, 'claimed', account, token, amount)
  return { payments: [{ token, receiver: account, amount }], returnsPayment: true }
}

/** What an account can claim of a token. */
export function findLost(host: Host, account: string, token: string): bigint {
  const record = host.read(lostKey(account, token))
  return record === null ? 0n : decodeAmount(record)
}

const lostKey = (account: string, token: string) => `${KEYS.lost}${account} ${token}`

/** The caller means to hold these tokens; each costs storage. @throws DEPOSIT_ONE_YOCTO E10 E11 DEX_TOO_MANY_TOKENS */
export function registerTokens(host: Host, tokens: readonly string[]): void {
  requireOneYocto(host)
  const account = host.predecessor()
  const balances = getBalances(host, account)
  for (const token of tokens) if (!balances.has(token)) balances.set(token, 0n)
  saveBalances(host, account, balances)
}

/** The reverse, for tokens of which nothing is left. @throws DEPOSIT_ONE_YOCTO E10 E24 */
export function unregisterTokens(host: Host, tokens: readonly string[]): void {
  requireOneYocto(host)
  const account = host.predecessor()
  const balances = getBalances(host, account)
  for (const token of tokens) forget(balances, token)
  saveBalances(host, account, balances)
}

function forget(balances: Balances, token: string): void {
  ensure((balances.get(token) ?? 0n) === 0n, 'E24', () => `non-zero token balance: ${token}`)
  balances.delete(token)
}
