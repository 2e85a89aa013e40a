/** Shape arithmetic that operators share. A symbolic dimension equals only itself. */

import { ShapeError } from '../errors.ts'
import type { Dim } from '../graph/ir.ts'

/** Shape of a broadcast, as numpy and ONNX define it. @throws ShapeError */
export function broadcast(op: string, ...shapes: readonly (readonly Dim[])[]): Dim[] {
  const rank = Math.max(...shapes.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    let out: Dim = 1
    for (const shape of shapes) {
      const dim = shape[axis - rank + shape.length] ?? 1
      if (dim === 1 || dim === out) continue
      if (out !== 1) throw mismatch(op, shapes)
      out = dim
    }
    return out
  })
}

export function mismatch(op: string, shapes: readonly (readonly Dim[])[]): ShapeError {
  const listed = shapes.map((shape) => `[${shape.join(', ')}]`).join(' and ')
  return new ShapeError({
    what: `${op} cannot take shapes ${listed}.`,
    fix: 'Check the sizes of the inputs.',
    data: { op, shapes },
  })
}

/** Axis counted from the front. @throws ShapeError when out of range */
export function toAxis(op: string, axis: number, rank: number): number {
  const out = axis < 0 ? axis + rank : axis
  if (!Number.isInteger(out) || out < 0 || out >= Math.max(rank, 1))
    throw new ShapeError({
      what: `${op} has axis ${axis} for a tensor of rank ${rank}.`,
      fix: `Use an axis from ${-rank} to ${rank - 1}.`,
      data: { op, axis, rank },
    })
  return out
}

export const sameDims = (a: readonly Dim[], b: readonly Dim[]): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis])

/** Product of dims; a symbolic product is named by its factors, so that equal ones compare equal. */
export function product(dims: readonly Dim[]): Dim {
  const size = dims.filter((dim) => typeof dim === 'number').reduce((a, b) => a * b, 1)
  const symbols = dims.filter((dim) => typeof dim === 'string')
  if (symbols.length === 0 || size === 0) return size
  return [...(size === 1 ? [] : [size]), ...symbols].join('*')
}
