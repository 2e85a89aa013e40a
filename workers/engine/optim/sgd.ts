/** Stochastic gradient descent with momentum. Source: Sutskever et al. 2013, ICML; PyTorch's form, without dampening. */

import type { Optimizer } from './types.ts'

export interface SgdOptions {
  readonly momentum?: number
}

/**
 * With gradient g and rate η:  m ← μm + g,  θ ← θ − ηm.  `v` is empty; counters are [t].
 */
export function sgd({ momentum = 0.9 }: SgdOptions = {}): Optimizer {
  return {
    id: `sgd{momentum:${momentum}}`,
    lengths: (size) => ({ m: size, v: 0, counters: 1 }),
    step: (g, _model, { parameters, m, v, counters }, gradient, lr) =>
      g.scope('sgd', () => {
        const velocity = g.add(g.mul(m, momentum), gradient)
        return {
          parameters: g.op('Sub', [parameters, g.mul(velocity, lr)]),
          m: velocity,
          v,
          counters: g.add(counters, 1),
        }
      }),
  }
}
