/** Runs one method: load, link, find the method, instantiate, start, call; then tells the outcome. Source: nearcore mod.rs. */
import { paramsAt } from '../lib/params.gen.ts'
import { failures, HostError, hostError, type WasmTrap } from './errors.ts'
import { distributeGas } from './gasWeights.ts'
import { HostCall } from './host/call.ts'
import { HOST_FUNCTIONS } from './host/index.ts'
import { EXPORT_PREFIX, EXPORTS } from './prepare/instrument.ts'
import { type PreparedContract, prepareContract, resolveMethod } from './prepare/prepare.ts'
import { classifyTrap } from './trap.ts'
import type { RunContract, VMContext, VMFailure, VMOutcome } from './types.ts'
import { I64 } from './wasm/opcodes.ts'

/** Runs a method and hands the gas that is left to the calls which asked for a share by weight.
 *  Never throws for a contract's fault; writes reach `storage` only when the call succeeds. */
export const runContract: RunContract = (code, codeHash, methodName, context, storage, protocolVersion) => {
  const outcome = executeContract(code, codeHash, methodName, context, storage, protocolVersion)
  if (outcome.error === null && !context.isView) distributeGas(outcome, context.prepaidGas)
  return outcome
}

/** As `runContract`, without the distribution by weight: what nearcore's VM itself reports. */
export const executeContract: RunContract = (code, codeHash, methodName, context, storage, protocolVersion) => {
  const params = paramsAt(protocolVersion)
  if (methodName === '') return nothingHappened(context, failures.method('MethodEmptyName'))
  const preparation = prepareContract(code, codeHash, protocolVersion)
  if (preparation.kind === 'refused') return nothingHappened(context, preparation.failure)

  const call = new HostCall(context, storage, params, codeHash)
  try {
    call.gas.pay('contract_loading_bytes', code.length)
    call.gas.pay('contract_loading_base')
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    return outcomeOf(call, failures.host(hostError('GasExceeded')))
  }
  if (preparation.kind === 'unlinked') return outcomeOf(call, preparation.failure)
  const unresolved = resolveMethod(preparation.contract, methodName)
  if (unresolved !== null) return nothingHappened(context, failures.method(unresolved))
  return outcomeOf(call, enter(preparation.contract, methodName, call))
}

/** The counters that instrumented code keeps for itself. */
interface Instance {
  gas: WebAssembly.Global<'i64'>
  stack: WebAssembly.Global<'i32'>
  callee: WebAssembly.Global<'i32'>
  table: WebAssembly.Table | undefined
  exports: WebAssembly.Exports
}

function enter(contract: PreparedContract, methodName: string, call: HostCall): VMFailure | null {
  const slot: { instance: Instance | null } = { instance: null }
  let instance: Instance
  try {
    const { exports } = new WebAssembly.Instance(contract.module, { env: hostImports(contract, call, slot) })
    call.memory.attach(exports[EXPORTS.memory] as WebAssembly.Memory)
    instance = {
      gas: exports[EXPORTS.gas] as WebAssembly.Global<'i64'>,
      stack: exports[EXPORTS.stack] as WebAssembly.Global<'i32'>,
      callee: exports[EXPORTS.callee] as WebAssembly.Global<'i32'>,
      table: exports[EXPORTS.table] as WebAssembly.Table | undefined,
      exports,
    }
    slot.instance = instance
  } catch (error) {
    // Only a data or element segment can fail here: the imports are known to fit.
    if (error instanceof WebAssembly.RuntimeError) return failures.trap('MemoryOutOfBounds')
    throw error
  }
  const entries = contract.hasStart ? [EXPORTS.start, EXPORT_PREFIX + methodName] : [EXPORT_PREFIX + methodName]
  for (const entry of entries) {
    const failure = callExport(instance, entry, call)
    if (failure !== null) return failure
  }
  return null
}

function callExport(instance: Instance, entry: string, call: HostCall): VMFailure | null {
  instance.gas.value = call.gas.remaining
  let failure: VMFailure | null = null
  try {
    ;(instance.exports[entry] as () => void)()
  } catch (error) {
    failure = failureOf(error, instance)
    // Inside a host function the counters agree already; the instrumented count is stale then.
    if (error instanceof HostError) return failure
  }
  try {
    call.gas.sync(instance.gas.value)
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    return failures.host(error)
  }
  return failure
}

function failureOf(error: unknown, instance: Instance): VMFailure {
  if (error instanceof HostError) return failures.host(error)
  if (error instanceof RangeError) return failures.trap('StackOverflow')
  if (!(error instanceof WebAssembly.RuntimeError)) throw error
  // Out of gas is found by the sync that follows, which knows which limit it was.
  if (instance.stack.value < 0) return failures.host(hostError('MemoryAccessViolation'))
  const trap: WasmTrap = classifyTrap(error, () => isEmptySlot(instance))
  return failures.trap(trap)
}

function isEmptySlot({ table, callee }: Instance): boolean {
  return table !== undefined && table.get(callee.value >>> 0) === null
}

/** Around every host call: take in the gas that instructions used, and give back what is left. */
function hostImports({ imports }: PreparedContract, call: HostCall, slot: { instance: Instance | null }) {
  const out: Record<string, (...args: (bigint | number)[]) => bigint | number | undefined> = {}
  for (const name of imports) {
    const host = HOST_FUNCTIONS[name]!
    const returns = host.type.results[0]
    out[name] = (...args) => {
      const { gas } = slot.instance!
      call.gas.sync(gas.value)
      for (let i = 0; i < args.length; i++) {
        const arg = args[i]!
        args[i] = typeof arg === 'bigint' ? BigInt.asUintN(64, arg) : BigInt(arg >>> 0)
      }
      const result = host.run(call, ...(args as bigint[]))
      gas.value = call.gas.remaining
      if (returns === undefined) return undefined
      return returns === I64 ? BigInt(result as bigint | boolean) : Number(result)
    }
  }
  return out
}

/** A call that never began: nothing burnt, nothing changed. */
function nothingHappened(context: VMContext, error: VMFailure): VMOutcome {
  return {
    burntGas: 0n,
    usedGas: 0n,
    logs: [],
    return: { kind: 'none' },
    balance: context.accountBalance,
    storageUsage: context.storageUsage,
    receipts: [],
    error,
    profile: { wasm: 0n, host: {} },
  }
}

function outcomeOf(call: HostCall, error: VMFailure | null): VMOutcome {
  if (error === null) call.storage.flush()
  return {
    burntGas: call.gas.burnt,
    usedGas: call.gas.used,
    logs: call.logs,
    return: call.returned,
    balance: call.balance,
    storageUsage: call.storageUsage,
    receipts: call.receipts,
    resumes: call.resumes,
    subsidized: call.subsidized,
    error,
    profile: { wasm: call.gas.wasm, host: call.gas.profile },
  }
}
