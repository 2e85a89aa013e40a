/** How a host function is written down: its wasm type as text, and what it does. */
import type { ProtocolParams } from '../../lib/params.gen.ts'
import type { FuncType } from '../wasm/module.ts'
import { I32, I64 } from '../wasm/opcodes.ts'
import type { HostCall } from './call.ts'

export interface HostFunction {
  type: FuncType
  /** Arguments come as unsigned bigint, i32 ones too. Returns a bigint or boolean where the type has a result. */
  run: (call: HostCall, ...args: bigint[]) => unknown
  /** Parameter flag without which the function cannot be linked. */
  flag?: keyof ProtocolParams['flags']
}

export type HostFamily = Readonly<Record<string, HostFunction>>

/** @param signature one letter a value: I for i64, i for i32; `->` before the result
 *  @example define('II->I', (call, length, pointer) => 0n) */
export function define(
  signature: string,
  run: HostFunction['run'],
  flag?: keyof ProtocolParams['flags'],
): HostFunction {
  const [params, results] = signature.split('->')
  const types = (letters: string) => [...letters].map((letter) => (letter === 'I' ? I64 : I32))
  return { type: { params: types(params!), results: types(results ?? '') }, run, flag }
}
