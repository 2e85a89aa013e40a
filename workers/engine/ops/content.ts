/** Integer tensors whose elements are known while building: the shapes, axes and bounds that other operators need. */

import { ShapeError } from '../errors.ts'
import type { Dim, Tensor, Value } from '../graph/ir.ts'
import { isFloat, staticDims, toNumbers } from '../graph/tensor.ts'

/** Longest tensor followed; shapes and axes are never longer. */
const CONTENT_MAX = 64

/** Elements of a small integer tensor; undefined for any other. */
export function contentOf(tensor: Tensor): readonly Dim[] | undefined {
  return !isFloat(tensor.dtype) && tensor.data.length <= CONTENT_MAX ? toNumbers(tensor) : undefined
}

interface Inputs {
  readonly op: string
  readonly inputs: readonly (Value | undefined)[]
}

/** Elements of an integer input, sizes perhaps symbolic. @throws ShapeError when it is not known while building */
export function known({ op, inputs }: Inputs, i: number): readonly Dim[] {
  const content = inputs[i]?.content
  if (content !== undefined) return content
  throw new ShapeError({
    what: `${op} takes its shape from ${inputs[i]?.name ?? `input ${i}, which is missing`}, known only when the model runs.`,
    fix: 'Give concrete input shapes, or export the model with fixed shapes.',
    data: { op, input: i },
  })
}

/** Elements of an integer input, all of them numbers. @throws ShapeError */
export const knownInts = (ctx: Inputs, i: number): readonly number[] => staticDims(known(ctx, i))

/** Element by element, the shorter operand repeated; undefined where something is unknown. */
export function foldBinary(a: Value, b: Value, apply: (a: number, b: number) => number): readonly Dim[] | undefined {
  const [x, y] = [a.content, b.content]
  if (x === undefined || y === undefined || (x.length !== y.length && x.length !== 1 && y.length !== 1))
    return undefined
  const out: number[] = []
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [left, right] = [x[i % x.length], y[i % y.length]]
    if (typeof left !== 'number' || typeof right !== 'number') return undefined
    out.push(apply(left, right))
  }
  return out.every(Number.isSafeInteger) ? out : undefined
}
