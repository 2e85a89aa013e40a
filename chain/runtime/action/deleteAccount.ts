/** DeleteAccount: balance to the beneficiary, every record gone. Source: nearcore actions.rs, store/utils.rs. */
import type { Action } from '../../lib/action.ts'
import { accessKeyPrefix, accountKey, codeKey, dataPrefix } from '../account.ts'
import { balanceRefund } from '../receipt.ts'
import { ActionFailure, existing, type ReceiptRun, requireActor } from './context.ts'

export function deleteAccount(run: ReceiptRun, { beneficiaryId }: Extract<Action, { kind: 'deleteAccount' }>): void {
  const account = existing(run)
  requireActor(run)
  const { state } = run
  const id = run.receipt.receiverId
  if (account.locked > 0n) throw new ActionFailure({ DeleteAccountStaking: { account_id: id } })
  const codeBytes = BigInt(state.get(codeKey(id))?.length ?? 0)
  if (account.storageUsage - codeBytes > run.params.maxAccountDeletionStorageUsage) {
    throw new ActionFailure({ DeleteAccountWithLargeState: { account_id: id } })
  }
  if (account.amount > 0n) run.newReceipts.push(balanceRefund(beneficiaryId, account.amount))
  state.remove(accountKey(id))
  state.remove(codeKey(id))
  for (const key of [...state.keys(accessKeyPrefix(id)), ...state.keys(dataPrefix(id))]) state.remove(key)
  run.actorId = run.receipt.predecessorId
  run.account = null
}
