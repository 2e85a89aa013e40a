/** Operators that look elements up or put them somewhere by index. The gradient of a look-up adds at the place looked at. */

import { NotDifferentiableError } from '../errors.ts'
import type { Value } from '../graph/ir.ts'
import { int, text } from '../graph/ir.ts'
import { scalar, staticDims } from '../graph/tensor.ts'
import type { GradientContext, InferContext, OpTable, OutputType } from './rule.ts'
import { toAxis } from './shape.ts'

function inferGather(ctx: InferContext): OutputType[] {
  const [x, indices] = [ctx.inputs[0]!, ctx.inputs[1]!]
  const axis = toAxis('Gather', ctx.attrs.int('axis', 0), x.dims.length)
  const dims = [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)]
  if (x.content === undefined || x.dims.length !== 1 || indices.content === undefined) return [{ dtype: x.dtype, dims }]
  const content = staticDims(indices.content).map((i) => x.content!.at(i)!)
  return [{ dtype: x.dtype, dims, content }]
}

/** Rows of dY are added at the rows that they were taken from. Sequential on CPU and WASM, so of fixed order. */
function gradGather({ g, inputs, attrs, dy, outputs }: GradientContext): (Value | null)[] {
  const [x, indices] = [inputs[0]!, inputs[1]!]
  const axis = toAxis('Gather', attrs.int('axis', 0), x.dims.length)
  const dims = staticDims(x.dims)
  const lead = Array.from({ length: indices.dims.length }, (_, i) => axis + i)
  const rest = outputs[0].dims.map((_, i) => i).filter((i) => !lead.includes(i))
  const rowsFirst = axis === 0 ? dy : g.transpose(dy, [...lead, ...rest])
  const back = dims.map((_, i) => (i === axis ? 0 : i < axis ? i + 1 : i))
  const shape = [dims[axis], ...dims.filter((_, i) => i !== axis)]
  const at = g.op('Unsqueeze', [g.cast(indices, 'int64', 7), g.int64s([-1])])
  const scattered = g.scatterAdd(zerosOf(g, dy, shape), at, rowsFirst)
  return [axis === 0 ? scattered : g.transpose(scattered, back), null]
}

function zerosOf(g: GradientContext['g'], like: Value, dims: readonly number[]): Value {
  return g.op('ConstantOfShape', [g.int64s(dims)], {
    value: { type: 'tensor', value: { ...scalar(like.dtype, 0), dims: [1] } },
  })
}

function gradGatherElements({ g, inputs, attrs, dy }: GradientContext): (Value | null)[] {
  const x = inputs[0]!
  const attributes = { axis: int(attrs.int('axis', 0)), reduction: text('add') }
  return [g.op('ScatterElements', [zerosOf(g, dy, staticDims(x.dims)), inputs[1], dy], attributes), null]
}

function gradScatterND({ g, inputs, attrs, dy, needs }: GradientContext): (Value | null)[] {
  const reduction = attrs.string('reduction', 'none')
  if (reduction !== 'none' && reduction !== 'add')
    throw new NotDifferentiableError({
      what: `ScatterND by ${reduction} has no gradient rule.`,
      fix: 'Use reduction none or add.',
      data: { reduction },
    })
  const kept = (): Value =>
    reduction === 'add' ? dy : g.op('ScatterND', [dy, inputs[1], g.expandLike(g.scalar(0, dy.dtype), inputs[2]!)])
  return [needs(0) ? kept() : null, null, needs(2) ? g.op('GatherND', [dy, inputs[1]]) : null]
}

const likeFirst = ({ inputs }: InferContext): OutputType[] => [{ dtype: inputs[0]!.dtype, dims: inputs[0]!.dims }]

export const indexing: OpTable = {
  Gather: { family: 'indexing', infer: inferGather, gradient: gradGather },
  GatherElements: {
    family: 'indexing',
    infer: ({ inputs }) => [{ dtype: inputs[0]!.dtype, dims: inputs[1]!.dims }],
    gradient: gradGatherElements,
  },
  GatherND: {
    family: 'indexing',
    infer: ({ inputs }) => {
      const [x, indices] = [inputs[0]!, inputs[1]!]
      const depth = staticDims([indices.dims.at(-1)!])[0]
      return [{ dtype: x.dtype, dims: [...indices.dims.slice(0, -1), ...x.dims.slice(depth)] }]
    },
    gradient: ({ g, inputs, dy }) => [g.scatterAdd(zerosOf(g, dy, staticDims(inputs[0]!.dims)), inputs[1]!, dy), null],
  },
  ScatterND: { family: 'indexing', infer: likeFirst, gradient: gradScatterND, note: 'reduction none and add' },
  ScatterElements: { family: 'indexing', infer: likeFirst },
}
