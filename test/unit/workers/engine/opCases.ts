/** One small graph for each differentiable operator, away from kinks where it has them. */

import { float, int, text } from '../../../../workers/engine/graph/ir.ts'
import { tensor } from '../../../../workers/engine/graph/tensor.ts'
import type { Builder, Value } from '../../../../workers/engine/index.ts'

export interface OpCase {
  readonly op: string
  readonly what?: string
  /** Shapes of the float inputs. */
  readonly inputs: readonly (readonly number[])[]
  readonly build: (g: Builder, ...inputs: Value[]) => Value
  /** Range of the inputs; ±1 unless said. */
  readonly range?: readonly [number, number]
}

const constant = (g: Builder, dims: number[], values: number[]): Value =>
  g.initializer(`test/${dims}/${values}`, tensor('float32', dims, values))
const indices = (g: Builder, dims: number[], values: number[]): Value =>
  g.initializer(`test/indices/${dims}/${values}`, tensor('int64', dims, values))

const unary = (op: string, range?: readonly [number, number], attributes = {}): OpCase => ({
  op,
  inputs: [[3, 4]],
  range,
  build: (g, x) => g.op(op, [x!], attributes),
})

const binary = (op: string, range?: readonly [number, number]): OpCase[] =>
  [
    [
      [3, 4],
      [3, 4],
    ],
    [[3, 4], [4]],
    [
      [2, 1, 4],
      [3, 1],
    ],
    [[3, 4], []],
  ].map((inputs) => ({
    op,
    what: inputs.map((dims) => `[${dims}]`).join(' '),
    inputs,
    range,
    build: (g: Builder, a: Value, b: Value) => g.op(op, [a, b]),
  }))

const reductions = (op: string, range?: readonly [number, number]): OpCase[] => [
  {
    op,
    what: 'last axis kept',
    inputs: [[2, 3, 4]],
    range,
    build: (g, x) => g.op(op, [x, g.int64s([-1])], { keepdims: int(1) }),
  },
  {
    op,
    what: 'two axes dropped',
    inputs: [[2, 3, 4]],
    range,
    build: (g, x) => g.op(op, [x, g.int64s([0, 2])], { keepdims: int(0) }),
  },
  { op, what: 'all axes', inputs: [[2, 3]], range, build: (g, x) => g.op(op, [x], { keepdims: int(0) }) },
]

const matmul = (a: number[], b: number[]): OpCase => ({
  op: 'MatMul',
  what: `[${a}]·[${b}]`,
  inputs: [a, b],
  build: (g, x, y) => g.matmul(x!, y!),
})

const gemm = (transA: number, transB: number): OpCase => ({
  op: 'Gemm',
  what: `transA ${transA} transB ${transB}`,
  inputs: [transA ? [4, 3] : [3, 4], transB ? [5, 4] : [4, 5], [5]],
  build: (g, a, b, c) =>
    g.op('Gemm', [a, b, c], { transA: int(transA), transB: int(transB), alpha: float(0.5), beta: float(2) }),
})

const positive = [0.3, 2] as const

export const OP_CASES: readonly OpCase[] = [
  ...binary('Add'),
  ...binary('Sub'),
  ...binary('Mul'),
  ...binary('Div', [0.5, 2]),
  ...binary('Max'),
  ...binary('Min'),
  ...binary('Sum'),
  ...binary('Mean'),
  ...binary('Pow', positive),
  { op: 'Pow', what: 'squared', inputs: [[3, 4]], build: (g, x) => g.op('Pow', [x, g.scalar(2)]) },
  {
    op: 'Pow',
    what: 'to the 2.5',
    inputs: [[3, 4]],
    range: positive,
    build: (g, x) => g.op('Pow', [x, g.scalar(2.5)]),
  },
  ...['Neg', 'Abs', 'Exp', 'Sin', 'Cos', 'Tanh', 'Sigmoid', 'Softplus', 'Erf', 'Relu', 'LeakyRelu', 'Identity'].map(
    (op) => unary(op),
  ),
  unary('Sqrt', positive),
  unary('Reciprocal', positive),
  unary('Log', positive),
  unary('Elu', undefined, { alpha: float(0.7) }),
  { op: 'Clip', inputs: [[3, 4]], build: (g, x) => g.op('Clip', [x, g.scalar(-0.5), g.scalar(0.4)]) },
  {
    op: 'Cast',
    what: 'to float64 and back',
    inputs: [[3, 4]],
    build: (g, x) => g.cast(g.cast(x, 'float64', 11), 'float32', 1),
  },
  {
    op: 'Where',
    inputs: [[3, 4], [4]],
    build: (g, a, b) => g.op('Where', [g.op('Greater', [a, g.scalar(0.1)]), a, b]),
  },
  matmul([3, 4], [4, 5]),
  matmul([2, 3, 4], [4, 5]),
  matmul([2, 3, 4], [2, 4, 5]),
  matmul([2, 1, 3, 4], [3, 4, 5]),
  matmul([4], [4, 5]),
  matmul([2, 3, 4], [4]),
  matmul([4], [4]),
  gemm(0, 0),
  gemm(0, 1),
  gemm(1, 0),
  gemm(1, 1),
  { op: 'Reshape', inputs: [[2, 6]], build: (g, x) => g.reshape(x, [3, -1]) },
  { op: 'Squeeze', inputs: [[2, 1, 3]], build: (g, x) => g.op('Squeeze', [x, g.int64s([1])]) },
  { op: 'Unsqueeze', inputs: [[2, 3]], build: (g, x) => g.unsqueeze(x, [0, -1]) },
  { op: 'Flatten', inputs: [[2, 3, 2]], build: (g, x) => g.op('Flatten', [x], { axis: int(2) }) },
  { op: 'Transpose', inputs: [[2, 3, 4]], build: (g, x) => g.transpose(x, [2, 0, 1]) },
  { op: 'Transpose', what: 'without perm', inputs: [[2, 3, 4]], build: (g, x) => g.op('Transpose', [x]) },
  {
    op: 'Concat',
    inputs: [
      [2, 3],
      [2, 1],
    ],
    build: (g, a, b) => g.concat([a, b, a], 1),
  },
  {
    op: 'Split',
    what: 'one part unused',
    inputs: [[2, 6]],
    build: (g, x) => {
      const parts = g.node('Split', [x, g.int64s([1, 3, 2])], { attributes: { axis: int(1) }, outputs: 3 })
      return g.concat([parts[2]!, parts[0]!], 1)
    },
  },
  {
    op: 'Slice',
    inputs: [[4, 5]],
    build: (g, x) => g.op('Slice', [x, g.int64s([1, -3]), g.int64s([3, 100]), g.int64s([0, 1])]),
  },
  { op: 'Pad', inputs: [[2, 3]], build: (g, x) => g.op('Pad', [x, g.int64s([1, 0, 0, 2]), g.scalar(0.5)]) },
  { op: 'Expand', inputs: [[3, 1]], build: (g, x) => g.op('Expand', [x, g.int64s([2, 3, 4])]) },
  {
    op: 'Gather',
    what: 'rows, one twice',
    inputs: [[5, 3]],
    build: (g, x) => g.op('Gather', [x, indices(g, [2, 2], [0, 3, 3, 4])]),
  },
  {
    op: 'Gather',
    what: 'inner axis',
    inputs: [[2, 5, 3]],
    build: (g, x) => g.op('Gather', [x, indices(g, [2, 2], [0, 3, 3, 4])], { axis: int(1) }),
  },
  {
    op: 'Gather',
    what: 'a scalar index',
    inputs: [[5, 3]],
    build: (g, x) => g.op('Gather', [x, g.scalar(2, 'int64')]),
  },
  {
    op: 'GatherElements',
    inputs: [[3, 4]],
    build: (g, x) => g.op('GatherElements', [x, indices(g, [3, 2], [0, 0, 1, 3, 2, 2])], { axis: int(1) }),
  },
  { op: 'GatherND', inputs: [[3, 4]], build: (g, x) => g.op('GatherND', [x, indices(g, [3, 2], [0, 0, 1, 3, 1, 3])]) },
  {
    op: 'ScatterND',
    what: 'replacing',
    inputs: [
      [4, 2],
      [2, 2],
    ],
    build: (g, x, u) => g.op('ScatterND', [x, indices(g, [2, 1], [0, 3]), u]),
  },
  {
    op: 'ScatterND',
    what: 'adding twice to one row',
    inputs: [
      [4, 2],
      [2, 2],
    ],
    build: (g, x, u) => g.op('ScatterND', [x, indices(g, [2, 1], [3, 3]), u], { reduction: text('add') }),
  },
  ...reductions('ReduceSum'),
  ...reductions('ReduceMean'),
  ...reductions('ReduceSumSquare'),
  ...reductions('ReduceL1'),
  ...reductions('ReduceL2'),
  ...reductions('ReduceLogSumExp'),
  ...reductions('ReduceProd', positive),
  ...reductions('ReduceMax'),
  ...reductions('ReduceMin'),
  { op: 'Softmax', inputs: [[3, 5]], build: (g, x) => g.op('Softmax', [x], { axis: int(-1) }) },
  { op: 'Softmax', what: 'first axis', inputs: [[3, 5]], build: (g, x) => g.op('Softmax', [x], { axis: int(0) }) },
  { op: 'LogSoftmax', inputs: [[3, 5]], build: (g, x) => g.op('LogSoftmax', [x], { axis: int(-1) }) },
  {
    op: 'LayerNormalization',
    inputs: [[3, 6], [6], [6]],
    build: (g, x, s, b) => g.op('LayerNormalization', [x, s, b], { axis: int(-1) }),
  },
  {
    op: 'LayerNormalization',
    what: 'gain 1, no bias',
    inputs: [[3, 6]],
    build: (g, x) => g.op('LayerNormalization', [x, constant(g, [6], [1, 1, 1, 1, 1, 1])]),
  },
  {
    op: 'LayerNormalization',
    what: 'over two axes',
    inputs: [
      [2, 3, 4],
      [3, 4],
    ],
    build: (g, x, s) => g.op('LayerNormalization', [x, s], { axis: int(1) }),
  },
  { op: 'Dropout', what: 'inference', inputs: [[3, 4]], build: (g, x) => g.node('Dropout', [x], { outputs: 1 })[0]! },
]
