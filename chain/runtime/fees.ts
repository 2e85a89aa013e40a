/** What actions cost: send and execution fees, deposits, prepaid gas, and a transaction's whole price. Source: nearcore config.rs, cost.rs. */

import { implicitKindOf } from '../lib/accountId.ts'
import type { Action } from '../lib/action.ts'
import type { RuntimeParams } from './params.ts'

export interface Fee {
  sendSir: bigint
  sendNotSir: bigint
  exec: bigint
}

const scale = (fee: Fee, count: number): Fee => {
  const n = BigInt(count)
  return { sendSir: fee.sendSir * n, sendNotSir: fee.sendNotSir * n, exec: fee.exec * n }
}
const add = (...fees: Fee[]): Fee =>
  fees.reduce((a, b) => ({
    sendSir: a.sendSir + b.sendSir,
    sendNotSir: a.sendNotSir + b.sendNotSir,
    exec: a.exec + b.exec,
  }))

/** Gas units of one action toward `receiverId`. A delegate's own fee is without the inner actions. */
export function feeOf(action: Action, receiverId: string, { fees }: RuntimeParams): Fee {
  switch (action.kind) {
    case 'createAccount':
      return fees.action_create_account
    case 'deployContract':
      return add(fees.action_deploy_contract, scale(fees.action_deploy_contract_per_byte, action.code.length))
    case 'functionCall':
      return add(
        fees.action_function_call,
        scale(fees.action_function_call_per_byte, utf8Length(action.methodName) + action.args.length),
      )
    case 'transfer': {
      const implicit = implicitKindOf(receiverId)
      if (implicit === 'near') {
        return add(fees.action_transfer, fees.action_create_account, fees.action_add_full_access_key)
      }
      return implicit === null ? fees.action_transfer : add(fees.action_transfer, fees.action_create_account)
    }
    case 'stake':
      return fees.action_stake
    case 'addKey': {
      const { permission } = action.accessKey
      if (permission === null) return fees.action_add_full_access_key
      const bytes = permission.methodNames.reduce((sum, name) => sum + utf8Length(name) + 1, 0)
      return add(fees.action_add_function_call_key, scale(fees.action_add_function_call_key_per_byte, bytes))
    }
    case 'deleteKey':
      return fees.action_delete_key
    case 'deleteAccount':
      return fees.action_delete_account
    case 'delegate':
      return fees.action_delegate
    case 'deployGlobalContract':
      return add(
        fees.action_deploy_global_contract,
        scale(fees.action_deploy_global_contract_per_byte, action.code.length),
      )
    case 'useGlobalContract': {
      const bytes = 'codeHash' in action.id ? 32 : action.id.accountId.length
      return add(fees.action_use_global_contract, scale(fees.action_use_global_contract_per_identifier_byte, bytes))
    }
    default:
      return action satisfies never
  }
}

const utf8 = new TextEncoder()
const utf8Length = (text: string): number => utf8.encode(text).length
const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n)

/** Gas that sending these actions burns; `sir` when the sender is the receiver. */
export function totalSendFees(
  sir: boolean,
  actions: readonly Action[],
  receiverId: string,
  params: RuntimeParams,
): bigint {
  return sum(
    actions.map((action) => {
      const fee = feeOf(action, receiverId, params)
      const own = sir ? fee.sendSir : fee.sendNotSir
      if (action.kind !== 'delegate') return own
      return own + totalSendFees(sir, action.delegate.actions, action.delegate.receiverId, params)
    }),
  )
}

/** Send fees that a delegate's inner receipt will burn. */
export function totalPrepaidSendFees(actions: readonly Action[], params: RuntimeParams): bigint {
  return sum(
    actions.map((action) => {
      if (action.kind !== 'delegate') return 0n
      const { senderId, receiverId, actions: inner } = action.delegate
      return totalSendFees(senderId === receiverId, inner, receiverId, params)
    }),
  )
}

/** Gas that executing these actions burns, without the receipt's own fee. */
export function totalExecFees(actions: readonly Action[], receiverId: string, params: RuntimeParams): bigint {
  return sum(
    actions.map((action) => {
      const own = feeOf(action, receiverId, params).exec
      if (action.kind !== 'delegate') return own
      const inner = totalExecFees(action.delegate.actions, action.delegate.receiverId, params)
      return own + inner + params.fees.action_receipt_creation.exec
    }),
  )
}

/** Gas attached to function calls. */
export function totalPrepaidGas(actions: readonly Action[]): bigint {
  return sum(
    actions.map((action) => {
      if (action.kind === 'functionCall') return action.gas
      return action.kind === 'delegate' ? totalPrepaidGas(action.delegate.actions) : 0n
    }),
  )
}

/** yoctoNEAR attached. */
export function totalDeposit(actions: readonly Action[]): bigint {
  return sum(
    actions.map((action) => {
      if (action.kind === 'functionCall' || action.kind === 'transfer') return action.deposit
      return action.kind === 'delegate' ? totalDeposit(action.delegate.actions) : 0n
    }),
  )
}

export interface TransactionCost {
  /** Gas burnt by sending. */
  gasBurnt: bigint
  /** yoctoNEAR. */
  burntAmount: bigint
  /** Price at which the receipt's gas is bought, yoctoNEAR per gas unit. */
  receiptGasPrice: bigint
  deposit: bigint
  /** yoctoNEAR taken from the signer at once. */
  total: bigint
}

/** @source nearcore `tx_cost` at protocol 86: bought at max(price, 10⁹), burnt at the block's price. */
export function transactionCost(
  signerId: string,
  receiverId: string,
  actions: readonly Action[],
  gasPrice: bigint,
  params: RuntimeParams,
): TransactionCost {
  const sir = signerId === receiverId
  const receipt = params.fees.action_receipt_creation
  const gasBurnt = (sir ? receipt.sendSir : receipt.sendNotSir) + totalSendFees(sir, actions, receiverId, params)
  const remaining =
    totalPrepaidGas(actions) +
    totalPrepaidSendFees(actions, params) +
    receipt.exec +
    totalExecFees(actions, receiverId, params)
  const burntAmount = gasPrice * gasBurnt
  const receiptGasPrice = gasPrice > params.minGasPurchasePrice ? gasPrice : params.minGasPurchasePrice
  const deposit = totalDeposit(actions)
  return { gasBurnt, burntAmount, receiptGasPrice, deposit, total: burntAmount + receiptGasPrice * remaining + deposit }
}
