/** Yield and resume: a receipt to oneself that waits for data which a later call brings. Source: nearcore logic.rs, NEP-519. */
import { equalBytes } from '../../lib/bytes.ts'
import type { VMYields } from '../types.ts'
import { methodName } from './action.ts'
import type { HostCall } from './call.ts'
import { define, type HostFamily } from './define.ts'
import { payForReceipt, pushPromise } from './promise.ts'

const ID_BYTES = 32

export const yields: HostFamily = {
  promise_yield_create: define(
    'IIIIIII->I',
    (call, methodLength, methodPointer, argsLength, argsPointer, gas: bigint, gasWeight: bigint, register: bigint) => {
      call.gas.pay('base')
      call.denyInView('promise_yield_create')
      call.gas.pay('yield_create_base')
      const method = readMethod(call, methodLength, methodPointer)
      const args = call.bytes(argsLength, argsPointer)
      call.gas.pay('yield_create_byte', method.length + args.length)
      call.gas.prepay(gas)
      const self = call.context.currentAccountId
      payForReceipt(call, self, [self])
      const dataId = yieldsOf(call, 'promise_yield_create').nextDataId()
      const index = call.receipts.push({ receiverId: self, dependencies: [], actions: [], yield: { dataId } }) - 1
      const promise = pushPromise(call, { receipt: index })
      payForCall(call, method, args)
      addCall(call, index, method, args, 0n, gas, gasWeight)
      call.setRegister(register, dataId)
      return promise
    },
  ),

  promise_yield_create_with_id: define(
    'IIIIIIIII->I',
    (
      call,
      methodLength: bigint,
      methodPointer: bigint,
      argsLength: bigint,
      argsPointer: bigint,
      amountPointer: bigint,
      gas: bigint,
      gasWeight: bigint,
      idLength: bigint,
      idPointer: bigint,
    ) => {
      call.gas.pay('base')
      call.denyInView('promise_yield_create_with_id')
      call.gas.pay('yield_create_with_id_base')
      const deposit = call.memory.readU128(call.gas, amountPointer)
      const method = readMethod(call, methodLength, methodPointer)
      const args = call.bytes(argsLength, argsPointer)
      const yieldId = call.bytes(idLength, idPointer).slice()
      if (yieldId.length !== ID_BYTES) call.fail('YieldIdMalformed')
      call.gas.pay('yield_create_byte', method.length + args.length)
      const known = yieldsOf(call, 'promise_yield_create_with_id')
      if (dataIdOfYield(call, known, yieldId) !== undefined) return 2n ** 64n - 1n
      const self = call.context.currentAccountId
      const dataId = known.nextDataId()
      const waits = { dataId, yieldId }
      const index = call.receipts.push({ receiverId: self, dependencies: [], actions: [], yield: waits }) - 1
      call.gas.prepay(gas)
      payForReceipt(call, self, [self])
      const promise = pushPromise(call, { receipt: index })
      payForCall(call, method, args)
      call.deductForCall(deposit)
      addCall(call, index, method, args, deposit, gas, gasWeight)
      return promise
    },
    'yield_with_id_host_fns',
  ),

  promise_yield_resume: define(
    'IIII->i',
    (call, idLength: bigint, idPointer: bigint, payloadLength: bigint, payloadPointer: bigint) => {
      call.gas.pay('base')
      call.denyInView('promise_yield_resume')
      const { id, payload } = readResume(call, idLength, idPointer, payloadLength, payloadPointer)
      if (id.length !== ID_BYTES) call.fail('DataIdMalformed')
      return resume(call, yieldsOf(call, 'promise_yield_resume'), id, payload)
    },
  ),

  promise_yield_resume_with_yield_id: define(
    'IIII->i',
    (call, idLength: bigint, idPointer: bigint, payloadLength: bigint, payloadPointer: bigint) => {
      call.gas.pay('base')
      call.denyInView('promise_yield_resume_with_yield_id')
      const { id, payload } = readResume(call, idLength, idPointer, payloadLength, payloadPointer)
      if (id.length !== ID_BYTES) call.fail('YieldIdMalformed')
      const known = yieldsOf(call, 'promise_yield_resume_with_yield_id')
      const dataId = dataIdOfYield(call, known, id)
      return dataId !== undefined && resume(call, known, dataId, payload)
    },
    'yield_with_id_host_fns',
  ),
}

function yieldsOf(call: HostCall, method_name: string): VMYields {
  return call.context.yields ?? call.fail('NotSupported', { method_name })
}

function readMethod(call: HostCall, length: bigint, pointer: bigint): Uint8Array {
  const method = call.bytes(length, pointer)
  return method.length > 0 ? method : call.fail('EmptyMethodName')
}

function payForCall(call: HostCall, method: Uint8Array, args: Uint8Array): void {
  call.payAction('action_function_call', true)
  call.payAction('action_function_call_per_byte', true, method.length + args.length)
}

function addCall(
  call: HostCall,
  receipt: number,
  method: Uint8Array,
  args: Uint8Array,
  deposit: bigint,
  gas: bigint,
  gasWeight: bigint,
): void {
  call.receipts[receipt]!.actions.push({
    kind: 'functionCall',
    methodName: methodName(call, method),
    args: args.slice(),
    deposit,
    gas,
    gasWeight,
  })
}

/** The payload is charged by the length that was named, before anything is read. */
function readResume(call: HostCall, idLength: bigint, idPointer: bigint, length: bigint, pointer: bigint) {
  call.gas.pay('yield_resume_base')
  call.gas.pay('yield_resume_byte', length)
  const id = call.bytes(idLength, idPointer).slice()
  const payload = call.bytes(length, pointer).slice()
  const limit = call.params.limits.max_yield_payload_size
  if (BigInt(payload.length) > limit) call.fail('YieldPayloadLength', { length: payload.length, limit })
  return { id, payload }
}

function dataIdOfYield(call: HostCall, known: VMYields, yieldId: Uint8Array): Uint8Array | undefined {
  const own = call.receipts.find((receipt) => receipt.yield?.yieldId && equalBytes(receipt.yield.yieldId, yieldId))
  return own?.yield?.dataId ?? known.dataIdOf(yieldId)
}

function resume(call: HostCall, known: VMYields, dataId: Uint8Array, payload: Uint8Array): boolean {
  const isOwn = call.receipts.some((receipt) => receipt.yield && equalBytes(receipt.yield.dataId, dataId))
  if (!isOwn && !known.isPending(dataId)) return false
  call.resumes.push({ dataId, payload })
  return true
}
