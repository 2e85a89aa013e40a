/** Values as nearcore's RPC shows them. Source: nearcore core/primitives/src/views.rs and its openapi.json. */
import type { AccessKey, Action } from '../../lib/action.ts'
import { bytesToBase58, bytesToBase64 } from '../../lib/bytes.ts'
import type { SignedTransaction } from '../../lib/transaction.ts'
import type { Account } from '../../runtime/account.ts'
import type { Outcome, OutcomeStatus } from '../../runtime/outcome.ts'
import type { Receipt } from '../../runtime/receipt.ts'
import type { PlacedOutcome, TransactionResult } from '../transactionStatus.ts'
import { outcomeProof } from './outcomeProof.ts'

export const accountView = ({ amount, locked, codeHash, storageUsage }: Account) => ({
  amount: amount.toString(),
  locked: locked.toString(),
  code_hash: codeHash,
  storage_usage: Number(storageUsage),
  storage_paid_at: 0,
})

export const accessKeyView = ({ nonce, permission }: AccessKey) => ({
  nonce: Number(nonce),
  permission:
    permission === null
      ? 'FullAccess'
      : {
          FunctionCall: {
            allowance: permission.allowance?.toString() ?? null,
            receiver_id: permission.receiverId,
            method_names: permission.methodNames,
          },
        },
})

export function actionView(action: Action): unknown {
  switch (action.kind) {
    case 'createAccount':
      return 'CreateAccount'
    case 'deployContract':
      return { DeployContract: { code: bytesToBase64(action.code) } }
    case 'functionCall':
      return {
        FunctionCall: {
          method_name: action.methodName,
          args: bytesToBase64(action.args),
          gas: Number(action.gas),
          deposit: action.deposit.toString(),
        },
      }
    case 'transfer':
      return { Transfer: { deposit: action.deposit.toString() } }
    case 'stake':
      return { Stake: { stake: action.stake.toString(), public_key: action.publicKey } }
    case 'addKey':
      return { AddKey: { public_key: action.publicKey, access_key: accessKeyView(action.accessKey) } }
    case 'deleteKey':
      return { DeleteKey: { public_key: action.publicKey } }
    case 'deleteAccount':
      return { DeleteAccount: { beneficiary_id: action.beneficiaryId } }
    case 'delegate': {
      const { senderId, receiverId, actions, nonce, maxBlockHeight, publicKey } = action.delegate
      return {
        Delegate: {
          delegate_action: {
            sender_id: senderId,
            receiver_id: receiverId,
            actions: actions.map(innerActionView),
            nonce: Number(nonce),
            max_block_height: Number(maxBlockHeight),
            public_key: publicKey,
          },
          signature: action.signature,
        },
      }
    }
    case 'deployGlobalContract':
      return action.byAccount
        ? { DeployGlobalContractByAccountId: { code: bytesToBase64(action.code) } }
        : { DeployGlobalContract: { code: bytesToBase64(action.code) } }
    case 'useGlobalContract':
      return 'codeHash' in action.id
        ? { UseGlobalContract: { code_hash: bytesToBase58(action.id.codeHash) } }
        : { UseGlobalContractByAccountId: { account_id: action.id.accountId } }
    default:
      return action satisfies never
  }
}

/** nearcore shows a delegate's actions by another type, which differs in one place. */
const innerActionView = (action: Action): unknown =>
  action.kind === 'createAccount' ? { CreateAccount: {} } : actionView(action)

export const transactionView = ({ transaction, signature, id }: SignedTransaction) => ({
  signer_id: transaction.signerId,
  public_key: transaction.publicKey,
  nonce: Number(transaction.nonce),
  receiver_id: transaction.receiverId,
  actions: transaction.actions.map(actionView),
  priority_fee: 0,
  signature,
  hash: id,
})

export function receiptView(receipt: Receipt) {
  const { predecessorId, receiverId, receiptId } = receipt
  return {
    predecessor_id: predecessorId,
    receiver_id: receiverId,
    receipt_id: receiptId,
    priority: 0,
    receipt:
      receipt.kind === 'data'
        ? {
            Data: {
              data_id: receipt.dataId,
              data: receipt.data && bytesToBase64(receipt.data),
              is_promise_resume: false,
            },
          }
        : {
            Action: {
              signer_id: receipt.signerId,
              signer_public_key: receipt.signerPublicKey,
              gas_price: receipt.gasPrice.toString(),
              output_data_receivers: receipt.outputDataReceivers.map(({ dataId, receiverId: id }) => ({
                data_id: dataId,
                receiver_id: id,
              })),
              input_data_ids: receipt.inputDataIds,
              actions: receipt.actions.map(actionView),
              is_promise_yield: false,
              refund_to: receipt.refundTo,
            },
          },
  }
}

export function statusView(status: OutcomeStatus): unknown {
  switch (status.kind) {
    case 'value':
      return { SuccessValue: bytesToBase64(status.value) }
    case 'receipt':
      return { SuccessReceiptId: status.receiptId }
    case 'failure':
      return { Failure: status.error }
    default:
      return status satisfies never
  }
}

const profileView = ({ profile }: Outcome) =>
  profile === null
    ? []
    : [
        ...Object.entries(profile.host).map(([cost, gas]) => profileEntry(cost, gas)),
        ...(profile.wasm > 0n ? [profileEntry('wasm_instruction', profile.wasm)] : []),
      ]

const profileEntry = (cost: string, gas: bigint) => ({
  cost_category: 'WASM_HOST_COST',
  cost: cost.toUpperCase(),
  gas_used: gas.toString(),
})

export const outcomeView = ({ outcome, block }: PlacedOutcome) => ({
  proof: outcomeProof(block, outcome.id),
  block_hash: block.header.hash,
  id: outcome.id,
  outcome: {
    logs: outcome.logs,
    receipt_ids: outcome.receiptIds,
    gas_burnt: Number(outcome.gasBurnt),
    tokens_burnt: outcome.tokensBurnt.toString(),
    executor_id: outcome.executorId,
    status: statusView(outcome.status),
    metadata: { version: 3, gas_profile: outcome.kind === 'receipt' ? profileView(outcome) : null },
  },
})

export const transactionResultView = (result: TransactionResult) => ({
  final_execution_status: result.level,
  status: result.final === null ? 'Started' : statusView(result.final),
  transaction: transactionView(result.transaction),
  transaction_outcome: outcomeView(result.transactionOutcome),
  receipts_outcome: result.receiptOutcomes.map(outcomeView),
})
