/** Rewrites a decoded module: NEAR's memory, metered bodies, counters as exported globals. Source: nearcore instrument_v3.rs. */
import type { ProtocolParams } from '../../lib/params.gen.ts'
import { SECTION, typeOfFunction, type WasmModule } from '../wasm/module.ts'
import { FUNCREF, I32, I64, OP } from '../wasm/opcodes.ts'
import { WasmFormatError } from '../wasm/reader.ts'
import { WasmWriter } from '../wasm/writer.ts'
import { BodyAnalyser } from './analyse.ts'
import { type BodyOptions, writeBody } from './body.ts'
import type { InstructionFees } from './charges.ts'

/** Names of what the host reads; a contract's own exports begin with EXPORT_PREFIX, so none can clash. */
export const EXPORTS = {
  memory: 'memory',
  /** i64: gas that is left; below zero once it ran out. */
  gas: 'gas',
  /** i32: stack bytes that are left; below zero once they ran out. */
  stack: 'stack',
  /** i32: table index of the last indirect call. */
  callee: 'callee',
  /** i32: memory pages that the contract believes in. */
  pages: 'pages',
  table: 'table',
  start: 'start',
} as const
export const EXPORT_PREFIX = '\0'
/** The contract's own mutable globals, so that they can be set back. */
export const globalExport = (index: number): string => `global${index}`
/** Module name of the memory that the host lends. */
export const HOST_MODULE = '\0'

export interface InstrumentOptions extends Partial<BodyOptions> {
  params: ProtocolParams
  fees: InstructionFees
}

export function nearFees({ wasm }: ProtocolParams): InstructionFees {
  return {
    regular: wasm.regular_op_cost,
    block: 0n,
    loop: wasm.regular_op_cost,
    bulkBase: wasm.linear_op_base_cost,
    bulkUnit: wasm.linear_op_unit_cost,
  }
}

/** The metered module. Out of gas or stack it traps with its counter below zero, which tells the host what happened.
 *  @throws WasmFormatError naming nearcore's PrepareError */
export function instrument(module: WasmModule, { params, ...options }: InstrumentOptions): Uint8Array {
  const body: BodyOptions = { stackLimit: true, canonicalNaN: true, lentMemory: false, ...options }
  const out = new WasmWriter(module.bytes.length * 3).raw(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
  const copy = (id: number): void => {
    const raw = module.raw.get(id)
    if (raw !== undefined) out.u8(id).u32(raw.length).raw(raw)
  }
  const section = (id: number, contents: WasmWriter): void => {
    out.u8(id).sized(contents)
  }
  copy(SECTION.type)
  if (body.lentMemory) section(SECTION.import, importSection(module, params))
  else copy(SECTION.import)
  copy(SECTION.function)
  if (module.tables.length > 0) section(SECTION.table, tableSection(module, params))
  if (!body.lentMemory) section(SECTION.memory, memoryLimits(new WasmWriter(16).u32(1), params, true))
  section(SECTION.global, globalSection(module, params))
  section(SECTION.export, exportSection(module))
  copy(SECTION.element)
  copy(SECTION.dataCount)
  const code = codeSection(module, params, body)
  if (BigInt(out.length + code.length) > params.limits.max_instrumented_code_size) refuse('InstrumentedCodeTooLarge')
  section(SECTION.code, code)
  copy(SECTION.data)
  return out.finish()
}

function memoryLimits(out: WasmWriter, { limits }: ProtocolParams, whole: boolean): WasmWriter {
  out.u8(1).u32(whole ? Number(limits.initial_memory_pages) : 0)
  return out.u32(Number(limits.max_memory_pages))
}

/** The module's imports and the lent memory: functions keep their indices. */
function importSection({ raw, imports }: WasmModule, params: ProtocolParams): WasmWriter {
  const out = new WasmWriter(1024).u32(imports.length + 1)
  out.raw(withoutCount(raw.get(SECTION.import), imports.length))
  return memoryLimits(out.name(HOST_MODULE).name(EXPORTS.memory).u8(2), params, false)
}

/** Tables may not grow past the limit. */
function tableSection({ tables }: WasmModule, { limits }: ProtocolParams): WasmWriter {
  const out = new WasmWriter(16).u32(tables.length)
  const cap = Number(limits.max_elements_per_contract_table)
  for (const { min, max } of tables) {
    out.u8(FUNCREF).u8(1).u32(min)
    out.u32(Math.min(max ?? cap, cap))
  }
  return out
}

/** The module's globals, then gas, stack, callee, pages: writeBody counts on this order. */
function globalSection({ raw, globalTypes }: WasmModule, { limits }: ProtocolParams): WasmWriter {
  const out = new WasmWriter(64).u32(globalTypes.length + 4)
  out.raw(withoutCount(raw.get(SECTION.global), globalTypes.length))
  out.u8(I64).u8(1).constant(OP.i64Const, 0).u8(OP.end)
  for (const value of [limits.max_stack_height, 0n, limits.initial_memory_pages]) {
    out.u8(I32).u8(1).constant(OP.i32Const, value).u8(OP.end)
  }
  return out
}

/** Entries of a section after their number. */
function withoutCount(raw: Uint8Array | undefined, count: number): Uint8Array {
  if (raw === undefined) return new Uint8Array()
  let at = 0
  while (raw[at]! >= 0x80) at++ // the number may be written longer than it needs
  return count === 0 ? new Uint8Array() : raw.subarray(at + 1)
}

function exportSection({ exports, start, tables, globalTypes, mutableGlobals }: WasmModule): WasmWriter {
  const functions = exports.filter(({ kind }) => kind === 'function')
  const own = functions.length + mutableGlobals.length + tables.length + (start === null ? 0 : 1)
  const out = new WasmWriter(1024).u32(own + 5)
  for (const { name, index } of functions) entry(out, EXPORT_PREFIX + name, 0, index)
  entry(out, EXPORTS.memory, 2, 0)
  const { gas, stack, callee, pages } = EXPORTS
  for (const [i, name] of [gas, stack, callee, pages].entries()) entry(out, name, 3, globalTypes.length + i)
  for (const index of mutableGlobals) entry(out, globalExport(index), 3, index)
  if (tables.length > 0) entry(out, EXPORTS.table, 1, 0)
  // Exported instead of run by the engine, so that it runs after the gas is set.
  if (start !== null) entry(out, EXPORTS.start, 0, start)
  return out
}

function entry(out: WasmWriter, name: string, kind: number, index: number): void {
  out.name(name).u8(kind).u32(index)
}

function codeSection(module: WasmModule, { limits }: ProtocolParams, options: BodyOptions): WasmWriter {
  const out = new WasmWriter(module.bytes.length * 3).u32(module.bodies.length)
  const analyser = new BodyAnalyser(module)
  const body = new WasmWriter(64 * 1024)
  let params = 0
  let blocks = 0
  const limit = (count: number, most: bigint, prepareError: string): void => {
    if (count > Number(most)) refuse(prepareError)
  }
  for (const [i, range] of module.bodies.entries()) {
    const type = typeOfFunction(module, module.imports.length + i)!
    params += type.params.length
    limit(type.params.length, limits.max_params_per_function, 'TooManyParamsPerFunction')
    limit(params, limits.max_params_per_contract, 'TooManyParamsPerContract')
    const analysis = analyser.analyse(type, range)
    blocks += analysis.blocks
    limit(analysis.maxOperandBytes, limits.max_operand_stack_bytes_per_function, 'OperandStackTooLarge')
    limit(analysis.blocks, limits.max_blocks_per_function, 'TooManyBlocksPerFunction')
    limit(blocks, limits.max_blocks_per_contract, 'TooManyBlocksPerContract')
    out.sized(writeBody(body.clear(), module, type.results[0], analysis, options))
  }
  return out
}

function refuse(prepareError: string): never {
  throw new WasmFormatError(prepareError, prepareError)
}
