/** Gradients of anyone's ONNX model: what `blyan engine grad` prints. */

import { InvalidArgumentError } from '../../chain/lib/errors.ts'
import { gradients } from './autodiff.ts'
import { Builder } from './graph/builder.ts'
import type { Graph, Tensor, Value } from './graph/ir.ts'
import { readOnnx } from './graph/readOnnx.ts'
import { isFloat, toNumbers } from './graph/tensor.ts'
import { upgrade } from './graph/upgrade.ts'
import { writeOnnx } from './graph/writeOnnx.ts'
import { addLoss, lossTargets, parseLoss } from './loss.ts'
import { runOnce } from './runner/session.ts'
import type { Inputs, Runtime } from './types.ts'

export interface GradResult {
  readonly loss: number
  /** By the names of float initializers and float inputs that the loss depends on. */
  readonly grads: Readonly<Record<string, Tensor>>
  /** Nodes of the graph with its backward pass. */
  readonly nodes: number
  /** The graph with its backward pass, as an ONNX file. */
  readonly model: Uint8Array
}

/** Differentiates a model file at given inputs. @throws OnnxFormatError, UnsupportedOpError, ShapeError, NotDifferentiableError */
export async function gradOfModel(
  runtime: Runtime,
  model: Uint8Array,
  inputs: Inputs,
  loss: string,
): Promise<GradResult> {
  const spec = parseLoss(loss)
  const graph = withShapes(upgrade(readOnnx(model)), inputs, lossTargets(spec))
  const g = Builder.from({ ...graph, outputs: [] })
  const value = addLoss(g, spec)
  const wrt = [...g.inputs, ...[...graph.initializers.keys()].map((name) => g.value(name))].filter(
    ({ name, dtype }) => isFloat(dtype) && !lossTargets(spec).includes(name),
  )
  const found = gradients(g, value, wrt).map((gradient, i) => ({ name: wrt[i].name, gradient }))
  const present = found.filter((entry): entry is { name: string; gradient: Value } => entry.gradient !== null)
  g.output(g.op('Identity', [value], {}, 'engine/loss'))
  for (const [i, { gradient }] of present.entries()) g.output(g.op('Identity', [gradient], {}, `engine/grad/${i}`))
  const bytes = writeOnnx(g.finish())
  const out = await runOnce(runtime, bytes, g.inputs, inputs)
  return {
    loss: toNumbers(out['engine/loss'])[0],
    grads: Object.fromEntries(present.map(({ name }, i) => [name, out[`engine/grad/${i}`]])),
    nodes: g.nodes.length,
    model: bytes,
  }
}

/** The graph with its inputs' true shapes, and inputs for targets that it does not have. @throws InvalidArgumentError */
export function withShapes(graph: Graph, given: Inputs, targets: readonly string[]): Graph {
  const known = new Set([...graph.inputs.map(({ name }) => name), ...targets])
  const surplus = Object.keys(given).find((name) => !known.has(name))
  if (surplus !== undefined)
    throw new InvalidArgumentError({
      what: `The model has no input ${surplus}; it has ${[...known].join(', ') || 'none'}.`,
      fix: 'Name the inputs as the model does.',
      data: { field: surplus },
    })
  const produced = new Set([...graph.initializers.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)])
  const own = graph.inputs.map((input) => shaped(input, given[input.name]))
  const extra = targets
    .filter((name) => !produced.has(name) && !own.some((input) => input.name === name))
    .map((name) => shaped({ name, dtype: given[name]?.dtype ?? 'float32', dims: [] }, given[name], true))
  return { ...graph, inputs: [...own, ...extra] }
}

function shaped(input: Value, tensor: Tensor | undefined, isNew = false): Value {
  const problem =
    tensor === undefined
      ? `Input ${input.name} is missing.`
      : tensor.dtype !== input.dtype
        ? `Input ${input.name} is ${tensor.dtype}; the model takes ${input.dtype}.`
        : !isNew && !fits(input, tensor)
          ? `Input ${input.name} has shape [${tensor.dims.join(', ')}]; the model takes [${input.dims.join(', ')}].`
          : undefined
  if (problem === undefined) return { name: input.name, dtype: input.dtype, dims: tensor!.dims }
  throw new InvalidArgumentError({
    what: problem,
    fix: 'Correct the inputs file: { name: { dims, dtype, data } }.',
    data: { field: input.name },
  })
}

const fits = ({ dims }: Value, tensor: Tensor): boolean =>
  dims.length === tensor.dims.length && dims.every((dim, axis) => typeof dim === 'string' || dim === tensor.dims[axis])
