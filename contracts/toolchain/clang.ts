/** C to wasm objects and objects to a module, with clang and lld that are themselves wasm in Node. Objects are cached. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ToolchainError } from './errors.ts'
import { hashOf } from './hash.ts'
import type { Places } from './paths.ts'
import type { CSources } from './quickjs.ts'
import { type Clang, load } from './vendor.ts'

export type Progress = (text: string) => void

const TARGET = '--target=wasm32-wasip1'

/** -Os: 0.66 MB for a small contract where -O2 takes 0.79, at the same gas within 5 %. */
const COMPILE = [
  TARGET,
  '-mcpu=mvp',
  '-Os',
  '-w', // QuickJS's own warnings are nobody's here
  '-ffunction-sections',
  '-fdata-sections',
  '-D_GNU_SOURCE',
  '-DCONFIG_VERSION="2021-03-27"',
  '-DCONFIG_BIGNUM',
  '-DEMSCRIPTEN', // no atomics, no computed goto, no malloc_usable_size
  '-DCONFIG_STACK_CHECK', // deep recursion throws before the wasm stack ends
  '-DFE_DOWNWARD=1', // rounding modes that wasm does not have; only named, never set
  '-DFE_UPWARD=2',
  '-DFE_TOWARDZERO=3',
]

const STACK_BYTES = 256 * 1024
const LINK = [
  TARGET,
  '-nostartfiles',
  '-Wl,--no-entry',
  '-Wl,--allow-undefined', // the host functions
  '-Wl,--gc-sections',
  '-Wl,--stack-first', // an overflow traps instead of writing over the heap
  `-Wl,-z,stack-size=${STACK_BYTES}`,
  '-Wl,--strip-debug',
  '-lm',
]

export interface Compiler {
  /** One unit of `sources` as an object, from the cache when nothing that it could read has changed. */
  compile(unit: string, sources: CSources): Promise<Uint8Array>
  /** Objects as a module, with `exports` beyond those that the C code names. */
  link(objects: readonly Uint8Array[], exports?: readonly string[]): Promise<Uint8Array>
}

/** @param version  of the packages, part of every cache key   @throws ToolchainError from both methods */
export function compiler(places: Places, version: string, progress: Progress): Compiler {
  return {
    async compile(unit, sources) {
      const key = hashOf([
        version,
        unit,
        ...COMPILE,
        ...reach(sources, `${unit}.c`).flatMap((file) => [file, sources[file]!]),
      ])
      const cached = resolve(places.cache, 'objects', `${unit}-${key.slice(0, 32)}.o`)
      try {
        return readFileSync(cached)
      } catch {
        progress(`compiling ${unit}.c`)
      }
      const object = await clang(places, [...COMPILE, '-I.', '-c', `${unit}.c`, '-o', 'out'], sources)
      writeWhole(cached, object)
      return object
    },
    link(objects, exports = []) {
      const files = Object.fromEntries(objects.map((object, i) => [`${i}.o`, object]))
      return clang(
        places,
        [...LINK, ...exports.map((name) => `-Wl,--export=${name}`), ...Object.keys(files), '-o', 'out'],
        files,
      )
    },
  }
}

/** Names of the sources that `file` includes, directly or not, and its own, sorted. */
function reach(sources: CSources, file: string, seen = new Set<string>()): string[] {
  if (seen.has(file) || sources[file] === undefined) return []
  seen.add(file)
  for (const [, name] of sources[file].matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) reach(sources, name!, seen)
  return [...seen].sort()
}

async function clang(places: Places, args: string[], files: Record<string, string | Uint8Array>): Promise<Uint8Array> {
  const { commands, runLLVM } = await load<Clang>(places, '@yowasp/clang')
  // Reads its resources from disk once, and would print that it fetches them.
  await runLLVM(null, {}, { fetchProgress: () => {} })
  const errors: Buffer[] = []
  const stderr = (bytes: Uint8Array | null) => bytes && errors.push(Buffer.from(bytes))
  try {
    const tree = await commands.clang(args, files, { stdout: null, stderr })
    return tree.out!
  } catch (cause) {
    const text = Buffer.concat(errors).toString().trim()
    throw new ToolchainError({
      what: `clang refused the engine's C: ${text.slice(0, 2000) || (cause as Error).message}`,
      fix: 'If you changed contracts/toolchain/runtime, mend it; else delete contracts/node_modules and build again.',
      data: { args },
      cause,
    })
  }
}

function writeWhole(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.part`, bytes)
  renameSync(`${path}.part`, path)
}
