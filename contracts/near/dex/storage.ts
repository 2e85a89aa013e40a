/**
 * What the exchange stores. Amounts have a fixed width, so that a record costs the same whatever happens to it: who makes it
 * has paid for all of its life. Layout version 1; a change needs a migrate and a fixture of the old state.
 */
import { ensure, fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { u128 } from '../lib/money.ts'

/**
 * First characters of all keys. Behind them: account ids (`account`, `tokens`), a pool's number (`pool`), a pool's number, a
 * space and an account id (`share`), an account id, a space and a token (`lost`).
 */
export const KEYS = { account: 'a', tokens: 'd', lost: 'l', count: 'n', pool: 'p', share: 's', listed: 'w' } as const

/** A constant-product pool of two tokens. Amounts are reserves by its own book, never what the token says of our account. */
export interface Pool {
  id: number
  tokens: [string, string]
  /** Smallest units of each token. */
  amounts: [bigint, bigint]
  /** Basis points of each swap's input, 0 to 9999. */
  fee: number
  /** All shares, 24 decimals by habit. */
  shares: bigint
}

/** @throws E85 */
export function getPool(host: Host, id: number): Pool {
  const record = host.read(`${KEYS.pool}${id}`)
  if (record === null) fail('E85', `invalid pool id ${id}`)
  const [fee, first, second, a, b, shares] = record.split(' ')
  return {
    id,
    tokens: [first, second],
    amounts: [decodeAmount(a), decodeAmount(b)],
    fee: Number(fee),
    shares: decodeAmount(shares),
  }
}

/** @throws AMOUNT_INVALID when an amount leaves u128 */
export function setPool(host: Host, { id, tokens, amounts, fee, shares }: Pool): void {
  const [a, b, all] = [amounts[0], amounts[1], shares].map(encodeAmount)
  host.write(`${KEYS.pool}${id}`, `${fee} ${tokens[0]} ${tokens[1]} ${a} ${b} ${all}`)
}

/** How many pools there are; their numbers begin at 0. @throws E103 before init */
export function countPools(host: Host): number {
  const record = host.read(KEYS.count)
  return record === null ? fail('E103', 'contract is not initialized') : Number(record)
}

/** The number of a new pool. */
export function nextPoolId(host: Host): number {
  const id = countPools(host)
  host.write(KEYS.count, `${id + 1}`)
  return id
}

/** Shares that an account has of a pool; null without a record. */
export function findShares(host: Host, pool: number, account: string): bigint | null {
  const record = host.read(shareKey(pool, account))
  return record === null ? null : decodeAmount(record)
}

/** Sets an account's shares; none left, no record. */
export function setShares(host: Host, pool: number, account: string, shares: bigint): void {
  if (shares === 0n) host.remove(shareKey(pool, account))
  else host.write(shareKey(pool, account), encodeAmount(shares))
}

const shareKey = (pool: number, account: string) => `${KEYS.share}${pool} ${account}`

/** Tokens that everybody may deposit without registering them first. */
export function listedTokens(host: Host): string[] {
  const record = host.read(KEYS.listed)
  return record === null || record === '' ? [] : record.split(' ')
}

/** Sets the list and opens the exchange, once. @throws DEX_INITIALISED */
export function openExchange(host: Host, tokens: readonly string[]): void {
  ensure(!host.has(KEYS.count), 'DEX_INITIALISED', () => 'the list of tokens is fixed')
  host.write(KEYS.listed, tokens.join(' '))
  host.write(KEYS.count, '0')
}

/** 32 hex digits. @throws AMOUNT_INVALID */
export function encodeAmount(amount: bigint): string {
  return u128(amount).toString(16).padStart(32, '0')
}

export function decodeAmount(text: string): bigint {
  return BigInt(`0x${text}`)
}
