/** Brings a model of another opset to the pinned one. Source: github.com/onnx/onnx docs/Changelog.md, opsets 13 to 21. */

import { UnsupportedOpError } from '../errors.ts'
import type { Graph, GraphNode, OnnxModel, Tensor } from './ir.ts'
import { int } from './ir.ts'
import { OPSET } from './opset.ts'
import { int64s, scalar } from './tensor.ts'

/** Reductions that took their axes as an attribute until opset 18. */
const REDUCTIONS = ['Max', 'Min', 'Mean', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'].map(
  (op) => `Reduce${op}`,
)

interface Upgrade {
  readonly nodes: GraphNode[]
  readonly initializers: Map<string, Tensor>
}

/** The same computation in the pinned opset. Constants become initializers. @throws UnsupportedOpError */
export function upgrade({ opset, graph }: OnnxModel): Graph {
  const out: Upgrade = { nodes: [], initializers: new Map(graph.initializers) }
  for (const node of graph.nodes) {
    if (opset < 18 && REDUCTIONS.includes(node.op)) axesToInput(out, node)
    else if (opset < 18 && node.op === 'Split' && node.inputs.length < 2)
      out.nodes.push({ ...node, attributes: { ...node.attributes, num_outputs: int(node.outputs.length) } })
    else if (opset > OPSET && node.op === 'Gelu') splitGelu(out, node)
    else if (node.op === 'Constant') out.initializers.set(node.outputs[0], constantOf(node))
    else out.nodes.push(node)
  }
  return { ...graph, nodes: out.nodes, initializers: out.initializers }
}

function axesToInput(out: Upgrade, node: GraphNode): void {
  const { axes, ...attributes } = node.attributes
  if (axes?.type !== 'ints') {
    out.nodes.push(node)
    return
  }
  const name = `${node.name}/axes`
  out.initializers.set(name, int64s(axes.value))
  out.nodes.push({ ...node, inputs: [node.inputs[0], name], attributes })
}

/** Gelu came with opset 20; exactly it is x·½·(1 + erf(x/√2)). */
function splitGelu(out: Upgrade, node: GraphNode): void {
  const approximate = node.attributes.approximate
  if (approximate?.type === 'string' && approximate.value !== 'none')
    throw new UnsupportedOpError({
      what: `Gelu (node ${node.name}) approximates by ${approximate.value}, which is not supported.`,
      fix: 'Export the exact Gelu.',
    })
  const [x] = node.inputs
  const at = (part: string): string => `${node.name}/${part}`
  for (const [part, value] of Object.entries({ half: 0.5, one: 1, root: Math.SQRT1_2 }))
    out.initializers.set(at(part), scalar('float32', value))
  const add = (op: string, part: string, inputs: string[], output = at(part)): void => {
    out.nodes.push({ name: at(part), op, domain: '', inputs, outputs: [output], attributes: {} })
  }
  add('Mul', 'scaled', [x, at('root')])
  add('Erf', 'erf', [at('scaled')])
  add('Add', 'gate', [at('erf'), at('one')])
  add('Mul', 'halved', [x, at('half')])
  add('Mul', 'product', [at('halved'), at('gate')], node.outputs[0])
}

function constantOf({ name, attributes }: GraphNode): Tensor {
  const { value, value_float, value_int, value_ints, value_floats } = attributes
  if (value?.type === 'tensor') return value.value
  if (value_float?.type === 'float') return scalar('float32', value_float.value)
  if (value_int?.type === 'int') return scalar('int64', value_int.value)
  if (value_ints?.type === 'ints') return int64s(value_ints.value)
  if (value_floats?.type === 'floats')
    return { dtype: 'float32', dims: [value_floats.value.length], data: Float32Array.from(value_floats.value) }
  throw new UnsupportedOpError({
    what: `Constant ${name} holds neither a tensor nor numbers.`,
    fix: 'Export the model without string or sparse constants.',
  })
}
