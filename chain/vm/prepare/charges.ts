/** Where gas is charged and how much: ranges of instructions that run together, paid at their first. Source: finite-wasm 0.6. */
import { BULK, classOf, EFFECT, OP } from '../wasm/opcodes.ts'
import type { BodyAnalysis } from './analyse.ts'

/** Gas units by instruction. nearcore: block, else and end are free, all others cost the same, bulk ones by their operand. */
export interface InstructionFees {
  regular: bigint
  block: bigint
  loop: bigint
  /** A bulk instruction costs `bulkBase + bulkUnit × n`, n its topmost operand. */
  bulkBase: bigint
  bulkUnit: bigint
}

/** Charged before instruction `at`: `constant + linear × n`; `linear` is 0n except at bulk instructions. */
export interface Charge {
  at: number
  constant: bigint
  linear: bigint
}

/** Charges of one body in its order, without the function's entry.
 *  A range ends after whatever may trap, branch or call; bulk instructions stand alone; a new one starts where a branch
 *  may land: after the end of a targeted block or of any if, after else, and at the first instruction in a targeted loop. */
export function chargesOf(body: BodyAnalysis, fees: InstructionFees): Charge[] {
  const { count, code, live, opening, targeted } = body
  const charges: Charge[] = []
  let at = -1
  let regular = 0
  let blocks = 0
  let loops = 0
  const close = (): void => {
    if (at < 0) return
    const constant = fees.regular * BigInt(regular) + fees.block * BigInt(blocks) + fees.loop * BigInt(loops)
    if (constant > 0n) charges.push({ at, constant, linear: 0n })
    regular = blocks = loops = 0
    at = -1
  }
  for (let i = 0; i < count; i++) {
    if (live[i] === 0) {
      close()
      continue
    }
    const op = code[i]!
    if (classOf[op] === BULK) {
      close()
      charges.push({ at: i, constant: fees.bulkBase, linear: fees.bulkUnit })
      continue
    }
    if (op === OP.loop && targeted[i] === 1) {
      // The loop ends what came before; its own fee is paid inside, on every turn.
      close()
      at = i + 1
      loops++
      continue
    }
    if (at < 0) at = i
    if (op === OP.block) blocks++
    else if (op === OP.loop) loops++
    else if (op !== OP.else && op !== OP.end) regular++
    if (classOf[op] === EFFECT || op === OP.else || (op === OP.end && landsHere(body, opening[i]!))) close()
  }
  close()
  return charges
}

/** True at the end of any if, and of a block that a branch names. */
function landsHere({ code, targeted }: BodyAnalysis, opening: number): boolean {
  if (opening < 0) return false
  return code[opening] === OP.if || (code[opening] === OP.block && targeted[opening] === 1)
}
