/** A classifier of fully connected layers. Shapes: B batch · I inputs · K classes */

import type { Builder } from '../graph/builder.ts'
import type { Value } from '../graph/ir.ts'
import type { Model, Parameters } from '../types.ts'
import { layOut, totalSize } from './parameters.ts'

export interface MlpConfig {
  /** Sizes from input to classes, such as [784, 128, 10]. */
  readonly sizes: readonly number[]
}

export function mlp({ sizes }: MlpConfig): Model {
  const parameters = layOut(
    sizes.slice(1).flatMap((to, i) => [
      // He et al. 2015, arxiv.org/abs/1502.01852: a ReLU halves the variance, so the weights double it.
      { name: `layer${i}/weight`, dims: [sizes[i], to], std: Math.sqrt(2 / sizes[i]) },
      { name: `layer${i}/bias`, dims: [to], std: 0 },
    ]),
  )
  const layers = sizes.length - 1
  return {
    id: `mlp{sizes:${sizes.join('-')}}`,
    parameters,
    size: totalSize(parameters),
    batchInputs: (batch) => [
      { name: 'x', dtype: 'float32', dims: [batch, sizes[0]] },
      { name: 'y', dtype: 'int32', dims: [batch] },
    ],
    losses: (g, p, { x, y }) => g.crossEntropy(logits(g, p, layers, x), y), // [B]
    inferenceInputs: () => [{ name: 'x', dtype: 'float32', dims: ['batch', sizes[0]] }],
    infer: (g, p, { x }) => ({ logits: logits(g, p, layers, x) }),
  }
}

/** [B,I] → [B,K] */
function logits(g: Builder, p: Parameters, layers: number, x: Value): Value {
  for (let i = 0; i < layers; i++) {
    x = g.gemm(x, p(`layer${i}/weight`), p(`layer${i}/bias`))
    if (i < layers - 1) x = g.op('Relu', [x])
  }
  return x
}
