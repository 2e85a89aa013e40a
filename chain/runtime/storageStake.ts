/** Whether an account's balance covers the bytes it holds. Source: nearcore verifier.rs check_storage_stake. */
import type { Account } from './account.ts'
import type { RuntimeParams } from './params.ts'

/** yoctoNEAR that are missing, or null. Accounts of at most 770 bytes need no balance. */
export function lackingStorageStake(account: Account, params: RuntimeParams): bigint | null {
  if (account.storageUsage <= params.zeroBalanceAccountStorageLimit) return null
  const required = account.storageUsage * params.storageAmountPerByte
  const available = account.amount + account.locked
  return available >= required ? null : required - available
}
