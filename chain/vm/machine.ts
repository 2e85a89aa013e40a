/** An instance of a prepared contract: entered by one call at a time, and set back to its first state for the next one. */
import { failures, HostError, hostError } from './errors.ts'
import type { HostCall } from './host/call.ts'
import { HOST_FUNCTIONS } from './host/index.ts'
import { MemoryShortage, PAGE_BYTES } from './memory.ts'
import { EXPORT_PREFIX, EXPORTS, globalExport, HOST_MODULE } from './prepare/instrument.ts'
import type { PreparedContract } from './prepare/prepare.ts'
import { classifyTrap } from './trap.ts'
import type { VMFailure } from './types.ts'
import { I64 } from './wasm/opcodes.ts'

type Imports = Record<string, (...args: (bigint | number)[]) => bigint | number | undefined>

export class Machine {
  readonly #contract: PreparedContract
  readonly #memory: WebAssembly.Memory
  readonly #exports: WebAssembly.Exports
  readonly #gas: WebAssembly.Global<'i64'>
  readonly #stack: WebAssembly.Global<'i32'>
  readonly #pages: WebAssembly.Global<'i32'>
  /** Memory and globals as instantiation left them. */
  readonly #image: Uint8Array
  readonly #globals: [WebAssembly.Global, unknown][]
  #call: HostCall | null = null

  /** @throws MemoryShortage, or WebAssembly.RuntimeError when a segment does not fit into NEAR's memory either */
  constructor(contract: PreparedContract, maxPages: number) {
    this.#contract = contract
    this.#memory = new WebAssembly.Memory({ initial: contract.lentPages, maximum: maxPages })
    const imports = { env: this.#hostImports(), [HOST_MODULE]: { [EXPORTS.memory]: this.#memory } }
    this.#exports = new WebAssembly.Instance(contract.module, imports).exports
    this.#gas = this.#exports[EXPORTS.gas] as WebAssembly.Global<'i64'>
    this.#stack = this.#exports[EXPORTS.stack] as WebAssembly.Global<'i32'>
    this.#pages = this.#exports[EXPORTS.pages] as WebAssembly.Global<'i32'>
    this.#image = contract.isReusable ? new Uint8Array(this.#memory.buffer).slice() : new Uint8Array()
    this.#globals = [this.#stack, this.#pages, ...contract.mutableGlobals.map((i) => this.#global(i))].map((global) => [
      global,
      global.value,
    ])
  }

  #global(index: number): WebAssembly.Global {
    return this.#exports[globalExport(index)] as WebAssembly.Global
  }

  /** Runs the start function, if any, and the method. @throws MemoryShortage when the lent memory did not reach */
  enter(call: HostCall, methodName: string): VMFailure | null {
    this.#call = call
    call.memory.attach(this.#memory, this.#pages)
    const method = EXPORT_PREFIX + methodName
    for (const entry of this.#contract.hasStart ? [EXPORTS.start, method] : [method]) {
      const failure = this.#run(entry, call)
      if (failure !== null) return failure
    }
    return null
  }

  /** Sets everything back; false when this instance can serve no further call. */
  reset(): boolean {
    this.#call = null
    const isWhole = this.#memory.buffer.byteLength === this.#contract.lentPages * PAGE_BYTES
    if (!this.#contract.isReusable || !isWhole) return false
    new Uint8Array(this.#memory.buffer).set(this.#image)
    for (const [global, value] of this.#globals) global.value = value
    return true
  }

  #run(entry: string, call: HostCall): VMFailure | null {
    this.#gas.value = call.gas.remaining
    let failure: VMFailure | null = null
    try {
      ;(this.#exports[entry] as () => void)()
    } catch (error) {
      // Inside a host function the counters agree already; the instrumented count is stale then.
      if (error instanceof HostError) return failures.host(error)
      failure = this.#failureOf(error, call)
    }
    try {
      call.gas.sync(this.#gas.value)
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      return failures.host(error)
    }
    return failure
  }

  #failureOf(error: unknown, call: HostCall): VMFailure {
    if (error instanceof RangeError) return failures.trap('StackOverflow')
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    // Out of gas is found by the sync that follows, which knows which limit it was.
    if (this.#stack.value < 0) return failures.host(hostError('MemoryAccessViolation'))
    const trap = classifyTrap(error, () => this.#calledEmptySlot())
    if (trap === 'MemoryOutOfBounds' && call.memory.isShort) throw new MemoryShortage()
    return failures.trap(trap)
  }

  #calledEmptySlot(): boolean {
    const table = this.#exports[EXPORTS.table] as WebAssembly.Table | undefined
    const callee = this.#exports[EXPORTS.callee] as WebAssembly.Global<'i32'>
    return table !== undefined && table.get(callee.value >>> 0) === null
  }

  /** Around every host call: take in the gas that instructions used, and give back what is left. */
  #hostImports(): Imports {
    const out: Imports = {}
    for (const name of this.#contract.imports) {
      const host = HOST_FUNCTIONS[name]!
      const returns = host.type.results[0]
      out[name] = (...args) => {
        const call = this.#call!
        call.gas.sync(this.#gas.value)
        for (let i = 0; i < args.length; i++) {
          const arg = args[i]!
          args[i] = typeof arg === 'bigint' ? BigInt.asUintN(64, arg) : BigInt(arg >>> 0)
        }
        const result = host.run(call, ...(args as bigint[]))
        this.#gas.value = call.gas.remaining
        if (returns === undefined) return undefined
        return returns === I64 ? BigInt(result as bigint | boolean) : Number(result)
      }
    }
    return out
  }
}
