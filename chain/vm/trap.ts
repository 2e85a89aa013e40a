/** Names the trap that the engine reports, as nearcore names it. V8 tells most apart by its message. */
import type { WasmTrap } from './errors.ts'

const BY_MESSAGE: readonly [RegExp, WasmTrap][] = [
  [/^unreachable/, 'Unreachable'],
  [
    /^memory access out of bounds|^table index is out of bounds|segment .*out of bounds|out of bounds/,
    'MemoryOutOfBounds',
  ],
  [/^divide by zero|^remainder by zero|^divide result unrepresentable|^float unrepresentable/, 'IllegalArithmetic'],
]

/** @param isNullCallee says whether the last indirect call hit an empty slot: V8 has one message for that and for a wrong type */
export function classifyTrap({ message }: Error, isNullCallee: () => boolean): WasmTrap {
  if (/null function or function signature mismatch/.test(message)) {
    return isNullCallee() ? 'IndirectCallToNull' : 'IncorrectCallIndirectSignature'
  }
  return BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1] ?? 'GenericTrap'
}
