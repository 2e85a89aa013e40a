/** Taking a transaction: whether it is valid, what it costs its signer, and the receipt it becomes. Source: nearcore verifier.rs. */
import { isValidAccountId } from '../lib/accountId.ts'
import { type AccessKey, encodeAccessKey } from '../lib/action.ts'
import type { VerifySignature } from '../lib/key.ts'
import type { SignedTransaction } from '../lib/transaction.ts'
import { accessKeyKey, accountKey, encodeAccount } from './account.ts'
import type { BlockContext } from './context.ts'
import { type TransactionCost, transactionCost } from './fees.ts'
import type { InvalidTxError } from './outcome.ts'
import type { RuntimeParams } from './params.ts'
import { type ActionReceipt, receiptIdOfTransaction } from './receipt.ts'
import { getAccessKey, getAccount, type StateChanges, type StateView } from './state.ts'
import { lackingStorageStake } from './storageStake.ts'
import { validateActions } from './validateActions.ts'

export type Verdict =
  | { ok: true; cost: TransactionCost; receipt: ActionReceipt; changes: StateChanges }
  | { ok: false; error: InvalidTxError }

/** Checks that need no state: ids, size, actions, signature. Null when all is well. */
export function invalidForm(
  { transaction, signature, hash, size }: SignedTransaction,
  params: RuntimeParams,
  verify: VerifySignature,
): InvalidTxError | null {
  const { signerId, receiverId, actions, publicKey } = transaction
  if (!isValidAccountId(signerId)) return { InvalidSignerId: { signer_id: signerId } }
  if (!isValidAccountId(receiverId)) return { InvalidReceiverId: { receiver_id: receiverId } }
  const actionsError = validateActions(actions, params)
  if (actionsError !== null) return { ActionsValidation: actionsError }
  if (size > params.limits.maxTransactionSize) {
    return { TransactionSizeExceeded: { size, limit: params.limits.maxTransactionSize } }
  }
  return verify(publicKey, hash, signature) ? null : 'InvalidSignature'
}

/** Charges the signer. The form is checked before, by `invalidForm`; nothing is written here, `changes` says what would be. */
export function chargeTransaction(
  { transaction, hash }: SignedTransaction,
  state: StateView,
  block: Pick<BlockContext, 'height' | 'gasPrice'>,
  params: RuntimeParams,
): Verdict {
  const { signerId, receiverId, publicKey, nonce, actions } = transaction
  const fail = (error: InvalidTxError): Verdict => ({ ok: false, error })
  const cost = transactionCost(signerId, receiverId, actions, block.gasPrice, params)
  if (cost.total >= 2n ** 128n) return fail('CostOverflow')

  const account = getAccount(state, signerId)
  if (account === null) return fail({ SignerDoesNotExist: { signer_id: signerId } })
  const key = getAccessKey(state, signerId, publicKey)
  if (key === null) {
    return fail({ InvalidAccessKeyError: { AccessKeyNotFound: { account_id: signerId, public_key: publicKey } } })
  }
  if (nonce <= key.nonce) return fail({ InvalidNonce: { tx_nonce: Number(nonce), ak_nonce: Number(key.nonce) } })
  const upperBound = block.height * params.accessKeyNonceRange
  if (nonce >= upperBound) return fail({ NonceTooLarge: { tx_nonce: Number(nonce), upper_bound: Number(upperBound) } })
  if (account.amount < cost.total) {
    return fail({
      NotEnoughBalance: { signer_id: signerId, balance: account.amount.toString(), cost: cost.total.toString() },
    })
  }
  const charged: AccessKey = { nonce, permission: key.permission }
  if (key.permission !== null && key.permission.allowance !== null) {
    const { allowance } = key.permission
    if (allowance < cost.total) {
      return fail({
        InvalidAccessKeyError: {
          NotEnoughAllowance: {
            account_id: signerId,
            public_key: publicKey,
            allowance: allowance.toString(),
            cost: cost.total.toString(),
          },
        },
      })
    }
    charged.permission = { ...key.permission, allowance: allowance - cost.total }
  }
  const left = { ...account, amount: account.amount - cost.total }
  const lacking = lackingStorageStake(left, params)
  if (lacking !== null) return fail({ LackBalanceForState: { signer_id: signerId, amount: lacking.toString() } })
  const denied = deniedByKey(charged, transaction)
  if (denied !== null) return fail({ InvalidAccessKeyError: denied })

  const receipt: ActionReceipt = {
    kind: 'action',
    predecessorId: signerId,
    receiverId,
    receiptId: receiptIdOfTransaction(hash, block.height),
    signerId,
    signerPublicKey: publicKey,
    gasPrice: cost.receiptGasPrice,
    refundTo: null,
    outputDataReceivers: [],
    inputDataIds: [],
    actions,
  }
  const changes: StateChanges = new Map([
    [accountKey(signerId), encodeAccount(left)],
    [accessKeyKey(signerId, publicKey), encodeAccessKey(charged)],
  ])
  return { ok: true, cost, receipt, changes }
}

/** Why a function-call key may not sign these actions; null when it may. Serves delegates too. */
export function deniedByKey(
  { permission }: AccessKey,
  { receiverId, actions }: Pick<SignedTransaction['transaction'], 'receiverId' | 'actions'>,
): InvalidTxError | null {
  if (permission === null) return null
  const [action] = actions
  if (actions.length !== 1 || action?.kind !== 'functionCall') return 'RequiresFullAccess'
  if (action.deposit > 0n) return 'DepositWithFunctionCall'
  if (receiverId !== permission.receiverId) {
    return { ReceiverMismatch: { tx_receiver: receiverId, ak_receiver: permission.receiverId } }
  }
  if (permission.methodNames.length > 0 && !permission.methodNames.includes(action.methodName)) {
    return { MethodNameMismatch: { method_name: action.methodName } }
  }
  return null
}
