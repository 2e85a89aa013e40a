/** Runs one method: load, link, find the method, instantiate, start, call; then tells the outcome. Source: nearcore mod.rs. */
import { paramsAt } from '../lib/params.gen.ts'
import { failures, HostError, hostError, type WasmTrap } from './errors.ts'
import { distributeGas } from './gasWeights.ts'
import { HostCall } from './host/call.ts'
import { HOST_FUNCTIONS } from './host/index.ts'
import { MemoryShortage } from './memory.ts'
import { EXPORT_PREFIX, EXPORTS, HOST_MODULE } from './prepare/instrument.ts'
import { type Preparation, type PreparedContract, prepareContract, resolveMethod } from './prepare/prepare.ts'
import { classifyTrap } from './trap.ts'
import type { RunContract, VMContext, VMFailure, VMOutcome } from './types.ts'
import { I64 } from './wasm/opcodes.ts'

type Loaded = Exclude<Preparation, { kind: 'refused' }>

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

  const repeatable = withRepeatableIds(context)
  for (;;) {
    const call = new HostCall(repeatable(), storage, params, codeHash)
    try {
      return runOnce(preparation, methodName, call, code.length)
    } catch (error) {
      if (!(error instanceof MemoryShortage) || preparation.kind !== 'ready') throw error
      // Nothing has left the call yet, so it simply begins again; the contract keeps the larger memory from now on.
      const { contract } = preparation
      contract.lentPages = Math.min(contract.lentPages * 4, Number(params.limits.initial_memory_pages))
    }
  }
}

function runOnce(preparation: Loaded, methodName: string, call: HostCall, codeLength: number): VMOutcome {
  try {
    call.gas.pay('contract_loading_bytes', codeLength)
    call.gas.pay('contract_loading_base')
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    return outcomeOf(call, failures.host(hostError('GasExceeded')))
  }
  if (preparation.kind === 'unlinked') return outcomeOf(call, preparation.failure)
  const unresolved = resolveMethod(preparation.contract, methodName)
  if (unresolved !== null) return nothingHappened(call.context, failures.method(unresolved))
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

/** @throws MemoryShortage when the lent memory did not reach */
function enter(contract: PreparedContract, methodName: string, call: HostCall): VMFailure | null {
  const slot: { instance: Instance | null } = { instance: null }
  const { lentPages, hasStart } = contract
  const { initial_memory_pages, max_memory_pages } = call.params.limits
  const memory = new WebAssembly.Memory({ initial: lentPages, maximum: Number(max_memory_pages) })
  const imports = { env: hostImports(contract, call, slot), [HOST_MODULE]: { memory } }
  let instance: Instance
  try {
    const { exports } = new WebAssembly.Instance(contract.module, imports)
    call.memory.attach(memory, exports[EXPORTS.pages] as WebAssembly.Global<'i32'>)
    instance = {
      gas: exports[EXPORTS.gas] as WebAssembly.Global<'i64'>,
      stack: exports[EXPORTS.stack] as WebAssembly.Global<'i32'>,
      callee: exports[EXPORTS.callee] as WebAssembly.Global<'i32'>,
      table: exports[EXPORTS.table] as WebAssembly.Table | undefined,
      exports,
    }
    slot.instance = instance
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    // Only a data or element segment can fail here: the imports are known to fit.
    if (lentPages < initial_memory_pages) throw new MemoryShortage()
    return failures.trap('MemoryOutOfBounds')
  }
  const method = EXPORT_PREFIX + methodName
  for (const entry of hasStart ? [EXPORTS.start, method] : [method]) {
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
    // Inside a host function the counters agree already; the instrumented count is stale then.
    if (error instanceof HostError) return failures.host(error)
    failure = failureOf(error, instance, call)
  }
  try {
    call.gas.sync(instance.gas.value)
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    return failures.host(error)
  }
  return failure
}

function failureOf(error: unknown, instance: Instance, call: HostCall): VMFailure {
  if (error instanceof RangeError) return failures.trap('StackOverflow')
  if (!(error instanceof WebAssembly.RuntimeError)) throw error
  // Out of gas is found by the sync that follows, which knows which limit it was.
  if (instance.stack.value < 0) return failures.host(hostError('MemoryAccessViolation'))
  const trap: WasmTrap = classifyTrap(error, () => isEmptySlot(instance))
  if (trap === 'MemoryOutOfBounds' && call.memory.isShort) throw new MemoryShortage()
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

/** Gives every attempt of one call the same data ids. */
function withRepeatableIds(context: VMContext): () => VMContext {
  const { yields } = context
  if (yields === undefined) return () => context
  const ids: Uint8Array[] = []
  return () => {
    let next = 0
    const nextDataId = (): Uint8Array => (ids[next] ??= yields.nextDataId()) && ids[next++]!
    const { isPending, dataIdOf } = yields
    return { ...context, yields: { nextDataId, isPending: isPending.bind(yields), dataIdOf: dataIdOf.bind(yields) } }
  }
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
