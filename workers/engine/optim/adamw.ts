/** AdamW as ONNX nodes over flat vectors. Source: Loshchilov and Hutter 2019, arxiv.org/abs/1711.05101, algorithm 2. */

import type { Builder } from '../graph/builder.ts'
import type { Value } from '../graph/ir.ts'
import type { Model } from '../types.ts'
import type { Optimizer } from './types.ts'

export interface AdamWOptions {
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
  readonly weightDecay?: number
}

/**
 * With gradient g, rate η and decay λ (matrices only):
 *
 *     m ← β₁m + (1 − β₁)g        c₁ ← β₁c₁ + (1 − β₁)
 *     v ← β₂v + (1 − β₂)g²       c₂ ← β₂c₂ + (1 − β₂)
 *     θ ← θ − η·( (m / c₁) / (√(v / c₂) + ε) + λθ )
 *
 * c₁ and c₂ are the bias corrections 1 − βᵗ as recursions from 0: no power function, and a zeroed state is a fresh start.
 * Counters are [t, c₁, c₂].
 */
export function adamw({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0.01,
}: AdamWOptions = {}): Optimizer {
  return {
    id: `adamw{beta1:${beta1},beta2:${beta2},epsilon:${epsilon},weightDecay:${weightDecay}}`,
    lengths: (size) => ({ m: size, v: size, counters: 3 }),
    step: (g, model, state, gradient, lr) =>
      g.scope('adamw', () => {
        const { parameters, counters } = state
        const next = g.add(
          g.mul(counters, vector(g, 'keep', [1, beta1, beta2])),
          vector(g, 'gain', [1, 1 - beta1, 1 - beta2]),
        )
        const [, c1, c2] = g.node('Split', [next, g.int64s([1, 1, 1])], { outputs: 3 })
        const m = g.add(g.mul(state.m, beta1), g.mul(gradient, 1 - beta1))
        const v = g.add(g.mul(state.v, beta2), g.mul(g.mul(gradient, gradient), 1 - beta2))
        const direction = g.div(g.div(m, c1), g.add(g.op('Sqrt', [g.div(v, c2)]), epsilon))
        const step =
          weightDecay === 0 ? direction : g.add(direction, g.mul(parameters, decayMask(g, model, weightDecay)))
        return { parameters: g.op('Sub', [parameters, g.mul(step, lr)]), m, v, counters: next }
      }),
  }
}

const vector = (g: Builder, name: string, values: readonly number[]): Value =>
  g.initializer(`const/adamw/${name}`, { dtype: 'float32', dims: [values.length], data: Float32Array.from(values) })

/** λ at each element that decays, 0 elsewhere: built from one number per tensor, so that the file stays small. */
function decayMask(g: Builder, model: Model, weightDecay: number): Value {
  const parts = model.parameters.map(({ decay, size }) =>
    g.op('Expand', [g.scalar(decay ? weightDecay : 0), g.int64s([size])]),
  )
  return g.concat(parts, 0, 'decay')
}
