/** Operators that act on each element alone, broadcasting as numpy does. Gradients: the derivatives of any calculus text. */

import type { DType, Value } from '../graph/ir.ts'
import { int } from '../graph/ir.ts'
import { dtypeCode, dtypeOfCode, isFloat, toNumbers } from '../graph/tensor.ts'
import { foldBinary } from './content.ts'
import type { GradientContext, InferContext, OpRule, OpTable, OutputType } from './rule.ts'
import { broadcast } from './shape.ts'

type UnaryGradient = (ctx: GradientContext, x: Value, y: Value, dy: Value) => Value

const first = (ctx: InferContext): Value => ctx.inputs[0]!
const sameAsInput = (ctx: InferContext): OutputType[] => [{ dtype: first(ctx).dtype, dims: first(ctx).dims }]

function unary(gradient?: UnaryGradient): OpRule {
  if (gradient === undefined) return { family: 'elementwise', infer: sameAsInput }
  return {
    family: 'elementwise',
    infer: sameAsInput,
    gradient: (ctx) => [gradient(ctx, ctx.inputs[0]!, ctx.outputs[0], ctx.dy)],
  }
}

function binary(gradient: OpRule['gradient'], apply: (a: number, b: number) => number): OpRule {
  const infer = (ctx: InferContext): OutputType[] => [
    {
      dtype: first(ctx).dtype,
      dims: broadcast(ctx.op, first(ctx).dims, ctx.inputs[1]!.dims),
      content: foldBinary(first(ctx), ctx.inputs[1]!, apply),
    },
  ]
  return { family: 'elementwise', infer, gradient }
}

/** Sums a gradient down to each operand's own shape, computing only what is needed. */
function each(ctx: GradientContext, ...gradients: readonly (() => Value)[]): (Value | null)[] {
  return gradients.map((make, i) => (ctx.needs(i) ? ctx.g.sumTo(make(), ctx.inputs[i]!.dims) : null))
}

function comparison(dtype?: DType): OpRule {
  return {
    family: 'elementwise',
    infer: (ctx) => [{ dtype: dtype ?? 'bool', dims: broadcast(ctx.op, ...ctx.inputs.map((input) => input!.dims)) }],
  }
}

/** Max and Min: the gradient goes to the operand that was taken, to the first of equals. */
function extremum(compare: 'GreaterOrEqual' | 'LessOrEqual'): OpRule {
  return {
    family: 'elementwise',
    infer: (ctx) => [{ dtype: first(ctx).dtype, dims: broadcast(ctx.op, ...ctx.inputs.map((input) => input!.dims)) }],
    gradient: ({ g, inputs, outputs, dy, needs }) => {
      let left = dy
      return inputs.map((input, i) => {
        const taken = g.op(compare, [input!, outputs[0]])
        const mine = g.where(taken, left, 0, dy.dtype)
        if (i < inputs.length - 1) left = g.where(taken, 0, left, dy.dtype)
        return needs(i) ? g.sumTo(mine, input!.dims) : null
      })
    },
  }
}

function pow({ g, inputs, outputs, dy, needs }: GradientContext): (Value | null)[] {
  const [x, p] = [inputs[0]!, inputs[1]!]
  const exponent = p.constant?.data.length === 1 ? toNumbers(p.constant)[0] : undefined
  // x² is the common case; Pow with exponent 1 would cost a logarithm and an exponential for each element.
  const slope = (): Value => {
    if (exponent === 2) return g.mul(x, 2)
    return g.mul(
      g.op('Pow', [
        x,
        exponent === undefined ? g.op('Sub', [p, g.scalar(1, p.dtype)]) : g.scalar(exponent - 1, p.dtype),
      ]),
      p,
    )
  }
  return [
    needs(0) ? g.sumTo(g.mul(dy, slope()), x.dims) : null,
    needs(1) ? g.sumTo(g.mul(g.mul(dy, outputs[0]), g.op('Log', [x])), p.dims) : null,
  ]
}

function clip({ g, inputs, dy }: GradientContext): (Value | null)[] {
  const [x, low, high] = inputs
  let out = dy
  if (low !== undefined) out = g.where(g.op('Less', [x!, low]), 0, out, dy.dtype)
  if (high !== undefined) out = g.where(g.op('Greater', [x!, high]), 0, out, dy.dtype)
  return [out, null, null]
}

/** Sum and Mean of any number of operands. */
function nary(scale: (count: number) => number): OpRule {
  return {
    family: 'elementwise',
    infer: (ctx) => [{ dtype: first(ctx).dtype, dims: broadcast(ctx.op, ...ctx.inputs.map((input) => input!.dims)) }],
    gradient: (ctx) => {
      const factor = scale(ctx.inputs.length)
      const dy = factor === 1 ? ctx.dy : ctx.g.mul(ctx.dy, factor)
      return each(ctx, ...ctx.inputs.map(() => () => dy))
    },
  }
}

const TWO_OVER_SQRT_PI = 1.1283791670955126 // 2/√π, derivative of erf at 0

export const elementwise: OpTable = {
  Add: binary(
    (ctx) =>
      each(
        ctx,
        () => ctx.dy,
        () => ctx.dy,
      ),
    (a, b) => a + b,
  ),
  Sub: binary(
    (ctx) =>
      each(
        ctx,
        () => ctx.dy,
        () => ctx.g.op('Neg', [ctx.dy]),
      ),
    (a, b) => a - b,
  ),
  Mul: binary(
    (ctx) =>
      each(
        ctx,
        () => ctx.g.mul(ctx.dy, ctx.inputs[1]!),
        () => ctx.g.mul(ctx.dy, ctx.inputs[0]!),
      ),
    (a, b) => a * b,
  ),
  Div: binary(
    (ctx) => {
      const scaled = ctx.g.div(ctx.dy, ctx.inputs[1]!)
      return each(
        ctx,
        () => scaled,
        () => ctx.g.op('Neg', [ctx.g.mul(scaled, ctx.outputs[0])]),
      )
    },
    (a, b) => Math.trunc(a / b),
  ),
  Pow: {
    family: 'elementwise',
    infer: (ctx) => [{ dtype: first(ctx).dtype, dims: broadcast('Pow', first(ctx).dims, ctx.inputs[1]!.dims) }],
    gradient: pow,
  },
  Max: extremum('GreaterOrEqual'),
  Min: extremum('LessOrEqual'),
  Sum: nary(() => 1),
  Mean: nary((count) => 1 / count),
  Neg: unary(({ g }, _x, _y, dy) => g.op('Neg', [dy])),
  Abs: unary(({ g }, x, _y, dy) => g.mul(dy, g.op('Sign', [x]))),
  Sqrt: unary(({ g }, _x, y, dy) => g.div(g.mul(dy, 0.5), y)),
  Reciprocal: unary(({ g }, _x, y, dy) => g.op('Neg', [g.mul(dy, g.mul(y, y))])),
  Exp: unary(({ g }, _x, y, dy) => g.mul(dy, y)),
  Log: unary(({ g }, x, _y, dy) => g.div(dy, x)),
  Sin: unary(({ g }, x, _y, dy) => g.mul(dy, g.op('Cos', [x]))),
  Cos: unary(({ g }, x, _y, dy) => g.op('Neg', [g.mul(dy, g.op('Sin', [x]))])),
  Tanh: unary(({ g }, _x, y, dy) => g.sub(dy, g.mul(dy, g.mul(y, y)))),
  Sigmoid: unary(({ g }, _x, y, dy) => g.mul(dy, g.mul(y, g.sub(1, y)))),
  Softplus: unary(({ g }, x, _y, dy) => g.mul(dy, g.op('Sigmoid', [x]))),
  Erf: unary(({ g }, x, _y, dy) => g.mul(dy, g.mul(g.op('Exp', [g.op('Neg', [g.mul(x, x)])]), TWO_OVER_SQRT_PI))),
  Relu: unary(({ g }, x, _y, dy) => g.where(g.op('Greater', [x, g.scalar(0, x.dtype)]), dy, 0, dy.dtype)),
  LeakyRelu: unary(({ g, attrs }, x, _y, dy) => {
    const slope = g.mul(dy, attrs.float('alpha', 0.01))
    return g.where(g.op('Less', [x, g.scalar(0, x.dtype)]), slope, dy, dy.dtype)
  }),
  Elu: unary(({ g, attrs }, x, y, dy) => {
    const slope = g.mul(dy, g.add(y, attrs.float('alpha', 1)))
    return g.where(g.op('Less', [x, g.scalar(0, x.dtype)]), slope, dy, dy.dtype)
  }),
  Identity: {
    family: 'elementwise',
    infer: (ctx) => [{ dtype: first(ctx).dtype, dims: first(ctx).dims, content: first(ctx).content }],
    gradient: ({ dy }) => [dy],
  },
  Clip: { family: 'elementwise', infer: sameAsInput, gradient: clip },
  Where: {
    family: 'elementwise',
    infer: (ctx) => [
      { dtype: ctx.inputs[1]!.dtype, dims: broadcast('Where', ...ctx.inputs.map((input) => input!.dims)) },
    ],
    gradient: ({ g, inputs, dy, needs }) => [
      null,
      needs(1) ? g.sumTo(g.where(inputs[0]!, dy, 0, dy.dtype), inputs[1]!.dims) : null,
      needs(2) ? g.sumTo(g.where(inputs[0]!, 0, dy, dy.dtype), inputs[2]!.dims) : null,
    ],
  },
  Cast: {
    family: 'elementwise',
    infer: (ctx) => {
      const [dtype, { dims, content }] = [dtypeOfCode(ctx.attrs.int('to')), first(ctx)]
      return [{ dtype, dims, content: isFloat(dtype) ? undefined : content }]
    },
    gradient: ({ g, inputs, outputs, dy }) =>
      isFloat(outputs[0].dtype) ? [g.op('Cast', [dy], { to: int(dtypeCode(inputs[0]!.dtype)) })] : [null],
  },
  Sign: unary(),
  Floor: unary(),
  Ceil: unary(),
  Round: unary(),
  Not: unary(),
  Equal: comparison(),
  Greater: comparison(),
  GreaterOrEqual: comparison(),
  Less: comparison(),
  LessOrEqual: comparison(),
  And: comparison(),
  Or: comparison(),
  Xor: comparison(),
}
