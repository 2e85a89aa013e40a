/** CreateAccount: a direct child of the predecessor, or a top-level name by the registrar. Source: nearcore actions.rs. */
import { implicitKindOf, isSubAccountOf, isTopLevelAccount } from '../../lib/accountId.ts'
import { newAccount } from '../account.ts'
import { ActionFailure, type ReceiptRun } from './context.ts'

export function createAccount(run: ReceiptRun): void {
  const { receiverId: id, predecessorId } = run.receipt
  const { params } = run
  if (run.account !== null) throw new ActionFailure({ AccountAlreadyExists: { account_id: id } })
  if (implicitKindOf(id) !== null) throw new ActionFailure({ OnlyImplicitAccountCreationAllowed: { account_id: id } })
  if (isTopLevelAccount(id)) {
    if (id.length < params.minTopLevelAccountLength && predecessorId !== params.registrarAccountId) {
      throw new ActionFailure({
        CreateAccountOnlyByRegistrar: {
          account_id: id,
          registrar_account_id: params.registrarAccountId,
          predecessor_id: predecessorId,
        },
      })
    }
  } else if (!isSubAccountOf(id, predecessorId)) {
    throw new ActionFailure({ CreateAccountNotAllowed: { account_id: id, predecessor_id: predecessorId } })
  }
  run.actorId = id
  run.account = newAccount(0n, params.storageBytesAccount)
}
