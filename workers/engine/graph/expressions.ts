/** Short names for the operators that models and gradient rules are written in. */

import { broadcast, sameDims, toAxis } from '../ops/shape.ts'
import type { Attributes, Dim, DType, Value } from './ir.ts'
import { int, ints, text } from './ir.ts'
import { staticDims } from './tensor.ts'

export type Operand = Value | number

export abstract class Expressions {
  abstract op(op: string, inputs: readonly (Value | undefined)[], attributes?: Attributes, name?: string): Value
  abstract scalar(value: number, dtype?: DType): Value
  abstract int64s(values: readonly number[]): Value

  add(a: Value, b: Operand, name?: string): Value {
    return this.op('Add', [a, this.#operand(b, a)], {}, name)
  }

  sub(a: Operand, b: Value): Value {
    return this.op('Sub', [this.#operand(a, b), b])
  }

  mul(a: Value, b: Operand, name?: string): Value {
    return this.op('Mul', [a, this.#operand(b, a)], {}, name)
  }

  div(a: Operand, b: Value): Value {
    return this.op('Div', [this.#operand(a, b), b])
  }

  matmul(a: Value, b: Value, name?: string): Value {
    return this.op('MatMul', [a, b], {}, name)
  }

  /** a·b + c of matrices, each of a and b transposed on request. */
  gemm(a: Value, b: Value, c?: Value, options: { transA?: boolean; transB?: boolean; name?: string } = {}): Value {
    const attributes = { transA: int(options.transA ? 1 : 0), transB: int(options.transB ? 1 : 0) }
    return this.op('Gemm', c === undefined ? [a, b] : [a, b, c], attributes, options.name)
  }

  /** One dimension may be -1, and 0 keeps the input's. */
  reshape(x: Value, dims: readonly number[], name?: string): Value {
    return this.op('Reshape', [x, this.int64s(dims)], {}, name)
  }

  /** Reshape to the shape of `like`, which may be symbolic. */
  reshapeLike(x: Value, like: Value): Value {
    if (sameDims(x.dims, like.dims)) return x
    const isStatic = like.dims.every((dim) => typeof dim === 'number')
    const shape = isStatic ? this.int64s(staticDims(like.dims)) : this.op('Shape', [like])
    return this.op('Reshape', [x, shape])
  }

  transpose(x: Value, perm: readonly number[], name?: string): Value {
    return this.op('Transpose', [x], { perm: ints(perm) }, name)
  }

  transposeLast(x: Value): Value {
    const rank = x.dims.length
    return this.transpose(
      x,
      x.dims.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)),
    )
  }

  sum(x: Value, axes: readonly number[], keepdims = false): Value {
    return this.op('ReduceSum', [x, this.int64s(axes)], { keepdims: int(keepdims ? 1 : 0) })
  }

  mean(x: Value, axes: readonly number[], keepdims = false, name?: string): Value {
    return this.op('ReduceMean', [x, this.int64s(axes)], { keepdims: int(keepdims ? 1 : 0) }, name)
  }

  unsqueeze(x: Value, axes: readonly number[]): Value {
    return this.op('Unsqueeze', [x, this.int64s(axes)])
  }

  concat(parts: readonly Value[], axis: number, name?: string): Value {
    return this.op('Concat', parts, { axis: int(axis) }, name)
  }

  cast(x: Value, dtype: DType, code: number): Value {
    return x.dtype === dtype ? x : this.op('Cast', [x], { to: int(code) })
  }

  where(condition: Value, a: Operand, b: Operand, dtype: DType): Value {
    return this.op('Where', [condition, this.#scalarOf(a, dtype), this.#scalarOf(b, dtype)])
  }

  scatterAdd(data: Value, indices: Value, updates: Value): Value {
    return this.op('ScatterND', [data, indices, updates], { reduction: text('add') })
  }

  /** Sums `x` over whatever broadcasting added to or stretched in `dims`: the gradient of a broadcast. */
  sumTo(x: Value, dims: readonly Dim[]): Value {
    if (sameDims(x.dims, dims)) return x
    const extra = x.dims.length - dims.length
    const axes = x.dims.flatMap((dim, axis) => (axis < extra || (dims[axis - extra] === 1 && dim !== 1) ? [axis] : []))
    const summed = axes.length === 0 ? x : this.sum(x, axes, true)
    if (extra === 0) return summed
    return this.op('Squeeze', [summed, this.int64s(Array.from({ length: extra }, (_, axis) => axis))])
  }

  /** `x` stretched to the shape of `like`. */
  expandLike(x: Value, like: Value): Value {
    if (sameDims(x.dims, like.dims)) return x
    broadcast('Expand', x.dims, like.dims)
    const isStatic = like.dims.every((dim) => typeof dim === 'number')
    return this.op('Expand', [x, isStatic ? this.int64s(staticDims(like.dims)) : this.op('Shape', [like])])
  }

  /** Mean negative log-likelihood parts: −log softmax(logits)[target] for each row. [N,V], [N] → [N] */
  crossEntropy(logits: Value, targets: Value, name = 'nll'): Value {
    const logProbabilities = this.op('LogSoftmax', [logits], { axis: int(-1) }, `${name}/logProbabilities`)
    const last = toAxis(name, -1, logits.dims.length)
    const picked = this.op('GatherElements', [logProbabilities, this.unsqueeze(targets, [last])], { axis: int(last) })
    return this.op('Neg', [this.op('Squeeze', [picked, this.int64s([last])])], {}, name)
  }

  #operand(operand: Operand, beside: Value): Value {
    return this.#scalarOf(operand, beside.dtype)
  }

  #scalarOf(operand: Operand, dtype: DType): Value {
    return typeof operand === 'number' ? this.scalar(operand, dtype) : operand
  }
}
