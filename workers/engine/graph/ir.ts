/** The graph in memory: values, nodes, tensors. Names follow ONNX's own. Source: onnx.proto3. */

export type DType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string'

/** A size, or the name of one that is known only when the model runs. */
export type Dim = number | string

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array

export interface Tensor {
  readonly dtype: DType
  readonly dims: readonly number[]
  readonly data: TensorData
}

/** A value flowing through a graph. */
export interface Value {
  readonly name: string
  readonly dtype: DType
  readonly dims: readonly Dim[]
  /** The tensor of an initializer. */
  readonly constant?: Tensor
  /** Elements of a small integer tensor, known while building: shapes and axes. An unknown size is a symbol. */
  readonly content?: readonly Dim[]
}

export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensor'; readonly value: Tensor }
  | { readonly type: 'graph'; readonly value: Graph }

export type Attributes = Readonly<Record<string, Attribute>>

export interface GraphNode {
  readonly name: string
  readonly op: string
  readonly domain: string
  /** An empty name is an optional input or output left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
}

export interface Graph {
  readonly name: string
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly initializers: ReadonlyMap<string, Tensor>
  /** In topological order. */
  readonly nodes: readonly GraphNode[]
}

export interface OnnxModel {
  readonly opset: number
  readonly graph: Graph
}

export const int = (value: number): Attribute => ({ type: 'int', value })
export const float = (value: number): Attribute => ({ type: 'float', value })
export const ints = (value: readonly number[]): Attribute => ({ type: 'ints', value })
export const text = (value: string): Attribute => ({ type: 'string', value })
