/** Promises: receipts that the call creates, what they wait for, and the results it was given. Source: nearcore logic.rs. */

import { batchActions } from './action.ts'
import type { HostCall, HostPromise } from './call.ts'
import { define, type HostFamily } from './define.ts'

export const promise: HostFamily = {
  promise_create: define(
    'IIIIIIII->I',
    (
      call,
      accountLength: bigint,
      accountPointer: bigint,
      methodLength: bigint,
      methodPointer: bigint,
      argsLength: bigint,
      argsPointer: bigint,
      amountPointer: bigint,
      gas: bigint,
    ) => {
      const index = createBatch(call, accountLength, accountPointer)
      const add = batchActions.promise_batch_action_function_call!
      add.run(call, index, methodLength, methodPointer, argsLength, argsPointer, amountPointer, gas)
      return index
    },
  ),

  promise_then: define(
    'IIIIIIIII->I',
    (
      call,
      promiseIndex: bigint,
      accountLength: bigint,
      accountPointer: bigint,
      methodLength: bigint,
      methodPointer: bigint,
      argsLength: bigint,
      argsPointer: bigint,
      amountPointer: bigint,
      gas: bigint,
    ) => {
      const index = createBatchThen(call, promiseIndex, accountLength, accountPointer)
      const add = batchActions.promise_batch_action_function_call!
      add.run(call, index, methodLength, methodPointer, argsLength, argsPointer, amountPointer, gas)
      return index
    },
  ),

  promise_and: define('II->I', (call, indicesPointer: bigint, count: bigint) => {
    call.gas.pay('base')
    call.denyInView('promise_and')
    call.gas.pay('promise_and_base')
    const length = count * 8n
    if (length >= 2n ** 64n) call.fail('IntegerOverflow')
    call.gas.pay('promise_and_per_promise', length) // by the byte, whatever its name says
    const bytes = call.memory.read(call.gas, indicesPointer, length)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const joint: number[] = []
    const limit = call.params.limits.max_number_input_data_dependencies
    for (let at = 0; at < bytes.length; at += 8) {
      joint.push(...receiptsOf(promiseAt(call, view.getBigUint64(at, true))))
      if (BigInt(joint.length) > limit) {
        call.fail('NumberInputDataDependenciesExceeded', { number_of_input_data_dependencies: joint.length, limit })
      }
    }
    return pushPromise(call, { joint })
  }),

  promise_batch_create: define('II->I', createBatch),
  promise_batch_then: define('III->I', createBatchThen),

  promise_set_refund_to: define('III', (call, promiseIndex: bigint, length: bigint, pointer: bigint) => {
    call.gas.pay('base')
    call.denyInView('promise_set_refund_to')
    const account = call.accountId(length, pointer)
    const promise = promiseAt(call, promiseIndex)
    if ('joint' in promise) return call.fail('CannotSetRefundToOnJointPromise')
    call.receipts[promise.receipt]!.refundTo = account
  }),

  promise_results_count: define('->I', (call) => {
    call.gas.pay('base')
    call.denyInView('promise_results_count')
    return BigInt(call.context.promiseResults.length)
  }),

  /** 0 not ready, 1 successful, 2 failed. */
  promise_result: define('II->I', (call, index: bigint, register: bigint) => {
    call.gas.pay('base')
    call.denyInView('promise_result')
    const result = call.context.promiseResults[Number(index)]
    if (result === undefined) return call.fail('InvalidPromiseResultIndex', { result_idx: index })
    if (result.kind === 'notReady') return 0n
    if (result.kind === 'failed') return 2n
    call.registers.write(call.gas, register, result.value, true)
    return 1n
  }),

  promise_return: define('I', (call, promiseIndex: bigint) => {
    call.gas.pay('base')
    call.gas.pay('promise_return')
    call.denyInView('promise_return')
    const promise = promiseAt(call, promiseIndex)
    if ('joint' in promise) return call.fail('CannotReturnJointPromise')
    call.returned = { kind: 'receipt', index: promise.receipt }
  }),
}

function createBatch(call: HostCall, length: bigint, pointer: bigint): bigint {
  call.gas.pay('base')
  call.denyInView('promise_batch_create')
  const receiverId = call.accountId(length, pointer)
  payForReceipt(call, receiverId, [])
  return pushPromise(call, { receipt: call.receipts.push({ receiverId, dependencies: [], actions: [] }) - 1 })
}

function createBatchThen(call: HostCall, promiseIndex: bigint, length: bigint, pointer: bigint): bigint {
  call.gas.pay('base')
  call.denyInView('promise_batch_then')
  const receiverId = call.accountId(length, pointer)
  const dependencies = receiptsOf(promiseAt(call, promiseIndex))
  payForReceipt(
    call,
    receiverId,
    dependencies.map((index) => call.receipts[index]!.receiverId),
  )
  return pushPromise(call, { receipt: call.receipts.push({ receiverId, dependencies, actions: [] }) - 1 })
}

const receiptsOf = (promise: HostPromise): number[] => ('joint' in promise ? promise.joint : [promise.receipt])

/** @throws HostError InvalidPromiseIndex */
export function promiseAt(call: HostCall, index: bigint): HostPromise {
  return call.promises[Number(index)] ?? call.fail('InvalidPromiseIndex', { promise_idx: index })
}

/** The receipt is there and paid for before the number of promises is looked at, as in nearcore. */
export function pushPromise(call: HostCall, promise: HostPromise): bigint {
  const count = call.promises.push(promise)
  const limit = call.params.limits.max_promises_per_function_call_action
  if (BigInt(count) > limit) call.fail('NumberPromisesExceeded', { number_of_promises: count, limit })
  return BigInt(count - 1)
}

/** A receipt, and one data receipt for each that it waits for: the data's creation and execution are both burnt here.
 *  @param from receivers of the receipts that it waits for */
export function payForReceipt(call: HostCall, receiverId: string, from: readonly string[]): void {
  const { action_receipt_creation: receipt, data_receipt_creation_base: data } = call.params.fees
  let burn = receiverId === call.context.currentAccountId ? receipt.send_sir : receipt.send_not_sir
  for (const sender of from) burn += (sender === receiverId ? data.send_sir : data.send_not_sir) + data.execution
  call.gas.payAction('action_receipt_creation', burn, receipt.execution)
}
