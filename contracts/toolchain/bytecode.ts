/** A bundle's QuickJS bytecode, made by the same engine objects that a contract is linked from, run in Node. */
import type { Compiler } from './clang.ts'
import { ContractSyntaxError } from './errors.ts'
import { type CSources, ENGINE_UNITS } from './quickjs.ts'

interface CompilerExports {
  memory: WebAssembly.Memory
  allocate(bytes: number): number
  compile(source: number, length: number): number
  output_pointer(): number
  output_length(): number
}

/** The engine's objects, compiled or from the cache. */
export async function compileEngine(cc: Compiler, sources: CSources): Promise<Uint8Array[]> {
  const objects: Uint8Array[] = []
  for (const unit of ENGINE_UNITS) objects.push(await cc.compile(unit, sources))
  return objects
}

/** The QuickJS compiler as a module of WebAssembly. */
export async function linkBytecodeCompiler(cc: Compiler, sources: CSources, engine: Uint8Array[]): Promise<Uint8Array> {
  return cc.link([await cc.compile('compile', sources), ...engine])
}

/** @throws ContractSyntaxError for syntax that QuickJS does not know */
export async function toBytecode(quickjs: Uint8Array, source: string): Promise<Uint8Array> {
  const module = await WebAssembly.compile(quickjs as Uint8Array<ArrayBuffer>)
  const { memory, ...run } = (await WebAssembly.instantiate(module, {})).exports as unknown as CompilerExports
  const text = new TextEncoder().encode(`${source}\0`)
  const at = run.allocate(text.length)
  new Uint8Array(memory.buffer).set(text, at)
  const failed = run.compile(at, text.length - 1) !== 0
  const output = new Uint8Array(memory.buffer, run.output_pointer(), run.output_length()).slice()
  if (!failed) return output
  const message = new TextDecoder().decode(output).trim()
  throw new ContractSyntaxError({
    what: `QuickJS cannot compile the bundle: ${message}`,
    fix: 'Contracts run on ECMAScript 2020: write it in older syntax.',
    data: { stack: message },
  })
}
