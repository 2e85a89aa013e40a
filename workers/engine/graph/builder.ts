/** Builds a graph node by node, inferring shapes as it goes. Pure: it describes a computation and runs nothing. */

import { ShapeError } from '../errors.ts'
import { Attrs } from '../ops/attrs.ts'
import { contentOf } from '../ops/content.ts'
import { ruleOf } from '../ops/registry.ts'
import type { OutputType } from '../ops/rule.ts'
import { Expressions } from './expressions.ts'
import type { Attributes, Dim, DType, Graph, GraphNode, Tensor, Value } from './ir.ts'
import { int64s, scalar } from './tensor.ts'

export interface NodeOptions {
  readonly name?: string
  readonly attributes?: Attributes
  /** Number of outputs. */
  readonly outputs?: number
  /** Types of the outputs, for operators without a rule, such as Loop. */
  readonly types?: readonly OutputType[]
}

interface OpenNode extends GraphNode {
  outputs: string[]
}

export class Builder extends Expressions {
  readonly #name: string
  readonly #inputs: Value[] = []
  readonly #outputs: Value[] = []
  readonly #initializers = new Map<string, Tensor>()
  readonly #nodes: OpenNode[] = []
  readonly #values = new Map<string, Value>()
  readonly #constants = new Map<string, Value>()
  readonly #names = new Map<string, number>()
  #scope = ''

  constructor(name: string) {
    super()
    this.#name = name
  }

  /** A builder that continues `graph`, all shapes inferred anew. @throws UnsupportedOpError, ShapeError */
  static from(graph: Graph): Builder {
    const g = new Builder(graph.name)
    for (const [name, tensor] of graph.initializers) g.initializer(name, tensor)
    for (const { name, dtype, dims } of graph.inputs) if (!g.#values.has(name)) g.input(name, dtype, dims)
    for (const node of graph.nodes) g.#append({ ...node, outputs: [...node.outputs] })
    for (const { name } of graph.outputs) g.#outputs.push(g.value(name))
    return g
  }

  get nodes(): readonly GraphNode[] {
    return this.#nodes
  }

  get inputs(): readonly Value[] {
    return this.#inputs
  }

  get initializers(): ReadonlyMap<string, Tensor> {
    return this.#initializers
  }

  /** Names made inside `build` begin with `path/`. */
  scope<T>(path: string, build: () => T): T {
    const outer = this.#scope
    this.#scope = outer === '' ? `${path}/` : `${outer}${path}/`
    try {
      return build()
    } finally {
      this.#scope = outer
    }
  }

  /** @throws ShapeError when no value has this name */
  value(name: string): Value {
    const value = this.#values.get(name)
    if (value === undefined)
      throw new ShapeError({
        what: `The graph has no value named ${name}.`,
        fix: `Name an input, an initializer or an output of a node.`,
        data: { name },
      })
    return value
  }

  find(name: string): Value | undefined {
    return this.#values.get(name)
  }

  input(name: string, dtype: DType, dims: readonly Dim[]): Value {
    const value = this.#define({ name: this.#unique(name), dtype, dims })
    this.#inputs.push(value)
    return value
  }

  initializer(name: string, tensor: Tensor): Value {
    const value = {
      name: this.#unique(name),
      dtype: tensor.dtype,
      dims: tensor.dims,
      constant: tensor,
      content: contentOf(tensor),
    }
    this.#initializers.set(value.name, tensor)
    return this.#define(value)
  }

  /** Makes a value of the enclosing graph known inside a Loop's body. */
  capture(value: Value): Value {
    this.#unique(value.name)
    return this.#define(value)
  }

  output(value: Value): void {
    this.#outputs.push(value)
  }

  /** A number as a constant of no dimensions; equal ones are stored once. */
  scalar(value: number, dtype: DType = 'float32'): Value {
    return this.#constant(`const/${dtype}/${value}`, () => scalar(dtype, value))
  }

  /** A list of integers as an int64 vector, as shapes and axes are written. */
  int64s(values: readonly number[]): Value {
    return this.#constant(`const/int64s/${values.join(',')}`, () => int64s(values))
  }

  /** Adds a node and returns its outputs. @throws ShapeError, UnsupportedOpError */
  node(op: string, inputs: readonly (Value | undefined)[], options: NodeOptions = {}): Value[] {
    const name = this.#unique(`${this.#scope}${options.name ?? op}`)
    const outputs = Array.from({ length: options.outputs ?? 1 }, (_, i) =>
      i === 0 ? name : this.#unique(`${name}:${i}`),
    )
    const names = inputs.map((input) => input?.name ?? '')
    const node = { name, op, domain: '', inputs: names, outputs, attributes: options.attributes ?? {} }
    return this.#append(node, options.types)
  }

  override op(op: string, inputs: readonly (Value | undefined)[], attributes: Attributes = {}, name?: string): Value {
    return this.node(op, inputs, { attributes, name })[0]
  }

  /** Output `i` of a node that is in the graph already, added to it if it was left out. */
  ensureOutput(index: number, i: number): Value {
    const node = this.#nodes[index]
    while (node.outputs.length <= i) node.outputs.push('')
    if (node.outputs[i] === '') node.outputs[i] = this.#unique(`${node.name}:${i}`)
    const type = this.#infer(node)[i]
    return this.#values.get(node.outputs[i]) ?? this.#define({ ...type, name: node.outputs[i] })
  }

  finish(): Graph {
    return {
      name: this.#name,
      inputs: this.#inputs,
      outputs: this.#outputs,
      initializers: this.#initializers,
      nodes: this.#nodes,
    }
  }

  #append(node: OpenNode, types: readonly OutputType[] = this.#infer(node)): Value[] {
    this.#nodes.push(node)
    return node.outputs.map((name, i) => {
      if (name === '') return { ...types[i], name }
      this.#names.set(name, Math.max(this.#names.get(name) ?? 0, 1))
      return this.#define({ ...types[i], name })
    })
  }

  #infer(node: GraphNode): readonly OutputType[] {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : this.value(name)))
    const { infer } = ruleOf(node.op, node.domain)
    const types = inferOrRefuse(node, () =>
      infer({ op: node.op, inputs, outputCount: node.outputs.length, attrs: new Attrs(node.op, node.attributes) }),
    )
    if (types.length < node.outputs.length)
      throw new ShapeError({
        what: `${node.op} ${node.name} has ${node.outputs.length} outputs; it can have ${types.length}.`,
        fix: 'Remove the surplus outputs.',
        data: { node: node.name },
      })
    return types
  }

  #define(value: Value): Value {
    if (this.#values.has(value.name))
      throw new ShapeError({
        what: `Two values are named ${value.name}.`,
        fix: 'A graph names each value once.',
        data: { name: value.name },
      })
    this.#values.set(value.name, value)
    return value
  }

  #constant(key: string, make: () => Tensor): Value {
    const known = this.#constants.get(key)
    if (known !== undefined) return known
    const value = this.initializer(key, make())
    this.#constants.set(key, value)
    return value
  }

  #unique(name: string): string {
    const uses = (this.#names.get(name) ?? 0) + 1
    this.#names.set(name, uses)
    return uses === 1 ? name : this.#unique(`${name}_${uses}`)
  }
}

/** A rule takes the inputs that its operator demands for given; a file may leave them out. @throws ShapeError */
function inferOrRefuse(node: GraphNode, infer: () => readonly OutputType[]): readonly OutputType[] {
  try {
    return infer()
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new ShapeError({
      what: `${node.op} lacks an input: it has ${node.inputs.filter((name) => name !== '').length}.`,
      fix: 'Export the model again; every operator needs the inputs that ONNX demands.',
      data: { op: node.op, inputs: node.inputs },
      cause,
    })
  }
}
