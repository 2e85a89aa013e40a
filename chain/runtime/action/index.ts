/** One action applied: its execution fee first, then its own checks and effect. Source: nearcore Runtime::apply_action. */
import type { Action } from '../../lib/action.ts'
import { feeOf } from '../fees.ts'
import { ActionFailure, type ReceiptRun } from './context.ts'
import { createAccount } from './createAccount.ts'
import { delegateAction } from './delegate.ts'
import { deleteAccount } from './deleteAccount.ts'
import { deployContract } from './deployContract.ts'
import { functionCall } from './functionCall.ts'
import { addKey, deleteKey } from './keys.ts'
import { stakeAction } from './stake.ts'
import { transfer } from './transfer.ts'

/** @throws ActionFailure */
export function applyAction(run: ReceiptRun, action: Action, index: number): void {
  const fee = feeOf(action, run.receipt.receiverId, run.params).exec
  run.gasBurnt += fee
  run.gasUsed += fee
  // A value counts only from the last action: a transfer after a call yields an empty one.
  run.returned = { kind: 'none' }
  if (run.account === null && action.kind !== 'createAccount' && action.kind !== 'transfer') {
    throw new ActionFailure({ AccountDoesNotExist: { account_id: run.receipt.receiverId } })
  }
  switch (action.kind) {
    case 'createAccount':
      createAccount(run)
      break
    case 'deployContract':
      deployContract(run, action)
      break
    case 'functionCall':
      functionCall(run, action, index)
      break
    case 'transfer':
      transfer(run, action)
      break
    case 'stake':
      stakeAction(run, action)
      break
    case 'addKey':
      addKey(run, action)
      break
    case 'deleteKey':
      deleteKey(run, action)
      break
    case 'deleteAccount':
      deleteAccount(run, action)
      break
    case 'delegate':
      delegateAction(run, action)
      break
    case 'deployGlobalContract':
    case 'useGlobalContract':
      throw new Error(`${action.kind} is refused by validateActions`)
    default:
      action satisfies never
  }
}
