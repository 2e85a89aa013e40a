/** NEP-145 on the exchange, refusing with Ref Finance's codes. The book measures what each account's records take. */
import { ensure, fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { type MeteredStorage, meteredStorage } from '../lib/meteredStorage.ts'
import { STORAGE_PRICE } from '../lib/money.ts'
import {
  type StorageBalance,
  type StorageOutcome,
  storageDeposit,
  storageUnregister,
  storageWithdraw,
  type Transfer,
} from '../lib/storageManagement.ts'
import { KEYS } from './storage.ts'

/** Key 1 + 64, value 34 (all NEAR there is, in yocto) + 1 + 7 digits, NEAR's 40 for each record. */
const REGISTRATION_BYTES = 1n + 64n + 34n + 1n + 7n + 40n

const REF_CODES: Readonly<Record<string, string>> = {
  STORAGE_NOT_REGISTERED: 'E10: account not registered',
  STORAGE_EXHAUSTED: 'E11: insufficient $NEAR storage deposit',
  STORAGE_WITHDRAW_TOO_MUCH: 'E16: storage withdraw too much',
  STORAGE_DEPOSIT_TOO_LOW: 'E17: deposit less than min storage',
  STORAGE_IN_USE: 'E18: storage unregister tokens not empty',
}

export function dexBook(host: Host): MeteredStorage {
  return meteredStorage(host, { prefix: KEYS.account, registrationBytes: REGISTRATION_BYTES })
}

/** Runs shared storage rules so that they refuse with Ref's code, and keeps their sentence behind it. */
export function withRefCodes<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { message } = error as Error
    const colon = message.indexOf(': ')
    const code = REF_CODES[message.slice(0, colon)]
    throw code === undefined ? error : new Error(`${code}: ${message.slice(colon + 2)}`)
  }
}

/** @throws E17 ACCOUNT_INVALID */
export function deposit(host: Host, args: Parameters<typeof storageDeposit>[2]): StorageOutcome<StorageBalance> {
  return withRefCodes(() => storageDeposit(host, dexBook(host), args))
}

/** As in Ref, 0 or no amount takes all that is free. @throws DEPOSIT_ONE_YOCTO E10 E15 E16 */
export function withdraw(host: Host, amount: bigint): StorageOutcome<StorageBalance> {
  const outcome = withRefCodes(() => storageWithdraw(host, dexBook(host), amount === 0n ? null : amount))
  ensure(outcome.transfers.length > 0, 'E15', () => 'no storage can withdraw')
  return outcome
}

/** Only an account without tokens and shares leaves; `force` is read by nobody, as in Ref. @throws DEPOSIT_ONE_YOCTO E18 */
export function unregister(host: Host): StorageOutcome<boolean> {
  return withRefCodes(() => storageUnregister(host, dexBook(host), false))
}

/**
 * Runs `work`, which makes records that are the account's own, and takes their price from its storage balance; the attached
 * deposit fills up what is missing there and the rest returns.
 * @throws ERR_STORAGE_DEPOSIT E10
 */
export function chargeAttached<T>(host: Host, account: string, work: () => T): { value: T; transfers: Transfer[] } {
  const book = dexBook(host)
  const before = host.storageUsage()
  const value = work()
  const bytes = host.storageUsage() - before
  const attached = host.attachedDeposit()
  const held = book.find(account)
  if (held === null) fail('E10', 'account not registered')
  const missing = bytes > 0n ? held.locked + bytes * STORAGE_PRICE - held.total : 0n
  const kept = missing > 0n ? missing : 0n
  requireAttached(kept, attached)
  if (kept > 0n) book.save(account, held.total + kept)
  if (bytes !== 0n) book.addBytes(account, bytes)
  return { value, transfers: refund(host, attached - kept) }
}

/** @throws ERR_STORAGE_DEPOSIT */
export function requireAttached(needed: bigint, attached: bigint): void {
  ensure(attached >= needed, 'ERR_STORAGE_DEPOSIT', () => `need ${needed}, attached ${attached}`)
}

/** What of the attached NEAR goes back to the caller; the one yocto of a signature is not worth a receipt. */
export function refund(host: Host, yocto: bigint): Transfer[] {
  return yocto > 1n ? [{ receiver: host.predecessor(), yocto }] : []
}
