/**
 * Where records lie: one prefix a table. Two JSON records are read by every call, settings and totals; all that grows is
 * text of a few fields. Layout version 1; a change of it needs a migration and a fixture of the old state.
 */
import type { Host } from '../lib/host.ts'
import { type MeteredStorage, meteredStorage } from '../lib/meteredStorage.ts'
import type { Direction } from '../lib/pure/bridgePayload.ts'

export const LAYOUT_VERSION = 1

/** Every prefix of the contract; a test finds them unique and none the beginning of another. */
export const PREFIX = {
  config: 'F',
  totals: 'T',
  epoch: 'E',
  vetoed: 'X',
  storage: 'B',
  lock: 'L',
  payout: 'P',
  queue: 'Q',
  credit: 'C',
  link: 'N',
  linkOf: 'A',
} as const

/** A lock: BLY that waits on NEAR while it moves on EVM. Text: amount, receiver, height, sender. */
export interface LockRecord {
  amount: bigint
  /** 40 lower-case hex digits. */
  receiver: string
  /** Block in which it was locked: where signers look for its event. */
  height: bigint
  sender: string
}

export function findLock(host: Host, nonce: string): LockRecord | null {
  const text = host.read(PREFIX.lock + nonce)
  if (text === null) return null
  const [amount, receiver, height, sender] = text.split(' ')
  return { amount: BigInt(amount), receiver, height: BigInt(height), sender }
}

export function saveLock(host: Host, nonce: string, { amount, receiver, height, sender }: LockRecord): void {
  host.write(PREFIX.lock + nonce, `${amount} ${receiver} ${height} ${sender}`)
}

/** `paying` while the token has not answered; `unlocked`, `refunded`, `credited` and `vetoed` are ends. */
export type PayoutState = 'paying' | 'queued' | 'delayed' | 'unlocked' | 'refunded' | 'credited' | 'vetoed'
const LETTERS: Record<PayoutState, string> = {
  paying: 'p',
  queued: 'q',
  delayed: 'd',
  unlocked: 'u',
  refunded: 'r',
  credited: 'c',
  vetoed: 'v',
}
const STATES = Object.fromEntries(Object.entries(LETTERS).map(([state, letter]) => [letter, state]))

/** What a pay-out is for: a burn on EVM (direction evm-near) or the refund of a lock (near-evm), by nonce. */
export interface PayoutId {
  direction: Direction
  nonce: string
}

/** BLY on its way out. That the record exists is the mark that its nonce is used. Text: letter, amount, account, ready, source. */
export interface PayoutRecord {
  state: PayoutState
  amount: bigint
  account: string
  /** When a delayed one may go, ms; 0 when it never had to wait. */
  readyAt: number
  /** Hash of the EVM transaction; empty for refunds. */
  source: string
}

/** @example payoutKey({ direction: 'evm-near', nonce: '7' }) // 'b7' */
export function payoutKey({ direction, nonce }: PayoutId): string {
  return (direction === 'evm-near' ? 'b' : 'r') + nonce
}

/** The inverse of `payoutKey`. */
export function parsePayoutKey(key: string): PayoutId {
  return { direction: key[0] === 'b' ? 'evm-near' : 'near-evm', nonce: key.slice(1) }
}

export function hasPayout(host: Host, id: PayoutId): boolean {
  return host.has(PREFIX.payout + payoutKey(id))
}

export function findPayout(host: Host, id: PayoutId): PayoutRecord | null {
  const text = host.read(PREFIX.payout + payoutKey(id))
  if (text === null) return null
  const [letter, amount, account, ready, source] = text.split(' ')
  return { state: STATES[letter] as PayoutState, amount: BigInt(amount), account, readyAt: Number(ready), source }
}

export function savePayout(host: Host, id: PayoutId, { state, amount, account, readyAt, source }: PayoutRecord): void {
  host.write(PREFIX.payout + payoutKey(id), `${LETTERS[state]} ${amount} ${account} ${readyAt} ${source}`)
}

/** attoBLY owed to an account because a transfer to it failed. */
export function findCredit(host: Host, account: string): bigint | null {
  const text = host.read(PREFIX.credit + account)
  return text === null ? null : BigInt(text)
}

export function saveCredit(host: Host, account: string, amount: bigint): void {
  host.write(PREFIX.credit + account, `${amount}`)
}

/** A link by its nonce. Text: EVM address, account. */
export interface LinkRecord {
  /** 40 lower-case hex digits. */
  evm: string
  account: string
}

export function findLink(host: Host, nonce: string): LinkRecord | null {
  const text = host.read(PREFIX.link + nonce)
  return text === null ? null : { evm: text.slice(0, 40), account: text.slice(41) }
}

/** A set of signers. Text: k, begin in Unix seconds, addresses in a row. */
export interface EpochRecord {
  k: number
  validFrom: bigint
  /** 40 lower-case hex digits each, ascending. */
  signers: string[]
}

export function findEpoch(host: Host, epoch: number): EpochRecord | null {
  const text = host.read(PREFIX.epoch + epoch)
  if (text === null) return null
  const [k, validFrom, digits] = text.split(' ')
  const signers: string[] = []
  for (let at = 0; at < digits.length; at += 40) signers.push(digits.slice(at, at + 40))
  return { k: Number(k), validFrom: BigInt(validFrom), signers }
}

export function saveEpoch(host: Host, epoch: number, { k, validFrom, signers }: EpochRecord): void {
  host.write(PREFIX.epoch + epoch, `${k} ${validFrom} ${signers.join('')}`)
}

/** Bytes of a registration: the balance record itself, key 1 + 64, value at most 39 + 1 + 12, and NEAR's 40. */
const REGISTRATION_BYTES = 1n + 64n + 52n + 40n

/**
 * What a pay-out locks at most, paid by its caller: its record, its place in the queue and the receiver's credit.
 * Record 22 + (1 + 39 + 64 + 16 + 64 and 4 spaces) + 40, queue 1 + 16 + 21 + 40, credit 1 + 64 + 39 + 40.
 */
export const PAYOUT_BYTES = 250n + 78n + 144n

/** NEP-145: who locks or links pays for its records. They stay, and so does who made them: a refund is checked against its lock. */
export function storageBook(host: Host): MeteredStorage {
  return meteredStorage(host, { prefix: PREFIX.storage, registrationBytes: REGISTRATION_BYTES })
}
