/** Operators that move elements without computing: shapes, slices, joins. Gradients move them back. */

import { NotDifferentiableError } from '../errors.ts'
import type { Dim, Value } from '../graph/ir.ts'
import { int, text } from '../graph/ir.ts'
import { staticDims } from '../graph/tensor.ts'
import { known, knownInts } from './content.ts'
import type { GradientContext, InferContext, OpRule, OpTable, OutputType } from './rule.ts'
import { broadcast, mismatch, product, toAxis } from './shape.ts'

const backToInputShape: OpRule['gradient'] = ({ g, inputs, dy }) => [g.reshapeLike(dy, inputs[0]!)]

function reshapeDims(ctx: InferContext): Dim[] {
  const { dims } = ctx.inputs[0]!
  const keepZero = ctx.attrs.int('allowzero', 0) === 1
  const wanted = known(ctx, 1).map((dim, axis) => (dim === 0 && !keepZero ? (dims[axis] ?? 0) : dim))
  const hole = wanted.indexOf(-1)
  const rest = wanted.filter((dim) => dim !== -1)
  if (hole >= 0) wanted[hole] = quotient(dims, rest)
  if (product(wanted) !== product(dims)) throw mismatch('Reshape', [dims, wanted])
  return wanted
}

/** product(dims) / product(rest), symbols cancelling by name. */
function quotient(dims: readonly Dim[], rest: readonly Dim[]): Dim {
  const left = dims.filter((dim) => typeof dim === 'string')
  for (const symbol of rest.filter((dim) => typeof dim === 'string')) {
    if (!left.includes(symbol)) throw mismatch('Reshape', [dims, rest])
    left.splice(left.indexOf(symbol), 1)
  }
  const size = (all: readonly Dim[]): number => all.filter((dim) => typeof dim === 'number').reduce((a, b) => a * b, 1)
  if (size(dims) % size(rest) !== 0) throw mismatch('Reshape', [dims, rest])
  return product([size(dims) / size(rest), ...left])
}

function inferReshape(ctx: InferContext): OutputType[] {
  const x = ctx.inputs[0]!
  const dims = reshapeDims(ctx)
  return [{ dtype: x.dtype, dims, content: x.content }]
}

function inferSqueeze(ctx: InferContext): OutputType[] {
  const x = ctx.inputs[0]!
  const axes =
    ctx.inputs[1] === undefined ? undefined : knownInts(ctx, 1).map((axis) => toAxis('Squeeze', axis, x.dims.length))
  const dims = x.dims.filter((dim, axis) => (axes === undefined ? dim !== 1 : !axes.includes(axis)))
  return [{ dtype: x.dtype, dims, content: x.content }]
}

function inferUnsqueeze(ctx: InferContext): OutputType[] {
  const x = ctx.inputs[0]!
  const added = knownInts(ctx, 1)
  const rank = x.dims.length + added.length
  const axes = added.map((axis) => toAxis('Unsqueeze', axis, rank))
  const rest = [...x.dims]
  const dims = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!))
  return [{ dtype: x.dtype, dims, content: x.content }]
}

function inferConcat(ctx: InferContext): OutputType[] {
  const parts = ctx.inputs.map((part) => part!)
  const axis = toAxis('Concat', ctx.attrs.int('axis'), parts[0].dims.length)
  const total = parts
    .map((part) => part.dims[axis])
    .reduce((a, b) => (typeof a === 'number' && typeof b === 'number' ? a + b : `${a}+${b}`))
  const dims = parts[0].dims.map((dim, i) => (i === axis ? total : dim))
  if (parts.some((part) => part.dims.some((dim, i) => i !== axis && dim !== dims[i])))
    throw mismatch(
      'Concat',
      parts.map((part) => part.dims),
    )
  const isKnown = parts[0].dims.length === 1 && parts.every((part) => part.content !== undefined)
  return [{ dtype: parts[0].dtype, dims, content: isKnown ? parts.flatMap((part) => part.content!) : undefined }]
}

function splitSizes(ctx: Pick<InferContext, 'op' | 'inputs' | 'attrs'>, outputCount: number): readonly number[] {
  const { dims } = ctx.inputs[0]!
  if (ctx.inputs[1] !== undefined) return knownInts(ctx, 1)
  const size = staticDims([dims[toAxis('Split', ctx.attrs.int('axis', 0), dims.length)]])[0]
  const each = Math.ceil(size / outputCount)
  return Array.from({ length: outputCount }, (_, i) => Math.min(each, size - i * each))
}

function inferSplit(ctx: InferContext): OutputType[] {
  const x = ctx.inputs[0]!
  const axis = toAxis('Split', ctx.attrs.int('axis', 0), x.dims.length)
  const sizes = splitSizes(ctx, ctx.outputCount)
  if (product(sizes) !== 0 && sizes.reduce((a, b) => a + b, 0) !== x.dims[axis])
    throw mismatch('Split', [x.dims, sizes])
  return sizes.map((size) => ({ dtype: x.dtype, dims: x.dims.map((dim, i) => (i === axis ? size : dim)) }))
}

function gradSplit(ctx: GradientContext): (Value | null)[] {
  const { g, outputs, grads, attrs, inputs } = ctx
  const parts = outputs.map((output, i) => grads[i] ?? g.expandLike(g.scalar(0, output.dtype), output))
  return [g.concat(parts, toAxis('Split', attrs.int('axis', 0), inputs[0]!.dims.length))]
}

function gradConcat({ g, inputs, attrs, dy }: GradientContext): Value[] {
  const axis = toAxis('Concat', attrs.int('axis'), dy.dims.length)
  const sizes = g.int64s(staticDims(inputs.map((part) => part!.dims[axis])))
  return g.node('Split', [dy, sizes], { attributes: { axis: int(axis) }, outputs: inputs.length })
}

interface Cut {
  axis: number
  start: number
  end: Dim
  step: number
}

/** A slice's bounds, clamped as ONNX says; ends are exclusive, and symbolic only in slices from 0 by 1. */
function cuts(ctx: Pick<InferContext, 'op' | 'inputs'>): Cut[] {
  const { dims } = ctx.inputs[0]!
  const [starts, ends] = [knownInts(ctx, 1), known(ctx, 2)]
  const axes = ctx.inputs[3] === undefined ? starts.map((_, i) => i) : knownInts(ctx, 3)
  const steps = ctx.inputs[4] === undefined ? starts.map(() => 1) : knownInts(ctx, 4)
  return starts.map((from, i) => {
    const [axis, step, to] = [toAxis('Slice', axes[i], dims.length), steps[i], ends[i]]
    if (typeof to === 'string' && from === 0 && step === 1) return { axis, step, start: 0, end: to }
    const [size, end] = staticDims([dims[axis], to])
    const clamp = (at: number, low: number, high: number): number =>
      Math.min(Math.max(at < 0 ? at + size : at, low), high)
    return step > 0
      ? { axis, step, start: clamp(from, 0, size), end: clamp(end, 0, size) }
      : { axis, step, start: clamp(from, 0, size - 1), end: clamp(end, -1, size - 1) }
  })
}

function inferSlice(ctx: InferContext): OutputType[] {
  const x = ctx.inputs[0]!
  const dims = [...x.dims]
  const found = cuts(ctx)
  for (const { axis, start, end, step } of found)
    dims[axis] = typeof end === 'string' ? end : Math.max(0, Math.ceil((end - start) / step))
  if (x.content === undefined || x.dims.length !== 1 || found.length !== 1) return [{ dtype: x.dtype, dims }]
  const [{ start, step }] = found
  const content = Array.from({ length: staticDims(dims)[0] }, (_, i) => x.content![start + i * step])
  return [{ dtype: x.dtype, dims, content }]
}

function gradSlice(ctx: GradientContext): (Value | null)[] {
  const { g, inputs, dy } = ctx
  const x = inputs[0]!
  const found = cuts(ctx)
  if (found.some(({ step }) => step !== 1))
    throw new NotDifferentiableError({
      what: 'The gradient of Slice is known for step 1 only.',
      fix: 'Write the strided slice as Reshape and Slice, or Gather.',
      data: { steps: found.map(({ step }) => step) },
    })
  const before = x.dims.map(() => 0)
  const after = x.dims.map(() => 0)
  for (const { axis, start, end } of found) {
    before[axis] = start
    after[axis] = staticDims([x.dims[axis]])[0] - Math.max(start, staticDims([end])[0])
  }
  return [g.op('Pad', [dy, g.int64s([...before, ...after]), g.scalar(0, dy.dtype)], { mode: text('constant') })]
}

function inferPad(ctx: InferContext): OutputType[] {
  const x = ctx.inputs[0]!
  const pads = knownInts(ctx, 1)
  const axes = ctx.inputs[3] === undefined ? x.dims.map((_, axis) => axis) : knownInts(ctx, 3)
  const dims = [...staticDims(x.dims)]
  axes.forEach((axis, i) => {
    dims[toAxis('Pad', axis, dims.length)] += pads[i] + pads[axes.length + i]
  })
  return [{ dtype: x.dtype, dims }]
}

function gradPad(ctx: GradientContext): (Value | null)[] {
  const { g, inputs, dy, attrs } = ctx
  if (attrs.string('mode', 'constant') !== 'constant')
    throw new NotDifferentiableError({ what: 'Only Pad by a constant has a gradient.', fix: 'Use mode constant.' })
  const dims = staticDims(inputs[0]!.dims)
  const pads = knownInts(ctx, 1)
  const axes = ctx.inputs[3] === undefined ? dims.map((_, axis) => axis) : knownInts(ctx, 3)
  const ends = axes.map((axis, i) => pads[i] + dims[toAxis('Pad', axis, dims.length)])
  return [g.op('Slice', [dy, g.int64s(pads.slice(0, axes.length)), g.int64s(ends), g.int64s(axes)])]
}

export const movement: OpTable = {
  Reshape: { family: 'movement', infer: inferReshape, gradient: backToInputShape },
  Squeeze: { family: 'movement', infer: inferSqueeze, gradient: backToInputShape },
  Unsqueeze: { family: 'movement', infer: inferUnsqueeze, gradient: backToInputShape },
  Flatten: {
    family: 'movement',
    infer: ({ inputs, attrs }) => {
      const { dtype, dims } = inputs[0]!
      const axis = attrs.int('axis', 1)
      const at = axis < 0 ? axis + dims.length : axis
      return [{ dtype, dims: [product(dims.slice(0, at)), product(dims.slice(at))] }]
    },
    gradient: backToInputShape,
  },
  Transpose: {
    family: 'movement',
    infer: ({ inputs, attrs }) => {
      const { dtype, dims } = inputs[0]!
      const perm = attrs.ints(
        'perm',
        dims.map((_, axis) => dims.length - 1 - axis),
      )
      if (new Set(perm).size !== dims.length || perm.some((axis) => dims[axis] === undefined))
        throw mismatch('Transpose', [dims, perm])
      return [{ dtype, dims: perm.map((axis) => dims[axis]) }]
    },
    gradient: ({ g, inputs, attrs, dy }) => {
      const rank = inputs[0]!.dims.length
      const perm = attrs.ints(
        'perm',
        Array.from({ length: rank }, (_, axis) => rank - 1 - axis),
      )
      return [
        g.transpose(
          dy,
          perm.map((_, axis) => perm.indexOf(axis)),
        ),
      ]
    },
  },
  Concat: { family: 'movement', infer: inferConcat, gradient: gradConcat },
  Split: { family: 'movement', infer: inferSplit, gradient: gradSplit },
  Slice: { family: 'movement', infer: inferSlice, gradient: gradSlice, note: 'step 1 only' },
  Pad: { family: 'movement', infer: inferPad, gradient: gradPad, note: 'constant mode only' },
  Expand: {
    family: 'movement',
    infer: (ctx) => [{ dtype: ctx.inputs[0]!.dtype, dims: broadcast('Expand', ctx.inputs[0]!.dims, known(ctx, 1)) }],
    gradient: ({ g, inputs, dy }) => [g.sumTo(dy, inputs[0]!.dims), null],
  },
}
