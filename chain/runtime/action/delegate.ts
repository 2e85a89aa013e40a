/** Delegate (NEP-366): a relayer carries another account's signed actions. Source: nearcore actions.rs apply_delegate_action. */
import type { Action } from '../../lib/action.ts'
import { delegateHash } from '../../lib/delegate.ts'
import { ZERO_HASH } from '../../lib/hash.ts'
import { totalExecFees, totalPrepaidGas, totalPrepaidSendFees } from '../fees.ts'
import { deniedByKey } from '../transaction.ts'
import { ActionFailure, type ReceiptRun } from './context.ts'

export function delegateAction(run: ReceiptRun, action: Extract<Action, { kind: 'delegate' }>): void {
  const { receipt, state, block, params } = run
  const { delegate, signature } = action
  const { senderId, receiverId, publicKey, nonce, actions } = delegate
  if (!run.deps.verify(publicKey, delegateHash(delegate), signature)) {
    throw new ActionFailure('DelegateActionInvalidSignature')
  }
  if (block.height > delegate.maxBlockHeight) throw new ActionFailure('DelegateActionExpired')
  if (senderId !== receipt.receiverId) {
    throw new ActionFailure({
      DelegateActionSenderDoesNotMatchTxReceiver: { sender_id: senderId, receiver_id: receipt.receiverId },
    })
  }
  const key = state.getAccessKey(senderId, publicKey)
  if (key === null) {
    throw new ActionFailure({
      DelegateActionAccessKeyError: { AccessKeyNotFound: { account_id: senderId, public_key: publicKey } },
    })
  }
  if (nonce <= key.nonce) {
    throw new ActionFailure({
      DelegateActionInvalidNonce: { delegate_nonce: Number(nonce), ak_nonce: Number(key.nonce) },
    })
  }
  const upperBound = block.height * params.accessKeyNonceRange
  if (nonce >= upperBound) {
    throw new ActionFailure({
      DelegateActionNonceTooLarge: { delegate_nonce: Number(nonce), upper_bound: Number(upperBound) },
    })
  }
  const denied = deniedByKey(key, { receiverId, actions })
  if (denied !== null) throw new ActionFailure({ DelegateActionAccessKeyError: denied })
  state.setAccessKey(senderId, publicKey, { ...key, nonce })

  // The relayer has prepaid all of this: deposits return to the sender when the inner actions fail, gas to the relayer.
  const send = totalPrepaidSendFees([action], params)
  run.gasBurnt += send
  run.gasUsed +=
    send +
    totalExecFees(actions, receiverId, params) +
    totalPrepaidGas(actions) +
    params.fees.action_receipt_creation.exec
  run.newReceipts.push({
    kind: 'action',
    predecessorId: senderId,
    receiverId,
    receiptId: ZERO_HASH,
    signerId: receipt.signerId,
    signerPublicKey: receipt.signerPublicKey,
    gasPrice: receipt.gasPrice,
    refundTo: null,
    outputDataReceivers: [],
    inputDataIds: [],
    actions,
  })
}
