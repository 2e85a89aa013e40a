/**
 * What accounts have deposited and not put into pools: one record an account, its tokens in order of registration. Each
 * record's bytes are locked from the account's storage balance (NEP-145) until its tokens are unregistered.
 */
import { fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { chargeStorage } from '../lib/meteredStorage.ts'
import { u128 } from '../lib/money.ts'
import { dexBook, withRefCodes } from './registration.ts'
import { decodeAmount, encodeAmount, KEYS } from './storage.ts'

/** Bounds the record that each of an account's calls reads and writes: 64 tokens are 6.2 kB. */
export const MAX_TOKENS = 64

/** Token → amount; a token stays with 0 until it is unregistered. */
export type Balances = Map<string, bigint>

/** The balances of a registered account. @throws E10 */
export function getBalances(host: Host, account: string): Balances {
  const record = host.read(KEYS.tokens + account)
  if (record !== null) return decode(record)
  return host.has(KEYS.account + account) ? new Map() : fail('E10', 'account not registered')
}

/** The balances of any account, for views. */
export function viewBalances(host: Host, account: string): Balances {
  const record = host.read(KEYS.tokens + account)
  return record === null ? new Map() : decode(record)
}

/** Writes the balances and locks or frees what their record grew or shrank by. @throws E11 DEX_TOO_MANY_TOKENS */
export function saveBalances(host: Host, account: string, balances: Balances): void {
  if (balances.size > MAX_TOKENS) fail('DEX_TOO_MANY_TOKENS', `${account} would hold ${balances.size} of ${MAX_TOKENS}`)
  const key = KEYS.tokens + account
  withRefCodes(() =>
    chargeStorage(host, dexBook(host), account, () => {
      if (balances.size === 0) host.remove(key)
      else host.write(key, encode(balances))
    }),
  )
}

/** @throws AMOUNT_INVALID beyond u128 */
export function credit(balances: Balances, token: string, amount: bigint): void {
  if (amount > 0n) balances.set(token, u128((balances.get(token) ?? 0n) + amount))
}

/** @throws E21 E22 */
export function debit(balances: Balances, token: string, amount: bigint): void {
  if (amount === 0n) return
  const held = balances.get(token)
  if (held === undefined) fail('E21', `token not registered: ${token}`)
  if (held < amount) fail('E22', `not enough tokens in deposit: ${held} < ${amount} ${token}`)
  balances.set(token, held - amount)
}

function encode(balances: Balances): string {
  const parts: string[] = []
  for (const [token, amount] of balances) parts.push(token, encodeAmount(amount))
  return parts.join(' ')
}

function decode(record: string): Balances {
  const parts = record.split(' ')
  const balances: Balances = new Map()
  for (let i = 0; i < parts.length; i += 2) balances.set(parts[i], decodeAmount(parts[i + 1]))
  return balances
}
