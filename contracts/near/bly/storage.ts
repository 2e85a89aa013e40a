/**
 * What BLY stores: one record per account, two totals, the metadata. Layout version 1; a change needs a migrate and a
 * fixture of the old state.
 */
import { ensure, fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { STORAGE_PRICE, u128 } from '../lib/money.ts'
import type { StorageBook } from '../lib/storageManagement.ts'

/** First characters of all keys; account ids follow `account`. */
export const KEYS = { account: 'a', supply: 't', burned: 'b', metadata: 'm' } as const

/**
 * Bytes of the longest account record: key 1 + 64, value 18 (2^90 > 10^27 in base 32), NEAR's 40 for each record.
 * 123 stays under the 125 for which wallets attach 0.00125 NEAR by habit.
 */
export const ACCOUNT_BYTES = 1n + 64n + 18n + 40n

/** attoBLY of an account; null when it is not registered. */
export function findBalance(host: Host, account: string): bigint | null {
  const record = host.read(KEYS.account + account)
  return record === null ? null : decodeAmount(record)
}

/** attoBLY of a registered account. @throws STORAGE_NOT_REGISTERED */
export function getBalance(host: Host, account: string): bigint {
  return findBalance(host, account) ?? fail('STORAGE_NOT_REGISTERED', `${account} is not registered with BLY`)
}

/** Sets an account's balance and thereby registers it. */
export function setBalance(host: Host, account: string, balance: bigint): void {
  host.write(KEYS.account + account, encodeAmount(u128(balance)))
}

/** attoBLY in existence. @throws BLY_NOT_INITIALISED */
export function totalSupply(host: Host): bigint {
  const record = host.read(KEYS.supply)
  return record === null ? fail('BLY_NOT_INITIALISED', 'init was never called') : decodeAmount(record)
}

/** attoBLY burned since genesis. */
export function totalBurned(host: Host): bigint {
  const record = host.read(KEYS.burned)
  return record === null ? 0n : decodeAmount(record)
}

/** Sets the supply at genesis. */
export function setSupply(host: Host, supply: bigint): void {
  host.write(KEYS.supply, encodeAmount(supply))
}

/** Takes `amount` out of existence; the caller has taken it from an account. */
export function recordBurn(host: Host, amount: bigint): void {
  const supply = totalSupply(host)
  ensure(amount <= supply, 'AMOUNT_INVALID', () => `${amount} to burn, ${supply} in existence`)
  setSupply(host, supply - amount)
  host.write(KEYS.burned, encodeAmount(totalBurned(host) + amount))
}

/** NEP-145 for BLY: every account costs the same, so its record is the registration. `onLeave` burns what is left. */
export function accountBook(host: Host, onLeave: (account: string, balance: bigint) => void): StorageBook {
  const price = ACCOUNT_BYTES * STORAGE_PRICE
  return {
    min: () => price,
    max: () => price,
    find: (account) => (host.has(KEYS.account + account) ? { total: price, locked: price } : null),
    save: (account) => {
      if (!host.has(KEYS.account + account)) setBalance(host, account, 0n)
    },
    leave(account, force) {
      const balance = getBalance(host, account)
      ensure(balance === 0n || force, 'STORAGE_IN_USE', () => `${account} still holds ${balance} attoBLY`)
      if (balance > 0n) onLeave(account, balance)
      host.remove(KEYS.account + account)
    },
  }
}

/** Base 32 of an amount: shorter than decimal, and two halves of 9 digits are exact numbers to read it back by. */
export function encodeAmount(amount: bigint): string {
  return amount.toString(32)
}

/** The amount of its base 32 text. */
export function decodeAmount(text: string): bigint {
  const split = text.length - 9
  if (split <= 0) return BigInt(Number.parseInt(text, 32))
  return (decodeAmount(text.slice(0, split)) << 45n) | BigInt(Number.parseInt(text.slice(split), 32))
}
