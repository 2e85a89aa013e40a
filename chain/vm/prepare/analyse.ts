/** One pass over a function body: instructions, live code, branch targets, and the operand stack's greatest height. */
import { readImmediate } from '../wasm/immediates.ts'
import type { BodyRange, FuncType, WasmModule } from '../wasm/module.ts'
import { typeOfFunction } from '../wasm/module.ts'
import { EMPTY, FUNCREF, isKnown, isValueType, OP, popsOf, pushOf, sizeOfType } from '../wasm/opcodes.ts'
import { WasmReader } from '../wasm/reader.ts'
import { LocalSizes, OperandStack } from './operands.ts'

/** Columns over the instructions of one body; valid until the next body is analysed. */
export interface BodyAnalysis {
  count: number
  /** Opcode; 0x100 + n for the two-byte ones. */
  code: Uint16Array
  /** Byte where each instruction starts; `start[count]` is the body's end. */
  start: Uint32Array
  /** 1 where the code can run, as finite-wasm sees it. */
  live: Uint8Array
  /** At `block`, `loop`, `if`: 1 when a branch names it. At `else` and `end`: index of the opening instruction, -1 for the body. */
  opening: Int32Array
  targeted: Uint8Array
  /** Local declarations as they are, and their number of entries. */
  declarations: { start: number; end: number; groups: number }
  /** Types of parameters and locals: how many, and their bytes. */
  locals: number
  localBytes: number
  blocks: number
  maxOperandBytes: number
}

/** table.set, data.drop, table.init, elem.drop, table.copy, table.grow, table.fill. */
const CHANGES_TABLES = new Set([0x26, 0x109, 0x10c, 0x10d, 0x10e, 0x10f, 0x111])
const CAPACITY = 196_608 + 8 // a body's limit in bytes bounds its instructions

export class BodyAnalyser {
  readonly #module: WasmModule
  readonly #code = new Uint16Array(CAPACITY)
  readonly #start = new Uint32Array(CAPACITY)
  readonly #live = new Uint8Array(CAPACITY)
  readonly #opening = new Int32Array(CAPACITY)
  readonly #targeted = new Uint8Array(CAPACITY)

  constructor(module: WasmModule) {
    this.#module = module
  }

  /** @throws WasmFormatError on an instruction that NEAR does not accept */
  analyse(type: FuncType, { start, end }: BodyRange): BodyAnalysis {
    const reader = new WasmReader(this.#module.bytes, start, end)
    const { sizes, declarations, localBytes } = readLocals(type, reader)
    const operands = new OperandStack()
    const control: { index: number; code: number; live: boolean; height: number; result: number }[] = [
      { index: -1, code: OP.block, live: true, height: 0, result: 0 },
    ]
    const code = this.#code
    const live = this.#live
    let count = 0
    let blocks = 0
    let alive = true
    const target = (depth: number): void => {
      const frame = control[control.length - 1 - depth]
      if (frame === undefined) reader.fail('unknown label')
      else if (frame.index >= 0) this.#targeted[frame.index] = 1
    }
    while (control.length > 0) {
      const i = count++
      this.#start[i] = reader.at
      this.#targeted[i] = 0
      this.#opening[i] = -1
      let op = reader.u8()
      if (op === OP.prefix) op = 0x100 + Math.min(reader.u32(), 0xff)
      if (!isKnown(op)) reader.fail(`instruction 0x${op.toString(16)} is not supported`)
      code[i] = op
      live[i] = alive ? 1 : 0
      switch (op) {
        case OP.block:
        case OP.loop:
        case OP.if: {
          const result = blockType(reader)
          blocks++
          if (alive && op === OP.if) operands.pop(1)
          control.push({ index: i, code: op, live: alive, height: operands.depth, result })
          break
        }
        case OP.else: {
          const frame = control[control.length - 1]!
          if (frame.code !== OP.if) reader.fail('else without if')
          this.#opening[i] = frame.index
          alive = frame.live
          live[i] = alive ? 1 : 0
          if (alive) operands.cut(frame.height)
          break
        }
        case OP.end: {
          const frame = control.pop()!
          this.#opening[i] = frame.index
          alive = frame.live
          live[i] = alive ? 1 : 0
          if (alive) {
            operands.cut(frame.height)
            if (frame.result > 0) operands.push(frame.result)
          }
          break
        }
        case OP.br:
        case OP.brIf:
          target(reader.u32())
          if (alive && op === OP.brIf) operands.pop(1)
          if (op === OP.br) alive = false
          break
        case OP.brTable:
          for (let n = reader.u32() + 1; n > 0; n--) target(reader.u32())
          alive = false
          break
        case OP.return:
        case OP.unreachable:
          alive = false
          break
        case OP.call: {
          const callee = typeOfFunction(this.#module, reader.u32())
          if (callee === undefined) reader.fail('unknown function')
          else if (alive) operands.apply(callee)
          break
        }
        case OP.callIndirect: {
          const callee = this.#module.types[reader.u32()]
          if (reader.u8() !== 0) reader.fail('unknown table')
          if (callee === undefined) reader.fail('unknown type')
          // finite-wasm takes as many operands as there are parameters, from the top, where the table index lies.
          else if (alive) operands.apply(callee)
          break
        }
        case OP.selectTyped:
          if (reader.u32() !== 1 || !isValueType(reader.u8())) reader.fail('unsupported select')
          if (alive) operands.pop(2)
          break
        case OP.localGet:
        case OP.localSet:
        case OP.localTee: {
          const size = sizes.at(reader.u32())
          if (size === 0) reader.fail('unknown local')
          if (alive && op === OP.localGet) operands.push(size)
          if (alive && op === OP.localSet) operands.pop(1)
          break
        }
        case OP.globalGet:
          if (alive) operands.push(globalSize(this.#module, reader.u32(), reader))
          else reader.u32()
          break
        case OP.globalSet:
          reader.u32()
          if (alive) operands.pop(1)
          break
        case OP.refNull:
          if (reader.u8() !== FUNCREF) reader.fail('unsupported reference type')
          if (alive) operands.push(8)
          break
        default:
          if (CHANGES_TABLES.has(op)) this.#module.changesTables = true
          readImmediate(reader, op)
          if (alive) {
            operands.pop(popsOf[op]!)
            if (pushOf[op]! > 0) operands.push(pushOf[op]!)
          }
      }
    }
    if (!reader.done) reader.fail('instructions after the end')
    this.#start[count] = end
    return {
      count,
      code,
      start: this.#start,
      live,
      opening: this.#opening,
      targeted: this.#targeted,
      declarations,
      locals: sizes.count,
      localBytes,
      blocks,
      maxOperandBytes: operands.most,
    }
  }
}

function readLocals(type: FuncType, reader: WasmReader) {
  const sizes = new LocalSizes()
  let localBytes = 0
  const add = (count: number, of: number) => {
    sizes.add(count, sizeOfType(of))
    localBytes += count * sizeOfType(of)
  }
  for (const param of type.params) add(1, param)
  const groups = reader.u32()
  const start = reader.at
  for (let n = groups; n > 0; n--) {
    const count = reader.u32()
    const of = reader.u8()
    if (!isValueType(of)) reader.fail('unsupported type of a local')
    add(count, of)
  }
  return { sizes, localBytes, declarations: { start, end: reader.at, groups } }
}

/** Bytes of a block's result; 0 for none. Block types by index would be multi-value. */
function blockType(reader: WasmReader): number {
  const type = reader.u8()
  if (type === EMPTY) return 0
  return isValueType(type) ? sizeOfType(type) : reader.fail('unsupported block type')
}

function globalSize(module: WasmModule, index: number, reader: WasmReader): number {
  const type = module.globalTypes[index]
  return type === undefined ? reader.fail('unknown global') : sizeOfType(type)
}
