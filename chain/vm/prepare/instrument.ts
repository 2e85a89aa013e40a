/** Rewrites a decoded module: fixed memory, metered bodies, counters as exported globals. Source: nearcore instrument_v3.rs. */
import type { ProtocolParams } from '../../lib/params.gen.ts'
import { SECTION, typeOfFunction, type WasmModule } from '../wasm/module.ts'
import { EMPTY, F32, F64, FUNCREF, I32, I64, nanOf, OP } from '../wasm/opcodes.ts'
import { WasmFormatError } from '../wasm/reader.ts'
import { WasmWriter } from '../wasm/writer.ts'
import { BodyAnalyser, type BodyAnalysis } from './analyse.ts'
import { chargesOf, type InstructionFees } from './charges.ts'

/** Names of what the host reads; a contract's own exports begin with EXPORT_PREFIX, so none can clash. */
export const EXPORTS = {
  memory: 'memory',
  gas: 'gas',
  stack: 'stack',
  callee: 'callee',
  table: 'table',
  start: 'start',
}
export const EXPORT_PREFIX = '\0'

export interface InstrumentOptions {
  params: ProtocolParams
  fees: InstructionFees
  /** Counts stack bytes against `max_stack_height`. On unless a measurement wants gas alone. */
  stackLimit?: boolean
  /** Gives every NaN that arithmetic makes NEAR's bits. */
  canonicalNaN?: boolean
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
export function instrument(module: WasmModule, options: InstrumentOptions): Uint8Array {
  const { params } = options
  const out = new WasmWriter(module.bytes.length * 3)
  out.raw(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
  const copy = (id: number): void => {
    const raw = module.raw.get(id)
    if (raw !== undefined) out.u8(id).u32(raw.length).raw(raw)
  }
  const section = (id: number, body: WasmWriter): void => {
    out.u8(id).sized(body)
  }
  copy(SECTION.type)
  copy(SECTION.import)
  copy(SECTION.function)
  if (module.tables.length > 0) section(SECTION.table, tableSection(module, params))
  const { initial_memory_pages, max_memory_pages } = params.limits
  section(
    SECTION.memory,
    new WasmWriter(16).u32(1).u8(1).u32(Number(initial_memory_pages)).u32(Number(max_memory_pages)),
  )
  section(SECTION.global, globalSection(module, params))
  section(SECTION.export, exportSection(module))
  copy(SECTION.element)
  copy(SECTION.dataCount)
  const code = codeSection(module, options)
  if (BigInt(out.length + code.length) > params.limits.max_instrumented_code_size) {
    throw new WasmFormatError('instrumented code is too large', 'InstrumentedCodeTooLarge')
  }
  section(SECTION.code, code)
  copy(SECTION.data)
  return out.finish()
}

/** Tables may not grow past the limit. */
function tableSection({ tables }: WasmModule, { limits }: ProtocolParams): WasmWriter {
  const writer = new WasmWriter(16).u32(tables.length)
  const cap = Number(limits.max_elements_per_contract_table)
  for (const { min, max } of tables)
    writer
      .u8(FUNCREF)
      .u8(1)
      .u32(min)
      .u32(Math.min(max ?? cap, cap))
  return writer
}

/** The module's globals, then gas (i64), stack (i32) and the index of the last indirect call (i32). */
function globalSection({ raw, globalTypes }: WasmModule, { limits }: ProtocolParams): WasmWriter {
  const own = raw.get(SECTION.global)
  const writer = new WasmWriter(64).u32(globalTypes.length + 3)
  if (own !== undefined) writer.raw(own.subarray(new WasmWriter(5).u32(globalTypes.length).length))
  writer.u8(I64).u8(1).u8(OP.i64Const).signed(0).u8(OP.end)
  writer.u8(I32).u8(1).u8(OP.i32Const).signed(limits.max_stack_height).u8(OP.end)
  return writer.u8(I32).u8(1).u8(OP.i32Const).signed(0).u8(OP.end)
}

function exportSection({ exports, start, tables, globalTypes }: WasmModule): WasmWriter {
  const functions = exports.filter(({ kind }) => kind === 'function')
  const writer = new WasmWriter(1024).u32(functions.length + 4 + tables.length + (start === null ? 0 : 1))
  for (const { name, index } of functions)
    writer
      .name(EXPORT_PREFIX + name)
      .u8(0)
      .u32(index)
  writer.name(EXPORTS.memory).u8(2).u32(0)
  writer.name(EXPORTS.gas).u8(3).u32(globalTypes.length)
  writer
    .name(EXPORTS.stack)
    .u8(3)
    .u32(globalTypes.length + 1)
  writer
    .name(EXPORTS.callee)
    .u8(3)
    .u32(globalTypes.length + 2)
  if (tables.length > 0) writer.name(EXPORTS.table).u8(1).u32(0)
  // Exported instead of run by the engine, so that it runs after the gas is set.
  if (start !== null) writer.name(EXPORTS.start).u8(0).u32(start)
  return writer
}

function codeSection(module: WasmModule, options: InstrumentOptions): WasmWriter {
  const { limits } = options.params
  const out = new WasmWriter(module.bytes.length * 3).u32(module.bodies.length)
  const analyser = new BodyAnalyser(module)
  const body = new WasmWriter(64 * 1024)
  let params = 0n
  let blocks = 0n
  for (const [i, range] of module.bodies.entries()) {
    const type = typeOfFunction(module, module.imports.length + i)!
    if (BigInt(type.params.length) > limits.max_params_per_function) refuse('TooManyParamsPerFunction')
    params += BigInt(type.params.length)
    if (params > limits.max_params_per_contract) refuse('TooManyParamsPerContract')
    const analysis = analyser.analyse(type, range)
    if (BigInt(analysis.maxOperandBytes) > limits.max_operand_stack_bytes_per_function) refuse('OperandStackTooLarge')
    if (BigInt(analysis.blocks) > limits.max_blocks_per_function) refuse('TooManyBlocksPerFunction')
    blocks += BigInt(analysis.blocks)
    if (blocks > limits.max_blocks_per_contract) refuse('TooManyBlocksPerContract')
    out.sized(writeBody(body.clear(), module, type.results[0], analysis, options))
  }
  return out
}

/** Bytes of one call's frame; nearcore charges one instruction for every eight of them, rounded up. */
const FRAME_BASE = 64

function writeBody(
  out: WasmWriter,
  module: WasmModule,
  result: number | undefined,
  body: BodyAnalysis,
  { fees, stackLimit = true, canonicalNaN = true }: InstrumentOptions,
): WasmWriter {
  const { bytes, globalTypes } = module
  const { count, code, start, live, locals, declarations } = body
  const gas = globalTypes.length
  const charges = chargesOf(body, fees)
  const frame = FRAME_BASE + body.localBytes
  const stack = frame + body.maxOperandBytes
  const scratch = locals // i64, then i32, f32, f64
  out.u32(declarations.groups + 4).copy(bytes, declarations.start, declarations.end)
  for (const type of [I64, I32, F32, F64]) out.u32(1).u8(type)

  /** Leaves [left] charged; traps with the counter below zero when it was not enough. */
  const settle = (): void => {
    out.u8(OP.i64Sub).u8(OP.localTee).u32(scratch).u8(OP.globalSet).u32(gas)
    out.u8(OP.localGet).u32(scratch).u8(OP.i64Const).u8(0).u8(OP.i64LtS)
    out.u8(OP.if).u8(EMPTY).u8(OP.unreachable).u8(OP.end)
  }
  const pay = (amount: bigint): void => {
    if (amount === 0n) return
    out.u8(OP.globalGet).u32(gas).u8(OP.i64Const).signed(amount)
    settle()
  }
  const unstack = (): void => {
    if (!stackLimit) return
    out
      .u8(OP.globalGet)
      .u32(gas + 1)
      .u8(OP.i32Const)
      .signed(stack)
      .u8(OP.i32Add)
    out.u8(OP.globalSet).u32(gas + 1)
  }

  if (stackLimit) {
    out
      .u8(OP.globalGet)
      .u32(gas + 1)
      .u8(OP.i32Const)
      .signed(stack)
      .u8(OP.i32Sub)
      .u8(OP.localTee)
      .u32(scratch + 1)
    out
      .u8(OP.globalSet)
      .u32(gas + 1)
      .u8(OP.localGet)
      .u32(scratch + 1)
      .u8(OP.i32Const)
      .u8(0)
      .u8(OP.i32LtS)
    out.u8(OP.if).u8(EMPTY).u8(OP.unreachable).u8(OP.end)
  }
  pay(BigInt(Math.ceil(frame / 8)) * fees.regular)
  out.u8(OP.block).u8(result ?? EMPTY) // the body's own label, so that every way out passes the epilogue

  let copied = start[0]!
  let next = 0
  for (let i = 0; i < count; i++) {
    const op = code[i]!
    const isCharged = charges[next]?.at === i
    const isNaNMaker = canonicalNaN && nanOf[op]! > 0 && live[i] === 1
    if (!isCharged && !isNaNMaker && op !== OP.return && op !== OP.callIndirect) continue
    out.copy(bytes, copied, start[i]!)
    copied = start[i]!
    if (isCharged) {
      const { constant, linear } = charges[next++]!
      if (linear === 0n) pay(constant)
      else {
        out
          .u8(OP.localTee)
          .u32(scratch + 1)
          .u8(OP.globalGet)
          .u32(gas)
          .u8(OP.i64Const)
          .signed(constant)
        out
          .u8(OP.i64Sub)
          .u8(OP.localGet)
          .u32(scratch + 1)
          .u8(OP.i64ExtendI32U)
          .u8(OP.i64Const)
          .signed(linear)
        out.u8(OP.i64Mul)
        settle()
      }
    }
    if (op === OP.return) unstack()
    if (op === OP.callIndirect && live[i] === 1) {
      out
        .u8(OP.localTee)
        .u32(scratch + 1)
        .u8(OP.localGet)
        .u32(scratch + 1)
        .u8(OP.globalSet)
        .u32(gas + 2)
    }
    if (isNaNMaker) {
      out.copy(bytes, copied, start[i + 1]!)
      copied = start[i + 1]!
      canonicalise(out, nanOf[op]!, scratch + nanOf[op]! / 4 + 1)
    }
  }
  out.copy(bytes, copied, start[count]!)
  unstack()
  return out.u8(OP.end)
}

/** value → value, or the positive quiet NaN: keeps the value when it equals itself. */
function canonicalise(out: WasmWriter, size: number, local: number): void {
  out.u8(OP.localTee).u32(local)
  if (size === 4) out.u8(OP.f32Const).raw(Uint8Array.of(0, 0, 0xc0, 0x7f))
  else out.u8(OP.f64Const).raw(Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf8, 0x7f))
  out.u8(OP.localGet).u32(local).u8(OP.localGet).u32(local)
  out.u8(size === 4 ? OP.f32Eq : OP.f64Eq).u8(OP.select)
}

function refuse(prepareError: string): never {
  throw new WasmFormatError(prepareError, prepareError)
}
