/** Runs one method: load, link, find the method, instantiate, start, call; then tells the outcome. Source: nearcore mod.rs. */
import { paramsAt } from '../lib/params.gen.ts'
import { failures, HostError, hostError } from './errors.ts'
import { distributeGas } from './gasWeights.ts'
import { HostCall } from './host/call.ts'
import { Machine } from './machine.ts'
import { MemoryShortage } from './memory.ts'
import { type Preparation, type PreparedContract, prepareContract, resolveMethod } from './prepare/prepare.ts'
import type { RunContract, VMContext, VMFailure, VMOutcome } from './types.ts'

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

/** @throws MemoryShortage when the lent memory did not reach */
function enter(contract: PreparedContract, methodName: string, call: HostCall): VMFailure | null {
  const { initial_memory_pages, max_memory_pages } = call.params.limits
  let machine = contract.idle
  contract.idle = null
  try {
    machine ??= new Machine(contract, Number(max_memory_pages))
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    // Only a data or element segment can fail here: the imports are known to fit.
    if (contract.lentPages < initial_memory_pages) throw new MemoryShortage()
    return failures.trap('MemoryOutOfBounds')
  }
  const failure = machine.enter(call, methodName)
  if (machine.reset()) contract.idle = machine
  return failure
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
