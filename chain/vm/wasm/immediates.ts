/** Passes over the immediates of an instruction, by the table of opcodes. */
import { IMM, immediateOf } from './opcodes.ts'
import type { WasmReader } from './reader.ts'

/** Not for the control, variable and call instructions, whose immediates mean something to their reader.
 *  @throws WasmFormatError on what NEAR does not accept */
export function readImmediate(reader: WasmReader, op: number): void {
  switch (immediateOf[op]) {
    case IMM.none:
      return
    case IMM.index:
      reader.u32()
      return
    case IMM.memarg:
      if (reader.u32() > 3) reader.fail('malformed alignment')
      reader.u32()
      return
    case IMM.zero:
      if (reader.u8() !== 0) reader.fail('unknown memory')
      return
    case IMM.i32:
      reader.skipLeb(32)
      return
    case IMM.i64:
      reader.skipLeb(64)
      return
    case IMM.f32:
      reader.skip(4)
      return
    case IMM.f64:
      reader.skip(8)
      return
    default:
      readBulkImmediates(reader, op)
  }
}

function readBulkImmediates(reader: WasmReader, op: number): void {
  reader.u32() // memory.fill: memory; memory.copy: target; the rest: segment or table
  if (op !== 0x10b) reader.u32()
}
