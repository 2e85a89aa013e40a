/** Matrix products. Y = A·B has dA = dY·Bᵀ and dB = Aᵀ·dY. */

import { NotDifferentiableError } from '../errors.ts'
import type { Dim, Value } from '../graph/ir.ts'
import { float, int } from '../graph/ir.ts'
import type { GradientContext, InferContext, OpTable, OutputType } from './rule.ts'
import { broadcast, mismatch } from './shape.ts'

function inferMatMul({ inputs }: InferContext): OutputType[] {
  const [a, b] = [inputs[0]!, inputs[1]!]
  const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims
  const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims
  if (left.length < 2 || right.length < 2 || left.at(-1) !== right.at(-2)) throw mismatch('MatMul', [a.dims, b.dims])
  const dims: Dim[] = broadcast('MatMul', left.slice(0, -2), right.slice(0, -2))
  if (a.dims.length > 1) dims.push(left.at(-2)!)
  if (b.dims.length > 1) dims.push(right.at(-1)!)
  return [{ dtype: a.dtype, dims }]
}

/** [.., M, K] → [.. × M, K]: a stack of rows. */
function rows(ctx: GradientContext, x: Value): Value {
  const width = x.dims.at(-1)
  if (x.dims.length === 2) return x
  if (typeof width === 'number') return ctx.g.reshape(x, [-1, width])
  throw new NotDifferentiableError({
    what: `MatMul ${ctx.outputs[0].name} has the unknown width ${width}.`,
    fix: 'Give concrete input shapes.',
    data: { dims: x.dims },
  })
}

function gradMatMul(ctx: GradientContext): (Value | null)[] {
  const { g, inputs, dy, needs } = ctx
  const [a, b] = [inputs[0]!, inputs[1]!]
  if (a.dims.length === 1 || b.dims.length === 1) return gradVector(ctx, a, b)
  // A weight matrix under a stack of rows: one product over all rows, with no transposed copy of either.
  const isWeight = b.dims.length === 2 && a.dims.length > 2
  return [
    needs(0) ? g.sumTo(g.matmul(dy, g.transposeLast(b)), a.dims) : null,
    !needs(1)
      ? null
      : isWeight
        ? g.gemm(rows(ctx, a), rows(ctx, dy), undefined, { transA: true })
        : g.sumTo(g.matmul(g.transposeLast(a), dy), b.dims),
  ]
}

/** Where one side is a vector, it acts as a matrix of one row or column. */
function gradVector({ g, dy, needs }: GradientContext, a: Value, b: Value): (Value | null)[] {
  const left = a.dims.length === 1 ? g.unsqueeze(a, [0]) : a
  const right = b.dims.length === 1 ? g.unsqueeze(b, [1]) : b
  let wide = dy
  if (b.dims.length === 1) wide = g.unsqueeze(wide, [-1])
  if (a.dims.length === 1) wide = g.unsqueeze(wide, [-2])
  return [
    needs(0) ? g.reshapeLike(g.sumTo(g.matmul(wide, g.transposeLast(right)), left.dims), a) : null,
    needs(1) ? g.reshapeLike(g.sumTo(g.matmul(g.transposeLast(left), wide), right.dims), b) : null,
  ]
}

function inferGemm({ inputs, attrs }: InferContext): OutputType[] {
  const [a, b, c] = inputs
  const [transA, transB] = [attrs.int('transA', 0), attrs.int('transB', 0)]
  const [m, k] = transA ? [a!.dims[1], a!.dims[0]] : a!.dims
  const [k2, n] = transB ? [b!.dims[1], b!.dims[0]] : b!.dims
  if (a!.dims.length !== 2 || b!.dims.length !== 2 || k !== k2) throw mismatch('Gemm', [a!.dims, b!.dims])
  if (c !== undefined) broadcast('Gemm', [m, n], c.dims)
  return [{ dtype: a!.dtype, dims: [m, n] }]
}

function gradGemm({ g, inputs, attrs, dy, needs }: GradientContext): (Value | null)[] {
  const [a, b, c] = inputs
  const [transA, transB] = [attrs.int('transA', 0), attrs.int('transB', 0)]
  const [alpha, beta] = [attrs.float('alpha', 1), attrs.float('beta', 1)]
  const product = (x: Value, y: Value, tx: number, ty: number): Value =>
    g.op('Gemm', [x, y], { alpha: float(alpha), transA: int(tx), transB: int(ty) })
  return [
    !needs(0) ? null : transA ? product(b!, dy, transB, 1) : product(dy, b!, 0, 1 - transB),
    !needs(1) ? null : transB ? product(dy, a!, 1, transA) : product(a!, dy, 1 - transA, 0),
    c === undefined || !needs(2) ? null : g.sumTo(beta === 1 ? dy : g.mul(dy, beta), c.dims),
  ]
}

export const linalg: OpTable = {
  MatMul: { family: 'linalg', infer: inferMatMul, gradient: gradMatMul },
  Gemm: { family: 'linalg', infer: inferGemm, gradient: gradGemm },
}
