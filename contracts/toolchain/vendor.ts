/**
 * The packages of contracts/node_modules that the toolchain runs, each with the little of its interface that we use. They
 * are imported late, because the toolchain itself installs them.
 */
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Places } from './paths.ts'

export interface RollupWarning {
  code?: string
  message: string
  loc?: { file?: string; line: number; column: number }
}

export interface SourceMap {
  version: number
  sources: string[]
  names: string[]
  mappings: string
  sourcesContent?: (string | null)[]
}

export interface RollupChunk {
  code: string
  map: SourceMap | null
  exports: string[]
  /** Absolute paths of the modules in it. */
  modules: Record<string, unknown>
}

export interface RollupContext {
  resolve(source: string, importer: string, options: { skipSelf: boolean }): Promise<unknown>
}

export interface RollupPlugin {
  name: string
  resolveId?(this: RollupContext, source: string, importer: string | undefined): Promise<unknown> | null
  transform?(code: string, id: string): Promise<{ code: string; map: unknown } | null>
}

export interface Rollup {
  rollup(options: {
    input: string
    treeshake: { moduleSideEffects: (id: string) => boolean }
    plugins: unknown[]
    preserveSymlinks: boolean
    onwarn: (warning: RollupWarning) => void
  }): Promise<{
    watchFiles: string[]
    generate(options: Record<string, unknown>): Promise<{ output: [RollupChunk] }>
    close(): Promise<void>
  }>
}

export interface Babel {
  transformAsync(code: string, options: Record<string, unknown>): Promise<{ code: string; map: unknown } | null>
}

export interface Clang {
  runLLVM(args: null, files: FileTree, options: { fetchProgress: () => void }): Promise<void> | undefined
  commands: {
    clang(
      args: string[],
      files: FileTree,
      options: { stdout: null; stderr: (bytes: Uint8Array | null) => void },
    ): Promise<Record<string, Uint8Array>>
  }
}

export interface FileTree {
  [name: string]: FileTree | string | Uint8Array
}

/** One package, or a file inside it, as contracts/package.json pins it. */
export async function load<T>({ contracts }: Places, specifier: string): Promise<T> {
  const module = await import(pathToFileURL(locate(contracts, specifier)).href)
  return (module.default ?? module) as T
}

/** Folder of an installed package. */
export function packageFolder({ contracts }: Places, name: string): string {
  return resolve(contracts, 'node_modules', name)
}

function locate(contracts: string, specifier: string): string {
  const require = createRequire(resolve(contracts, 'package.json'))
  return require.resolve(specifier)
}
