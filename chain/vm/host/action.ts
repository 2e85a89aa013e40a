/** Actions that a contract adds to a promise: each pays its send fee at once and reserves its execution fee. Source: logic.rs. */
import { implicitKindOf } from '../../lib/accountId.ts'
import type { VMReceipt } from '../types.ts'
import type { HostCall } from './call.ts'
import { define, type HostFamily } from './define.ts'

const COMMA = 0x2c

export const batchActions: HostFamily = {
  promise_batch_action_create_account: define('I', (call, promise: bigint) => {
    call.gas.pay('base')
    call.denyInView('promise_batch_action_create_account')
    const { receipt, toSelf } = receiptAt(call, promise)
    call.payAction('action_create_account', toSelf)
    receipt.actions.push({ kind: 'createAccount' })
  }),

  promise_batch_action_deploy_contract: define('III', (call, promise: bigint, length: bigint, pointer: bigint) => {
    call.gas.pay('base')
    call.denyInView('promise_batch_action_deploy_contract')
    const code = call.bytes(length, pointer)
    const limit = call.params.limits.max_contract_size
    if (BigInt(code.length) > limit) call.fail('ContractSizeExceeded', { size: code.length, limit })
    const { receipt, toSelf } = receiptAt(call, promise)
    call.payAction('action_deploy_contract', toSelf)
    call.payAction('action_deploy_contract_per_byte', toSelf, code.length)
    receipt.actions.push({ kind: 'deployContract', code: code.slice() })
  }),

  promise_batch_action_function_call: define(
    'IIIIIII',
    (call, promise: bigint, methodLength, methodPointer, argsLength, argsPointer, amountPointer, gas: bigint) =>
      addFunctionCall(call, promise, methodLength, methodPointer, argsLength, argsPointer, amountPointer, gas, 0n),
  ),

  promise_batch_action_function_call_weight: define('IIIIIIII', addFunctionCall),

  promise_batch_action_transfer: define('II', (call, promise: bigint, amountPointer: bigint) => {
    call.gas.pay('base')
    call.denyInView('promise_batch_action_transfer')
    const deposit = call.memory.readU128(call.gas, amountPointer)
    const { receipt, toSelf } = receiptAt(call, promise)
    payTransfer(call, receipt.receiverId, toSelf)
    call.deduct(deposit)
    receipt.actions.push({ kind: 'transfer', deposit })
  }),

  promise_batch_action_stake: define(
    'IIII',
    (call, promise: bigint, amountPointer: bigint, keyLength: bigint, keyPointer: bigint) => {
      call.gas.pay('base')
      call.denyInView('promise_batch_action_stake')
      const stake = call.memory.readU128(call.gas, amountPointer)
      const key = call.bytes(keyLength, keyPointer)
      const { receipt, toSelf } = receiptAt(call, promise)
      call.payAction('action_stake', toSelf)
      receipt.actions.push({ kind: 'stake', stake, publicKey: publicKey(call, key) })
    },
  ),

  promise_batch_action_add_key_with_full_access: define(
    'IIII',
    (call, promise: bigint, keyLength: bigint, keyPointer: bigint, nonce: bigint) => {
      call.gas.pay('base')
      call.denyInView('promise_batch_action_add_key_with_full_access')
      const key = call.bytes(keyLength, keyPointer)
      const { receipt, toSelf } = receiptAt(call, promise)
      call.payAction('action_add_full_access_key', toSelf)
      receipt.actions.push({ kind: 'addFullAccessKey', publicKey: publicKey(call, key), nonce })
    },
  ),

  promise_batch_action_add_key_with_function_call: define(
    'IIIIIIIII',
    (
      call,
      promise: bigint,
      keyLength: bigint,
      keyPointer: bigint,
      nonce: bigint,
      allowancePointer: bigint,
      receiverLength: bigint,
      receiverPointer: bigint,
      namesLength: bigint,
      namesPointer: bigint,
    ) => {
      call.gas.pay('base')
      call.denyInView('promise_batch_action_add_key_with_function_call')
      const key = call.bytes(keyLength, keyPointer)
      const amount = call.memory.readU128(call.gas, allowancePointer)
      const receiverId = call.accountId(receiverLength, receiverPointer)
      const names = splitNames(call, call.bytes(namesLength, namesPointer))
      const { receipt, toSelf } = receiptAt(call, promise)
      call.payAction('action_add_function_call_key', toSelf)
      const bytes = names.reduce((sum, name) => sum + name.length + 1, 0)
      call.payAction('action_add_function_call_key_per_byte', toSelf, bytes)
      receipt.actions.push({
        kind: 'addFunctionCallKey',
        publicKey: publicKey(call, key),
        nonce,
        allowance: amount > 0n ? amount : null,
        receiverId,
        methodNames: names.map((name) => methodName(call, name)),
      })
    },
  ),

  promise_batch_action_delete_key: define('III', (call, promise: bigint, keyLength: bigint, keyPointer: bigint) => {
    call.gas.pay('base')
    call.denyInView('promise_batch_action_delete_key')
    const key = call.bytes(keyLength, keyPointer)
    const { receipt, toSelf } = receiptAt(call, promise)
    call.payAction('action_delete_key', toSelf)
    receipt.actions.push({ kind: 'deleteKey', publicKey: publicKey(call, key) })
  }),

  promise_batch_action_delete_account: define('III', (call, promise: bigint, length: bigint, pointer: bigint) => {
    call.gas.pay('base')
    call.denyInView('promise_batch_action_delete_account')
    const beneficiaryId = call.accountId(length, pointer)
    const { receipt, toSelf } = receiptAt(call, promise)
    call.payAction('action_delete_account', toSelf)
    receipt.actions.push({ kind: 'deleteAccount', beneficiaryId })
  }),
}

function addFunctionCall(
  call: HostCall,
  promise: bigint,
  methodLength: bigint,
  methodPointer: bigint,
  argsLength: bigint,
  argsPointer: bigint,
  amountPointer: bigint,
  gas: bigint,
  gasWeight: bigint,
): void {
  call.gas.pay('base')
  call.denyInView('promise_batch_action_function_call')
  const deposit = call.memory.readU128(call.gas, amountPointer)
  const method = call.bytes(methodLength, methodPointer)
  if (method.length === 0) call.fail('EmptyMethodName')
  const args = call.bytes(argsLength, argsPointer)
  const { receipt, toSelf } = receiptAt(call, promise)
  call.payAction('action_function_call', toSelf)
  call.payAction('action_function_call_per_byte', toSelf, method.length + args.length)
  call.gas.prepay(gas)
  call.deductForCall(deposit)
  receipt.actions.push({
    kind: 'functionCall',
    methodName: methodName(call, method),
    args: args.slice(),
    deposit,
    gas,
    gasWeight,
  })
}

/** @throws HostError InvalidPromiseIndex, CannotAppendActionToJointPromise */
export function receiptAt(call: HostCall, index: bigint): { receipt: VMReceipt; toSelf: boolean } {
  const promise = call.promises[Number(index)] ?? call.fail('InvalidPromiseIndex', { promise_idx: index })
  if ('joint' in promise) return call.fail('CannotAppendActionToJointPromise')
  const receipt = call.receipts[promise.receipt]!
  return { receipt, toSelf: receipt.receiverId === call.context.currentAccountId }
}

/** A transfer may create an implicit account; that fee is taken in the same step. */
function payTransfer(call: HostCall, receiverId: string, toSelf: boolean): void {
  const { action_transfer, action_create_account, action_add_full_access_key } = call.params.fees
  const kind = implicitKindOf(receiverId)
  const fees = [action_transfer]
  if (kind !== null) fees.push(action_create_account)
  if (kind === 'near') fees.push(action_add_full_access_key)
  let sent = 0n
  let executed = 0n
  for (const { send_sir, send_not_sir, execution } of fees) {
    sent += toSelf ? send_sir : send_not_sir
    executed += execution
  }
  call.gas.payAction('action_transfer', sent, executed)
}

/** Borsh: 0 and 32 bytes of ed25519, or 1 and 64 of secp256k1. Decoded after the fees, as in nearcore. */
function publicKey(call: HostCall, bytes: Uint8Array): Uint8Array {
  const length = [33, 65][bytes[0]!]
  return bytes.length === length ? bytes.slice() : call.fail('InvalidPublicKey')
}

/** Decoded when the action is added, after the fees. */
export function methodName(call: HostCall, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return call.fail('InvalidMethodName')
  }
}

function splitNames(call: HostCall, bytes: Uint8Array): Uint8Array[] {
  if (bytes.length === 0) return []
  const names: Uint8Array[] = []
  let start = 0
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && bytes[at] !== COMMA) continue
    if (at === start) call.fail('EmptyMethodName')
    names.push(bytes.subarray(start, at))
    start = at + 1
  }
  return names
}
