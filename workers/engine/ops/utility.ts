/** Composite operators of neural networks, and those that make or describe tensors. */

import { NotDifferentiableError } from '../errors.ts'
import type { Value } from '../graph/ir.ts'
import { toNumbers } from '../graph/tensor.ts'
import { contentOf, known } from './content.ts'
import type { GradientContext, InferContext, OpTable, OutputType } from './rule.ts'
import { toAxis } from './shape.ts'

const likeFirst = ({ inputs }: InferContext): OutputType[] => [{ dtype: inputs[0]!.dtype, dims: inputs[0]!.dims }]

/** dx = y·(dy − Σ dy·y) */
function gradSoftmax({ g, op, inputs, outputs, attrs, dy }: GradientContext): Value[] {
  const axis = toAxis(op, attrs.int('axis', -1), inputs[0]!.dims.length)
  const y = outputs[0]
  return [g.mul(y, g.sub(dy, g.sum(g.mul(dy, y), [axis], true)))]
}

/** dx = dy − exp(y)·Σ dy */
function gradLogSoftmax({ g, op, inputs, outputs, attrs, dy }: GradientContext): Value[] {
  const axis = toAxis(op, attrs.int('axis', -1), inputs[0]!.dims.length)
  return [g.sub(dy, g.mul(g.op('Exp', [outputs[0]]), g.sum(dy, [axis], true)))]
}

function inferLayerNorm({ op, inputs, attrs }: InferContext): OutputType[] {
  const { dtype, dims } = inputs[0]!
  const axis = toAxis(op, attrs.int('axis', -1), dims.length)
  const moments = { dtype, dims: dims.map((dim, i) => (i < axis ? dim : 1)) }
  return [{ dtype, dims }, moments, moments]
}

/**
 * With x̂ = (x − mean)·inv and dx̂ = dy·scale: dx = inv·(dx̂ − mean(dx̂) − x̂·mean(dx̂·x̂)).
 * Source: Ba, Kiros, Hinton 2016, arxiv.org/abs/1607.06450, differentiated.
 */
function gradLayerNorm(ctx: GradientContext): (Value | null)[] {
  const { g, op, inputs, outputs, attrs, dy, needs } = ctx
  const [x, scale, bias] = inputs
  const first = toAxis(op, attrs.int('axis', -1), x!.dims.length)
  const axes = x!.dims.flatMap((_, axis) => (axis >= first ? [axis] : []))
  const isPlain = bias === undefined && isOnes(scale!)
  const inverse = ctx.output(2)
  const normal = isPlain ? outputs[0] : g.mul(g.sub(x!, ctx.output(1)), inverse)
  const slope = isPlain ? dy : g.mul(dy, scale!)
  const dx = (): Value =>
    g.mul(
      g.sub(g.sub(slope, g.mean(slope, axes, true)), g.mul(normal, g.mean(g.mul(slope, normal), axes, true))),
      inverse,
    )
  return [
    needs(0) ? dx() : null,
    needs(1) ? g.sumTo(g.mul(dy, normal), scale!.dims) : null,
    bias !== undefined && needs(2) ? g.sumTo(dy, bias.dims) : null,
  ]
}

const isOnes = ({ constant }: Value): boolean =>
  constant !== undefined && toNumbers(constant).every((value) => value === 1)

function gradDropout({ op, inputs, dy }: GradientContext): (Value | null)[] {
  if (inputs[2] !== undefined)
    throw new NotDifferentiableError({
      what: `${op} with a training mode draws its own random numbers, which nobody could replay.`,
      fix: 'Export the model in inference mode.',
    })
  return [dy, null, null]
}

export const utility: OpTable = {
  Softmax: { family: 'utility', infer: likeFirst, gradient: gradSoftmax },
  LogSoftmax: { family: 'utility', infer: likeFirst, gradient: gradLogSoftmax },
  LayerNormalization: { family: 'utility', infer: inferLayerNorm, gradient: gradLayerNorm },
  Dropout: {
    family: 'utility',
    infer: ({ inputs }) => [
      { dtype: inputs[0]!.dtype, dims: inputs[0]!.dims },
      { dtype: 'bool', dims: inputs[0]!.dims },
    ],
    gradient: gradDropout,
    note: 'inference mode: the identity',
  },
  OneHot: {
    family: 'utility',
    infer: (ctx) => {
      const [indices, , values] = ctx.inputs
      const depth = known(ctx, 1)[0]
      const axis = ctx.attrs.int('axis', -1)
      const at = axis < 0 ? axis + indices!.dims.length + 1 : axis
      return [{ dtype: values!.dtype, dims: [...indices!.dims.slice(0, at), depth, ...indices!.dims.slice(at)] }]
    },
  },
  Shape: {
    family: 'utility',
    infer: ({ inputs, attrs }) => {
      const content = inputs[0]!.dims.slice(attrs.int('start', 0), attrs.has('end') ? attrs.int('end') : undefined)
      return [{ dtype: 'int64', dims: [content.length], content }]
    },
  },
  Constant: {
    family: 'utility',
    infer: ({ attrs }) => {
      const tensor = attrs.tensor('value')
      return [{ dtype: tensor.dtype, dims: tensor.dims, content: contentOf(tensor) }]
    },
  },
  ConstantOfShape: {
    family: 'utility',
    infer: (ctx) => [
      { dtype: ctx.attrs.has('value') ? ctx.attrs.tensor('value').dtype : 'float32', dims: known(ctx, 0) },
    ],
  },
  Range: {
    family: 'utility',
    infer: (ctx) => {
      const [start, limit, delta] = [0, 1, 2].map((i) => known(ctx, i)[0])
      if (typeof start === 'number' && typeof limit === 'number' && typeof delta === 'number') {
        const length = Math.max(0, Math.ceil((limit - start) / delta))
        const content = length <= 64 ? Array.from({ length }, (_, i) => start + i * delta) : undefined
        return [{ dtype: ctx.inputs[0]!.dtype, dims: [length], content }]
      }
      return [{ dtype: ctx.inputs[0]!.dtype, dims: [limit] }]
    },
  },
}
