/** The hash of every node's outputs, so that two machines can find the first that differs: `blyan engine trace`. */

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import { InvalidArgumentError } from '../../chain/lib/errors.ts'
import { withShapes } from './grad.ts'
import { Builder } from './graph/builder.ts'
import type { Graph, GraphNode, Tensor, Value } from './graph/ir.ts'
import { readOnnx } from './graph/readOnnx.ts'
import { bytesPerElement, fromBytes, scalar, toBytes } from './graph/tensor.ts'
import { upgrade } from './graph/upgrade.ts'
import { writeOnnx } from './graph/writeOnnx.ts'
import { runOnce } from './runner/session.ts'
import type { Inputs, Runtime } from './types.ts'

export interface TraceResult {
  /** SHA-256 over the outputs' hashes in node order. */
  readonly root: string
  readonly nodes: readonly {
    readonly name: string
    readonly op: string
    readonly outputs: readonly { readonly name: string; readonly sha256: string }[]
  }[]
}

/**
 * Runs a model without fusions, so that each node is what runs, and hashes the little-endian bytes of all outputs.
 * Of a training Loop it traces the body at iteration `step`, after having run the steps before.
 * @throws OnnxFormatError, UnsupportedOpError, InvalidArgumentError when an input does not fit or `step` is out of range
 */
export async function traceOfModel(
  runtime: Runtime,
  model: Uint8Array,
  inputs: Inputs,
  step = 0,
): Promise<TraceResult> {
  const graph = upgrade(readOnnx(model))
  const loop = graph.nodes.find(({ op }) => op === 'Loop')
  if (loop !== undefined) return traceLoop(runtime, model, graph, loop, inputs, step)
  if (step !== 0)
    throw new InvalidArgumentError({
      what: `The model has no Loop, so it has no step ${step}.`,
      fix: 'Leave --step out, or trace a training model.',
      data: { field: 'step' },
    })
  return traceNodes(runtime, withShapes(graph, inputs, []), inputs)
}

async function traceNodes(runtime: Runtime, graph: Graph, inputs: Inputs): Promise<TraceResult> {
  const g = Builder.from({ ...graph, outputs: [] })
  const named = graph.nodes.map((node) => ({ ...node, outputs: node.outputs.filter((name) => name !== '') }))
  for (const { outputs } of named) for (const name of outputs) g.output(g.value(name))
  const out = await runOnce(runtime, writeOnnx(g.finish()), g.inputs, inputs, 'disabled')
  const nodes = named.map(({ name, op, outputs }) => ({
    name,
    op,
    outputs: outputs.map((output) => ({ name: output, sha256: bytesToHex(sha256(toBytes(out[output].data))) })),
  }))
  const digests = nodes.flatMap(({ outputs }) => outputs.map(({ sha256: digest }) => hexToBytes(digest)))
  return { root: bytesToHex(sha256(concatBytes(...digests))), nodes }
}

async function traceLoop(
  runtime: Runtime,
  model: Uint8Array,
  graph: Graph,
  loop: GraphNode,
  inputs: Inputs,
  step: number,
): Promise<TraceResult> {
  const body = loop.attributes.body
  if (body?.type !== 'graph') throw noLoop('its Loop has no body')
  const [index, goOn, ...carried] = body.value.inputs
  const before = await stateBefore(runtime, model, graph, loop, inputs, step)
  const state = Object.fromEntries(carried.map(({ name }, i) => [name, before[i]]))
  const fed: Inputs = {
    ...inputs,
    [index.name]: scalar('int64', step),
    [goOn.name]: scalar('bool', 1),
    ...state,
  }
  const used = new Set(body.value.nodes.flatMap((node) => node.inputs))
  const wanted = [...body.value.inputs, ...graph.inputs].filter(({ name }) => used.has(name))
  const flat = { ...body.value, inputs: wanted }
  return traceNodes(runtime, withShapes(flat, pick(fed, wanted), []), pick(fed, wanted))
}

/** What the Loop carries into iteration `step`: its own initial values, or the result of the steps before. */
async function stateBefore(
  runtime: Runtime,
  model: Uint8Array,
  graph: Graph,
  loop: GraphNode,
  inputs: Inputs,
  step: number,
): Promise<Tensor[]> {
  const initial = loop.inputs.slice(2)
  if (step === 0) return initial.map((name) => inputs[name] ?? raise(`its Loop starts from ${name}, which is no input`))
  const results = initial.map((_, i) => {
    const reader = graph.nodes.find(({ op, inputs: [from] }) => op === 'Identity' && from === loop.outputs[i])
    return graph.outputs.find(({ name }) => name === loop.outputs[i] || name === reader?.outputs[0])
  })
  const earlier = Object.fromEntries(
    graph.inputs.map((input) => [input.name, firstSteps(input, inputs[input.name], step)]),
  )
  const out = await runOnce(runtime, model, graph.inputs, earlier)
  return results.map((value) => out[(value ?? raise('its Loop does not put its state out')).name])
}

/** The first `count` entries of an input that is stacked over the steps; any other input as it is. */
function firstSteps({ name, dims }: Value, tensor: Tensor | undefined, count: number): Tensor {
  if (tensor === undefined) throw noLoop(`input ${name} is missing`)
  if (typeof dims[0] !== 'string') return tensor
  if (count >= tensor.dims[0])
    throw new InvalidArgumentError({
      what: `Step ${count} is out of range: the inputs hold steps 0 to ${tensor.dims[0] - 1}.`,
      fix: 'Choose an earlier step.',
      data: { field: 'step' },
    })
  const width = tensor.dims.slice(1).reduce((a, b) => a * b, 1) * bytesPerElement(tensor.dtype)
  const data = fromBytes(tensor.dtype, toBytes(tensor.data).subarray(0, count * width))
  return { dtype: tensor.dtype, dims: [count, ...tensor.dims.slice(1)], data }
}

const pick = (inputs: Inputs, wanted: readonly Value[]): Inputs =>
  Object.fromEntries(wanted.flatMap(({ name }) => (inputs[name] === undefined ? [] : [[name, inputs[name]]])))

function raise(why: string): never {
  throw noLoop(why)
}

const noLoop = (why: string): InvalidArgumentError =>
  new InvalidArgumentError({
    what: `The model is no training model that can be traced: ${why}.`,
    fix: 'Trace a training model of this engine, or a model without a Loop.',
    data: { field: 'model' },
  })
