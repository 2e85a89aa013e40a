/** Instructions that NEAR accepts: immediates, what they take from and leave on the operand stack, how metering sees them. */

export const OP = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  selectTyped: 0x1c,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  tableSet: 0x26,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  i32LtS: 0x48,
  i32GtU: 0x4b,
  i64LtS: 0x53,
  f32Eq: 0x5b,
  f64Eq: 0x61,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i64Sub: 0x7d,
  i64Mul: 0x7e,
  i64ExtendI32U: 0xad,
  refNull: 0xd0,
  refIsNull: 0xd1,
  refFunc: 0xd2,
  prefix: 0xfc,
} as const

/** Value types and their share of NEAR's stack accounting, in bytes. */
export const I32 = 0x7f
export const I64 = 0x7e
export const F32 = 0x7d
export const F64 = 0x7c
export const FUNCREF = 0x70
export const EMPTY = 0x40
export const isValueType = (byte: number): boolean => (byte >= F64 && byte <= I32) || byte === FUNCREF
/** i32 and f32 count 4 bytes, all else 8. */
export const sizeOfType = (type: number): number => (type === I32 || type === F32 ? 4 : 8)

/** How an instruction is charged. `plain` runs on; `effect` may trap, branch or call, and so ends its range. */
export const PLAIN = 0
export const EFFECT = 1
export const BULK = 2

/** Immediates after the opcode. */
export const IMM = { none: 0, index: 1, memarg: 2, zero: 3, i32: 4, i64: 5, f32: 6, f64: 7, special: 8 } as const

/** Two-byte instructions (0xfc n) sit at 0x100 + n in each table. */
const SIZE = 0x112
export const immediateOf = new Uint8Array(SIZE)
export const classOf = new Uint8Array(SIZE)
export const popsOf = new Uint8Array(SIZE)
export const pushOf = new Uint8Array(SIZE)
const known = new Uint8Array(SIZE)
/** 4 or 8 where a float result must be canonicalised when it is a NaN: f32 or f64. */
export const nanOf = new Uint8Array(SIZE)

export const isKnown = (code: number): boolean => known[code] === 1

function define(from: number, to: number, pops: number, push: number, imm: number = IMM.none, kind = PLAIN): void {
  for (let code = from; code <= to; code++) {
    known[code] = 1
    popsOf[code] = pops
    pushOf[code] = push
    immediateOf[code] = imm
    classOf[code] = kind
  }
}

define(0x00, 0x00, 0, 0, IMM.none, EFFECT) // unreachable
define(0x01, 0x01, 0, 0) // nop
define(0x02, 0x03, 0, 0, IMM.special) // block, loop
define(0x04, 0x04, 1, 0, IMM.special, EFFECT) // if
define(0x05, 0x05, 0, 0, IMM.special) // else
define(0x0b, 0x0b, 0, 0, IMM.special) // end
define(0x0c, 0x0c, 0, 0, IMM.special, EFFECT) // br
define(0x0d, 0x0d, 1, 0, IMM.special, EFFECT) // br_if
define(0x0e, 0x0e, 1, 0, IMM.special, EFFECT) // br_table
define(0x0f, 0x0f, 0, 0, IMM.none, EFFECT) // return
define(0x10, 0x11, 0, 0, IMM.special, EFFECT) // call, call_indirect
define(0x1a, 0x1a, 1, 0) // drop
define(0x1b, 0x1b, 2, 0) // select: the first operand stays
define(0x1c, 0x1c, 2, 0, IMM.special) // select t
define(0x20, 0x24, 0, 0, IMM.special) // local.*, global.*
define(0x25, 0x25, 1, 8, IMM.index, EFFECT) // table.get
define(0x26, 0x26, 2, 0, IMM.index, EFFECT) // table.set
for (const [from, to, push] of [
  [0x28, 0x28, 4],
  [0x29, 0x29, 8],
  [0x2a, 0x2a, 4],
  [0x2b, 0x2b, 8],
  [0x2c, 0x2f, 4],
  [0x30, 0x35, 8],
] as const)
  define(from, to, 1, push, IMM.memarg, EFFECT) // loads
define(0x36, 0x3e, 2, 0, IMM.memarg, EFFECT) // stores
define(0x3f, 0x3f, 0, 4, IMM.zero) // memory.size
define(0x40, 0x40, 1, 4, IMM.zero, BULK) // memory.grow
define(0x41, 0x41, 0, 4, IMM.i32)
define(0x42, 0x42, 0, 8, IMM.i64)
define(0x43, 0x43, 0, 4, IMM.f32)
define(0x44, 0x44, 0, 8, IMM.f64)
define(0x45, 0x45, 1, 4) // i32.eqz
define(0x46, 0x4f, 2, 4)
define(0x50, 0x50, 1, 4) // i64.eqz
define(0x51, 0x66, 2, 4) // comparisons of i64, f32, f64
define(0x67, 0x69, 1, 4)
define(0x6a, 0x78, 2, 4)
define(0x6d, 0x70, 2, 4, IMM.none, EFFECT) // i32.div, rem
define(0x79, 0x7b, 1, 8)
define(0x7c, 0x8a, 2, 8)
define(0x7f, 0x82, 2, 8, IMM.none, EFFECT) // i64.div, rem
define(0x8b, 0x91, 1, 4) // f32 unary
define(0x92, 0x98, 2, 4) // f32 binary
define(0x99, 0x9f, 1, 8) // f64 unary
define(0xa0, 0xa6, 2, 8) // f64 binary
define(0xa7, 0xa7, 1, 4) // i32.wrap_i64
define(0xa8, 0xab, 1, 4, IMM.none, EFFECT) // i32.trunc: traps
define(0xac, 0xad, 1, 8)
define(0xae, 0xb1, 1, 8, IMM.none, EFFECT) // i64.trunc: traps
define(0xb2, 0xb6, 1, 4) // f32.convert, demote
define(0xb7, 0xbb, 1, 8) // f64.convert, promote
define(0xbc, 0xbc, 1, 4)
define(0xbd, 0xbd, 1, 8)
define(0xbe, 0xbe, 1, 4)
define(0xbf, 0xbf, 1, 8)
define(0xc0, 0xc1, 1, 4) // i32.extend
define(0xc2, 0xc4, 1, 8) // i64.extend
define(0xd0, 0xd0, 0, 8, IMM.special) // ref.null
define(0xd1, 0xd1, 1, 4) // ref.is_null
define(0xd2, 0xd2, 0, 8, IMM.index) // ref.func
define(0x100, 0x103, 1, 4) // i32.trunc_sat
define(0x104, 0x107, 1, 8) // i64.trunc_sat
define(0x108, 0x108, 3, 0, IMM.special, BULK) // memory.init
define(0x109, 0x109, 0, 0, IMM.index) // data.drop
define(0x10a, 0x10b, 3, 0, IMM.special, BULK) // memory.copy, memory.fill
define(0x10c, 0x10c, 3, 0, IMM.special, BULK) // table.init
define(0x10d, 0x10d, 0, 0, IMM.index) // elem.drop
define(0x10e, 0x10e, 3, 0, IMM.special, BULK) // table.copy
define(0x10f, 0x10f, 2, 4, IMM.index, BULK) // table.grow
define(0x110, 0x110, 0, 4, IMM.index) // table.size
define(0x111, 0x111, 3, 0, IMM.index, BULK) // table.fill

// ceil, floor, trunc, nearest, sqrt · add, sub, mul, div, min, max · demote, promote; abs, neg, copysign move bits only.
for (const [from, to, size] of [
  [0x8d, 0x91, 4],
  [0x92, 0x97, 4],
  [0x9b, 0x9f, 8],
  [0xa0, 0xa5, 8],
  [0xb6, 0xb6, 4],
  [0xbb, 0xbb, 8],
] as const)
  nanOf.fill(size, from, to + 1)
