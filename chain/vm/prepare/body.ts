/** Writes one metered function body: stack and gas at entry, charges before their ranges, canonical NaNs, memory counters. */
import type { WasmModule } from '../wasm/module.ts'
import { EMPTY, F32, F64, I32, I64, nanOf, OP } from '../wasm/opcodes.ts'
import type { WasmWriter } from '../wasm/writer.ts'
import type { BodyAnalysis } from './analyse.ts'
import { chargesOf, type InstructionFees } from './charges.ts'

export interface BodyOptions {
  fees: InstructionFees
  /** Counts stack bytes against `max_stack_height`. */
  stackLimit: boolean
  /** Gives every NaN that arithmetic makes NEAR's bits. */
  canonicalNaN: boolean
  /** The host lends the memory, which may be smaller than the contract is told: `memory.size` and `memory.grow` work on
   *  a counter, and the host lends more when an access fails that NEAR's memory would have allowed. */
  lentMemory: boolean
}

/** Bytes of one call's frame without its locals; entry costs one instruction for every eight bytes of the frame. */
const FRAME_BASE = 64

/** Clears nothing: `out` must be empty. Leaves a body without its length. */
export function writeBody(
  out: WasmWriter,
  module: WasmModule,
  result: number | undefined,
  body: BodyAnalysis,
  options: BodyOptions,
): WasmWriter {
  const { bytes } = module
  const { count, code, start, live, declarations } = body
  const charges = chargesOf(body, options.fees)
  const meter = new Meter(out, module.globalTypes.length, body.locals)
  const frame = FRAME_BASE + body.localBytes
  const stack = options.stackLimit ? frame + body.maxOperandBytes : 0

  out.u32(declarations.groups + 4).copy(bytes, declarations.start, declarations.end)
  for (const type of [I64, I32, F32, F64]) out.u32(1).u8(type)
  meter.takeStack(stack)
  meter.pay(BigInt(Math.ceil(frame / 8)) * options.fees.regular)
  out.op(OP.block).u8(result ?? EMPTY) // the body's own label, so that every way out passes the epilogue

  let copied = start[0]!
  let next = 0
  for (let i = 0; i < count; i++) {
    const op = code[i]!
    const charge = charges[next]?.at === i ? charges[next++]! : null
    const makesNaN = options.canonicalNaN && nanOf[op]! > 0
    const replaced = options.lentMemory && (op === OP.memorySize || op === OP.memoryGrow)
    if (charge === null && !makesNaN && !replaced && op !== OP.return && op !== OP.callIndirect) continue
    out.copy(bytes, copied, start[i]!)
    copied = start[i]!
    if (charge !== null) {
      if (charge.linear === 0n) meter.pay(charge.constant)
      else meter.payByOperand(charge.constant, charge.linear)
    }
    if (live[i] === 0) continue
    if (op === OP.return) meter.giveStack(stack)
    else if (op === OP.callIndirect) meter.noteCallee()
    else if (replaced) {
      if (op === OP.memorySize) meter.memorySize()
      else meter.memoryGrow()
      copied = start[i + 1]!
    } else if (makesNaN) {
      out.copy(bytes, copied, start[i + 1]!)
      copied = start[i + 1]!
      meter.canonicalise(nanOf[op]!)
    }
  }
  out.copy(bytes, copied, start[count]!)
  meter.giveStack(stack)
  return out.u8(OP.end)
}

/** The instruction sequences that metering adds. Globals lie after the module's own, scratch locals after the body's. */
class Meter {
  readonly #out: WasmWriter
  readonly #gas: number
  readonly #stack: number
  readonly #callee: number
  readonly #pages: number
  readonly #i64: number
  readonly #i32: number
  readonly #f32: number
  readonly #f64: number

  constructor(out: WasmWriter, globals: number, locals: number) {
    this.#out = out
    this.#gas = globals
    this.#stack = globals + 1
    this.#callee = globals + 2
    this.#pages = globals + 3
    this.#i64 = locals
    this.#i32 = locals + 1
    this.#f32 = locals + 2
    this.#f64 = locals + 3
  }

  pay(gas: bigint): void {
    if (gas === 0n) return
    this.#out.op(OP.globalGet, this.#gas).constant(OP.i64Const, gas)
    this.#settle()
  }

  /** operand → operand, after paying `base + unit × operand`. */
  payByOperand(base: bigint, unit: bigint): void {
    this.#out.op(OP.localTee, this.#i32).op(OP.globalGet, this.#gas).constant(OP.i64Const, base).op(OP.i64Sub)
    this.#out.op(OP.localGet, this.#i32).op(OP.i64ExtendI32U).constant(OP.i64Const, unit).op(OP.i64Mul)
    this.#settle()
  }

  /** gas, price → nothing; traps below zero. */
  #settle(): void {
    this.#out.op(OP.i64Sub).op(OP.localTee, this.#i64).op(OP.globalSet, this.#gas)
    this.#out.op(OP.localGet, this.#i64).constant(OP.i64Const, 0).op(OP.i64LtS)
    this.#trapIf()
  }

  #trapIf(): void {
    this.#out.op(OP.if).u8(EMPTY).op(OP.unreachable).op(OP.end)
  }

  takeStack(bytes: number): void {
    if (bytes === 0) return
    this.#out.op(OP.globalGet, this.#stack).constant(OP.i32Const, bytes).op(OP.i32Sub).op(OP.localTee, this.#i32)
    this.#out.op(OP.globalSet, this.#stack)
    this.#out.op(OP.localGet, this.#i32).constant(OP.i32Const, 0).op(OP.i32LtS)
    this.#trapIf()
  }

  giveStack(bytes: number): void {
    if (bytes === 0) return
    this.#out.op(OP.globalGet, this.#stack).constant(OP.i32Const, bytes).op(OP.i32Add).op(OP.globalSet, this.#stack)
  }

  /** index → index. Of an indirect call that traps, the host looks up what lies there. */
  noteCallee(): void {
    this.#out.op(OP.localTee, this.#i32).op(OP.localGet, this.#i32).op(OP.globalSet, this.#callee)
  }

  memorySize(): void {
    this.#out.op(OP.globalGet, this.#pages)
  }

  /** pages → pages before, or -1. The lent memory is brought up to what the contract then believes in. */
  memoryGrow(): void {
    const out = this.#out
    out.op(OP.localSet, this.#i32)
    out.op(OP.localGet, this.#i32).constant(OP.i32Const, MAX_PAGES).op(OP.globalGet, this.#pages).op(OP.i32Sub)
    out.op(OP.i32GtU).op(OP.if).u8(I32).constant(OP.i32Const, -1).op(OP.else)
    out.op(OP.globalGet, this.#pages)
    out.op(OP.globalGet, this.#pages).op(OP.localGet, this.#i32).op(OP.i32Add).op(OP.globalSet, this.#pages)
    out.op(OP.localGet, this.#i32).op(OP.if).u8(EMPTY)
    out.op(OP.globalGet, this.#pages).op(OP.memorySize).u8(0).op(OP.i32Sub)
    out.op(OP.memoryGrow).u8(0).op(OP.drop).op(OP.end).op(OP.end)
  }

  /** value → value, or the positive quiet NaN: keeps what equals itself. */
  canonicalise(size: number): void {
    const local = size === 4 ? this.#f32 : this.#f64
    this.#out.op(OP.localTee, local)
    if (size === 4) this.#out.op(OP.f32Const).raw(CANONICAL_F32)
    else this.#out.op(OP.f64Const).raw(CANONICAL_F64)
    this.#out.op(OP.localGet, local).op(OP.localGet, local)
    this.#out.op(size === 4 ? OP.f32Eq : OP.f64Eq).op(OP.select)
  }
}

const MAX_PAGES = 2048 // limits.max_memory_pages at every protocol version in the table
const CANONICAL_F32 = Uint8Array.of(0, 0, 0xc0, 0x7f)
const CANONICAL_F64 = Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf8, 0x7f)
