/**
 * NEP-145 over any book of who has paid for storage. Rules return what is to be paid out; the entry point makes the
 * transfers, so nothing here calls another account. Source: https://nomicon.io/Standards/StorageManagement
 */
import { requireAccountId, requireOneYocto } from './access.ts'
import { fail } from './errors.ts'
import type { Host } from './host.ts'

/** Decimal yoctoNEAR. */
export interface StorageBalance {
  total: string
  available: string
}

/** Decimal yoctoNEAR; `max` is null where an account may hold any amount. */
export interface StorageBounds {
  min: string
  max: string | null
}

/** NEAR that the entry point sends once the rules are done. */
export interface Transfer {
  receiver: string
  yocto: bigint
}

export interface StorageOutcome<T> {
  result: T
  transfers: Transfer[]
}

/** yoctoNEAR held for one account, and the part that its records lock. */
export interface StorageHolding {
  total: bigint
  locked: bigint
}

/** Where a contract keeps its storage balances: `fixedStorage` of a token, `meteredStorage` of the market. */
export interface StorageBook {
  min(): bigint
  max(): bigint | null
  find(account: string): StorageHolding | null
  /** Registers the account or sets what it holds. */
  save(account: string, total: bigint): void
  /** Removes the account's records. @throws STORAGE_IN_USE when something of value is left and `force` is false */
  leave(account: string, force: boolean): void
}

/**
 * Registers `account_id` (the caller, when absent) or tops it up; what is not needed goes back to the caller.
 * @throws STORAGE_DEPOSIT_TOO_LOW ACCOUNT_INVALID
 */
export function storageDeposit(
  host: Host,
  book: StorageBook,
  { account_id, registration_only }: { account_id?: string | null; registration_only?: boolean | null },
): StorageOutcome<StorageBalance> {
  const payer = host.predecessor()
  const account = requireAccountId(account_id ?? payer, 'account_id')
  const deposit = host.attachedDeposit()
  const held = book.find(account)
  const [min, max] = [book.min(), book.max()]
  if (held === null && deposit < min) {
    fail('STORAGE_DEPOSIT_TOO_LOW', `registering ${account} takes ${min} yoctoNEAR, ${deposit} attached`)
  }
  const before = held === null ? 0n : held.total
  const most = registration_only === true ? min : (max ?? before + deposit)
  const room = most > before ? most - before : 0n
  const kept = deposit < room ? deposit : room
  if (held === null || kept > 0n) book.save(account, before + kept)
  const refund = deposit - kept
  const locked = held === null ? min : held.locked
  return {
    result: balance({ total: before + kept, locked }),
    transfers: refund > 0n ? [{ receiver: payer, yocto: refund }] : [],
  }
}

/**
 * Pays out the free part of the caller's storage balance, or `amount` of it.
 * @throws DEPOSIT_ONE_YOCTO STORAGE_NOT_REGISTERED STORAGE_WITHDRAW_TOO_MUCH
 */
export function storageWithdraw(host: Host, book: StorageBook, amount: bigint | null): StorageOutcome<StorageBalance> {
  requireOneYocto(host)
  const account = host.predecessor()
  const held = book.find(account)
  if (held === null) fail('STORAGE_NOT_REGISTERED', `${account} is not registered`)
  const free = held.total > held.locked ? held.total - held.locked : 0n
  const taken = amount ?? free
  if (taken > free) fail('STORAGE_WITHDRAW_TOO_MUCH', `${taken} yoctoNEAR asked, ${free} available`)
  if (taken === 0n) return { result: balance(held), transfers: [] }
  book.save(account, held.total - taken)
  return {
    result: balance({ total: held.total - taken, locked: held.locked }),
    transfers: [{ receiver: account, yocto: taken }],
  }
}

/**
 * Removes the caller and pays out all that it held, with the yocto it attached. False when it was not registered.
 * @throws DEPOSIT_ONE_YOCTO STORAGE_IN_USE
 */
export function storageUnregister(host: Host, book: StorageBook, force: boolean): StorageOutcome<boolean> {
  requireOneYocto(host)
  const account = host.predecessor()
  const held = book.find(account)
  if (held === null) return { result: false, transfers: [] }
  book.leave(account, force)
  return { result: true, transfers: [{ receiver: account, yocto: held.total + 1n }] }
}

/** View: what every account must and may deposit. */
export function storageBalanceBounds(book: StorageBook): StorageBounds {
  const max = book.max()
  return { min: `${book.min()}`, max: max === null ? null : `${max}` }
}

/** View: what one account has deposited; null when it is not registered. */
export function storageBalanceOf(book: StorageBook, account: string): StorageBalance | null {
  const held = book.find(account)
  return held === null ? null : balance(held)
}

function balance({ total, locked }: StorageHolding): StorageBalance {
  return { total: `${total}`, available: `${total > locked ? total - locked : 0n}` }
}
