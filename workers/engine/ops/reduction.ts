/** Operators that fold axes away. Axes come as an input, as opset 18 has it; none means all. */

import type { Dim, Value } from '../graph/ir.ts'
import { staticDims } from '../graph/tensor.ts'
import { knownInts } from './content.ts'
import type { GradientContext, InferContext, OpRule, OpTable, OutputType } from './rule.ts'
import { toAxis } from './shape.ts'

type ReduceContext = Pick<InferContext, 'op' | 'inputs' | 'attrs'>

function reducedAxes(ctx: ReduceContext): number[] {
  const { dims } = ctx.inputs[0]!
  const axes = ctx.inputs[1] === undefined ? [] : knownInts(ctx, 1)
  if (axes.length === 0) return ctx.attrs.int('noop_with_empty_axes', 0) === 1 ? [] : dims.map((_, axis) => axis)
  return axes.map((axis) => toAxis(ctx.op, axis, dims.length))
}

function inferReduce(ctx: InferContext): OutputType[] {
  const { dtype, dims } = ctx.inputs[0]!
  const axes = reducedAxes(ctx)
  const isKept = ctx.attrs.int('keepdims', 1) === 1
  const out: Dim[] = isKept
    ? dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : dims.filter((_, axis) => !axes.includes(axis))
  return [{ dtype, dims: out }]
}

/** A reduced value with its axes back as 1, ready to broadcast against the input. */
function kept(ctx: GradientContext, reduced: Value): Value {
  const axes = reducedAxes(ctx)
  return ctx.attrs.int('keepdims', 1) === 1 || axes.length === 0 ? reduced : ctx.g.unsqueeze(reduced, axes)
}

type ReduceGradient = (ctx: GradientContext, x: Value, y: Value, dy: Value) => Value

const reduce = (gradient: ReduceGradient, note?: string): OpRule => ({
  family: 'reduction',
  infer: inferReduce,
  gradient: (ctx) => [gradient(ctx, ctx.inputs[0]!, kept(ctx, ctx.outputs[0]), kept(ctx, ctx.dy)), null],
  note,
})

/** The gradient is shared equally by equal extremes, as PyTorch's amax does. */
const extreme: ReduceGradient = (ctx, x, y, dy) => {
  const { g } = ctx
  const mask = g.where(g.op('Equal', [x, y]), 1, 0, dy.dtype)
  return g.mul(mask, g.div(dy, g.sum(mask, reducedAxes(ctx), true)))
}

function count(ctx: GradientContext): number {
  const { dims } = ctx.inputs[0]!
  return staticDims(reducedAxes(ctx).map((axis) => dims[axis])).reduce((a, b) => a * b, 1)
}

export const reduction: OpTable = {
  ReduceSum: reduce(({ g }, x, _y, dy) => g.expandLike(dy, x)),
  ReduceMean: reduce((ctx, x, _y, dy) => ctx.g.expandLike(ctx.g.mul(dy, 1 / count(ctx)), x)),
  ReduceSumSquare: reduce(({ g }, x, _y, dy) => g.mul(g.mul(x, 2), dy)),
  ReduceL1: reduce(({ g }, x, _y, dy) => g.mul(g.op('Sign', [x]), dy)),
  ReduceL2: reduce(({ g }, x, y, dy) => g.mul(x, g.div(dy, y)), 'infinite where the norm is 0'),
  ReduceLogSumExp: reduce(({ g }, x, y, dy) => g.mul(g.op('Exp', [g.sub(x, y)]), dy)),
  ReduceProd: reduce(({ g }, x, y, dy) => g.mul(g.div(y, x), dy), 'inputs without zeros'),
  ReduceMax: reduce(extreme),
  ReduceMin: reduce(extreme),
  ArgMax: { family: 'reduction', infer: inferArg },
  ArgMin: { family: 'reduction', infer: inferArg },
}

function inferArg({ op, inputs, attrs }: InferContext): OutputType[] {
  const { dims } = inputs[0]!
  const axis = toAxis(op, attrs.int('axis', 0), dims.length)
  const out =
    attrs.int('keepdims', 1) === 1 ? dims.map((dim, i) => (i === axis ? 1 : dim)) : dims.filter((_, i) => i !== axis)
  return [{ dtype: 'int64', dims: out }]
}
