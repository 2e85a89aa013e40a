/** Transfer: credits, creates implicit accounts, and gives refunds back to a limited key's allowance. Source: nearcore actions.rs. */
import { implicitKindOf, SYSTEM_ACCOUNT } from '../../lib/accountId.ts'
import { type Action, encodeAccessKey } from '../../lib/action.ts'
import { bytesToBase58, hexToBytes } from '../../lib/bytes.ts'
import { newAccount } from '../account.ts'
import { ActionFailure, type ReceiptRun } from './context.ts'
import { newKeyNonce, recordBytes } from './keys.ts'

export function transfer(run: ReceiptRun, { deposit }: Extract<Action, { kind: 'transfer' }>): void {
  const { receipt, state } = run
  const isRefund = receipt.predecessorId === SYSTEM_ACCOUNT
  if (run.account === null) {
    createImplicit(run, deposit, receipt.actions.length === 1 && !isRefund)
    return
  }
  run.account.amount += deposit
  if (!isRefund || receipt.signerId !== receipt.receiverId) return
  const key = state.getAccessKey(receipt.receiverId, receipt.signerPublicKey)
  if (key?.permission?.allowance == null) return
  key.permission.allowance += deposit
  state.setAccessKey(receipt.receiverId, receipt.signerPublicKey, key)
}

/** PERF and fidelity: an `0x` account gets its storage bytes but no wallet contract, which the chain does not carry. */
function createImplicit(run: ReceiptRun, deposit: bigint, eligible: boolean): void {
  const id = run.receipt.receiverId
  const kind = eligible ? implicitKindOf(id) : null
  const { params } = run
  switch (kind) {
    case null:
      throw new ActionFailure({ AccountDoesNotExist: { account_id: id } })
    case 'near': {
      const publicKey = `ed25519:${bytesToBase58(hexToBytes(id))}`
      const key = { nonce: newKeyNonce(run), permission: null }
      run.state.setAccessKey(id, publicKey, key)
      const bytes = recordBytes(publicKey, encodeAccessKey(key).length, params)
      run.account = newAccount(deposit, params.storageBytesAccount + bytes)
      break
    }
    case 'eth':
      run.account = newAccount(deposit, params.storageBytesAccount + 32n)
      break
    case 'deterministic':
      run.account = newAccount(deposit, params.storageBytesAccount)
      break
    default:
      kind satisfies never
  }
  run.actorId = id
}
