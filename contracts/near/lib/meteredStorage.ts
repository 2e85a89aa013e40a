/**
 * A storage book for contracts whose records grow: each account has a balance in NEAR, and every byte that it causes is
 * measured by the chain's own counter and locked from that balance until the byte is freed.
 */
import { fail } from './errors.ts'
import type { Host } from './host.ts'
import { STORAGE_PRICE } from './money.ts'
import type { StorageBook, StorageHolding } from './storageManagement.ts'

export interface MeteredOptions {
  /** Key prefix of the balances, unique in the contract. */
  prefix: string
  /** Bytes that a registration locks: its own record at the longest account id, and what the contract adds to it. */
  registrationBytes: bigint
  /** What must be gone before an account may leave. @throws STORAGE_IN_USE */
  release?: (account: string, force: boolean) => void
}

/** A `StorageBook` that also measures. */
export interface MeteredStorage extends StorageBook {
  /** Adds bytes (negative: frees them). @throws STORAGE_NOT_REGISTERED STORAGE_EXHAUSTED */
  addBytes(account: string, bytes: bigint): void
  /** Bytes locked beyond the registration. */
  bytesOf(account: string): bigint
}

export function meteredStorage(host: Host, { prefix, registrationBytes, release }: MeteredOptions): MeteredStorage {
  const min = registrationBytes * STORAGE_PRICE
  const find = (account: string): (StorageHolding & { bytes: bigint }) | null => {
    const record = host.read(prefix + account)
    if (record === null) return null
    const space = record.indexOf(' ')
    const bytes = BigInt(record.slice(space + 1))
    return { total: BigInt(record.slice(0, space)), bytes, locked: (registrationBytes + bytes) * STORAGE_PRICE }
  }
  const write = (account: string, total: bigint, bytes: bigint) => host.write(prefix + account, `${total} ${bytes}`)
  return {
    min: () => min,
    max: () => null,
    find,
    save: (account, total) => write(account, total, find(account)?.bytes ?? 0n),
    bytesOf: (account) => find(account)?.bytes ?? 0n,
    addBytes(account, bytes) {
      const held = find(account)
      if (held === null) fail('STORAGE_NOT_REGISTERED', `${account} is not registered`)
      const after = held.bytes + bytes > 0n ? held.bytes + bytes : 0n
      const needed = (registrationBytes + after) * STORAGE_PRICE
      if (bytes > 0n && held.total < needed) {
        fail('STORAGE_EXHAUSTED', `${account} needs ${needed - held.total} yoctoNEAR more for ${after} bytes`)
      }
      write(account, held.total, after)
    },
    leave(account, force) {
      release?.(account, force)
      const held = find(account)
      if (held !== null && held.bytes > 0n) fail('STORAGE_IN_USE', `${account} still holds ${held.bytes} bytes`)
      host.remove(prefix + account)
    },
  }
}

/**
 * Runs `work` and locks the bytes that it added from `account`'s balance, or frees those that it removed. The balance
 * record itself is outside the measure.
 * @throws STORAGE_NOT_REGISTERED STORAGE_EXHAUSTED
 */
export function chargeStorage<T>(host: Host, book: MeteredStorage, account: string, work: () => T): T {
  const before = host.storageUsage()
  const result = work()
  const bytes = host.storageUsage() - before
  if (bytes !== 0n) book.addBytes(account, bytes)
  return result
}
