/**
 * Starts the contract once, at build time, and keeps the heap: the linked module's `near_boot` loads QuickJS and runs the
 * modules' top levels; what then lies in memory becomes the data section. A call begins where that ended, with 7 to 25
 * times fewer instructions. The idea is Wizer's (bytecodealliance/wizer).
 */
import { ContractStartError, ToolchainError } from './errors.ts'
import { encodeS32, encodeU32 } from './leb.ts'
import { readSections, SECTION, type Section, writeSections } from './sections.ts'

/** What the linker must export for it, beyond the methods. */
export const SNAPSHOT_EXPORTS = ['__stack_pointer', '__stack_low', '__heap_base'] as const

/** Exports that are gone once the heap is kept. */
export const isHelperExport = (name: string): boolean => name === 'near_boot' || name.startsWith('__')

/** Runs of fewer zeros stay inside a segment: another segment's header costs about as many bytes. */
const GAP = 8
const PAGE = 65_536

export interface Snapshot {
  wasm: Uint8Array
  /** Memory pages at the start of each call. */
  pages: number
  segments: number
  dataBytes: number
}

/** @throws ContractStartError when a module's top level throws or calls the chain */
export function takeSnapshot(wasm: Uint8Array): Snapshot {
  const { exports, memory } = boot(wasm)
  const low = (exports.__stack_low as WebAssembly.Global).value as number
  const pointer = (exports.__stack_pointer as WebAssembly.Global).value as number
  if (!(low < pointer)) {
    throw new ToolchainError({
      what: 'The linker placed the stack above the heap.',
      fix: 'Keep --stack-first in clang.ts.',
    })
  }
  // What near_boot left below the stack pointer is never read again.
  memory.fill(0, low, pointer)
  const segments = findSegments(memory)
  const sections = readSections(wasm)
    .filter(({ id }) => id !== SECTION.custom && id !== SECTION.dataCount)
    .map((section): Section => {
      if (section.id === SECTION.data) return { id: SECTION.data, body: writeData(memory, segments) }
      if (section.id !== SECTION.memory) return section
      return { id: SECTION.memory, body: Uint8Array.of(1, 0, ...encodeU32(memory.length / PAGE)) }
    })
  const dataBytes = segments.reduce((sum, [start, end]) => sum + end - start, 0)
  return { wasm: writeSections(sections), pages: memory.length / PAGE, segments: segments.length, dataBytes }
}

function boot(wasm: Uint8Array): { exports: WebAssembly.Exports; memory: Uint8Array } {
  const module = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>)
  const env: Record<string, (...args: bigint[]) => never> = {}
  const memory = () => new Uint8Array((exports.memory as WebAssembly.Memory).buffer)
  for (const { name } of WebAssembly.Module.imports(module)) {
    env[name] = (...args) => {
      if (name !== 'panic_utf8')
        throw startError(`A module's top level calls ${name}(); there is no chain before a call.`, '')
      const [length, at] = args.map(Number) as [number, number]
      const text = new TextDecoder().decode(memory().subarray(at, at + length))
      throw startError(`A module's top level throws: ${text.split('\n')[0]}`, text)
    }
  }
  const exports = new WebAssembly.Instance(module, { env }).exports
  ;(exports.near_boot as () => void)()
  return { exports, memory: memory() }
}

function startError(what: string, stack: string): ContractStartError {
  const fix = 'Move it into a method: module-level code runs once, when the contract is built.'
  return new ContractStartError({ what, fix, data: { stack } })
}

/** Ranges [start, end) that hold something. */
function findSegments(memory: Uint8Array): [number, number][] {
  const segments: [number, number][] = []
  let at = 0
  while (at < memory.length) {
    if (memory[at] === 0) {
      at++
      continue
    }
    const start = at
    let end = at + 1
    for (at = end; at < memory.length && at - end < GAP; at++) if (memory[at] !== 0) end = at + 1
    segments.push([start, end])
  }
  return segments
}

function writeData(memory: Uint8Array, segments: readonly [number, number][]): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from(encodeU32(segments.length))]
  for (const [start, end] of segments) {
    // Active in memory 0 at i32.const start.
    parts.push(
      Uint8Array.of(0, 0x41, ...encodeS32(start), 0x0b, ...encodeU32(end - start)),
      memory.subarray(start, end),
    )
  }
  return Buffer.concat(parts)
}
