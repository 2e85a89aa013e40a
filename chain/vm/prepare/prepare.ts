/** From a contract's bytes to a module that the engine runs, kept by code hash. Source: nearcore wasmtime_runner/mod.rs. */
import { type ProtocolParams, paramsAt } from '../../lib/params.gen.ts'
import { failures, type MethodResolveError } from '../errors.ts'
import { HOST_FUNCTIONS } from '../host/index.ts'
import type { Machine } from '../machine.ts'
import type { VMFailure } from '../types.ts'
import { decodeModule } from '../wasm/decode.ts'
import { typeOfFunction, type WasmModule } from '../wasm/module.ts'
import { WasmFormatError } from '../wasm/reader.ts'
import { instrument, nearFees } from './instrument.ts'

export interface PreparedContract {
  module: WebAssembly.Module
  /** Import names, each a host function of the right type. */
  imports: readonly string[]
  hasStart: boolean
  /** Memory pages that a call begins with; grows when a call turns out to need more. */
  lentPages: number
  /** Globals whose values a call may change. */
  mutableGlobals: readonly number[]
  /** False where a call may change what cannot be set back: tables, dropped segments. */
  isReusable: boolean
  /** An instance in its first state, ready for the next call. */
  idle: Machine | null
  /** Names of exported functions, and whether each takes and returns nothing. */
  methods: ReadonlyMap<string, boolean>
}

/** `link` failures are charged the loading fee, the others nothing. */
export type Preparation =
  | { kind: 'ready'; contract: PreparedContract }
  | { kind: 'refused'; failure: VMFailure }
  | { kind: 'unlinked'; failure: VMFailure }

/** 2 MiB beyond what the module declares: a heap for most calls, at a thirtieth of the time that 64 MiB take to map. */
const SPARE_PAGES = 32
/** Compiled code weighs about ten times the wasm; a chain runs few contracts at a time. */
const CACHE_ENTRIES = 64
const cache = new Map<string, Preparation>()

/** Prepares a contract, or finds what an earlier call prepared. Failures are kept too. */
export function prepareContract(code: Uint8Array, codeHash: string, protocolVersion: number): Preparation {
  const key = `${protocolVersion}:${codeHash}`
  let preparation = cache.get(key)
  if (preparation === undefined) preparation = prepareUncached(code, paramsAt(protocolVersion))
  else cache.delete(key) // put back at the end: the first entry is the one unused for longest
  cache.set(key, preparation)
  if (cache.size > CACHE_ENTRIES) cache.delete(cache.keys().next().value!)
  return preparation
}

export function prepareUncached(code: Uint8Array, params: ProtocolParams): Preparation {
  let metered: Uint8Array
  let decoded: WasmModule
  try {
    decoded = decodeModule(code, params)
    // The engine checks types and everything else that the decoder leaves open.
    if (!WebAssembly.validate(code as BufferSource)) throw new WasmFormatError('the engine finds the module invalid')
    metered = instrument(decoded, { params, fees: nearFees(params), lentMemory: true })
  } catch (error) {
    if (!(error instanceof WasmFormatError)) throw error
    return { kind: 'refused', failure: failures.prepare(error.prepareError) }
  }
  let module: WebAssembly.Module
  try {
    module = new WebAssembly.Module(metered as BufferSource)
  } catch (error) {
    return { kind: 'refused', failure: failures.compile((error as Error).message) }
  }
  if (!canLink(decoded, params)) return { kind: 'unlinked', failure: failures.link('unknown or invalid import') }
  return {
    kind: 'ready',
    contract: {
      module,
      imports: decoded.imports.map(({ name }) => name),
      hasStart: decoded.start !== null,
      lentPages: Math.min((decoded.memoryPages ?? 0) + SPARE_PAGES, Number(params.limits.initial_memory_pages)),
      mutableGlobals: decoded.mutableGlobals,
      isReusable: !decoded.changesTables,
      idle: null,
      methods: methodsOf(decoded),
    },
  }
}

export function resolveMethod({ methods }: PreparedContract, name: string): MethodResolveError | null {
  const isCallable = methods.get(name)
  if (isCallable === undefined) return 'MethodNotFound'
  return isCallable ? null : 'MethodInvalidSignature'
}

function canLink(module: WasmModule, { flags }: ProtocolParams): boolean {
  return module.imports.every(({ name, type }) => {
    const host = Object.hasOwn(HOST_FUNCTIONS, name) ? HOST_FUNCTIONS[name] : undefined
    if (host === undefined || (host.flag !== undefined && flags[host.flag] !== true)) return false
    const { params, results } = module.types[type]!
    return String(params) === String(host.type.params) && String(results) === String(host.type.results)
  })
}

function methodsOf(module: WasmModule): Map<string, boolean> {
  const methods = new Map<string, boolean>()
  for (const { name, kind, index } of module.exports) {
    if (kind !== 'function') continue
    const { params, results } = typeOfFunction(module, index)!
    methods.set(name, params.length === 0 && results.length === 0)
  }
  return methods
}
