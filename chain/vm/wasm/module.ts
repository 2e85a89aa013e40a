/** A decoded module: what preparation needs to know, and the byte ranges of what passes through unchanged. */

export interface FuncType {
  params: readonly number[]
  results: readonly number[]
}

export interface FunctionImport {
  module: string
  name: string
  /** Index into `types`. */
  type: number
}

export interface ExportEntry {
  name: string
  kind: 'function' | 'table' | 'memory' | 'global'
  index: number
}

/** A body without its length: local declarations, then instructions, the last of them `end`. */
export interface BodyRange {
  start: number
  end: number
}

export interface WasmModule {
  bytes: Uint8Array
  types: FuncType[]
  imports: FunctionImport[]
  /** Type index of each function that the module defines. */
  functions: number[]
  tables: { type: number; min: number; max: number | null }[]
  /** Pages that the module declares; null without a memory. NEAR gives all of them the same. */
  memoryPages: number | null
  /** Value type of each global; all are the module's own. */
  globalTypes: number[]
  mutableGlobals: number[]
  /** Set when a body turns out to change a table or to drop a segment. */
  changesTables: boolean
  exports: ExportEntry[]
  start: number | null
  bodies: BodyRange[]
  /** Contents of sections that are copied as they are, by section id. */
  raw: Map<number, Uint8Array>
}

export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const

/** Type of a function by its index, imports first. */
export function typeOfFunction(module: WasmModule, index: number): FuncType | undefined {
  const { imports, functions, types } = module
  const type = index < imports.length ? imports[index]?.type : functions[index - imports.length]
  return type === undefined ? undefined : types[type]
}
