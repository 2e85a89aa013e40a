/** What an optimizer is to the step graph: a pure builder over flat vectors. */

import type { Builder } from '../graph/builder.ts'
import type { Value } from '../graph/ir.ts'
import type { Model } from '../types.ts'

export interface OptimizerValues {
  readonly parameters: Value
  readonly m: Value
  readonly v: Value
  readonly counters: Value
}

export interface Optimizer {
  /** Kind and options in one line, as a task's spec hashes it. */
  readonly id: string
  /** Lengths of the state's components beside the parameters, for a model of `size` parameters. */
  lengths(size: number): { readonly m: number; readonly v: number; readonly counters: number }
  /** Adds one step to `g`. All vectors are flat; `lr` is a scalar. */
  step(g: Builder, model: Model, state: OptimizerValues, gradient: Value, lr: Value): OptimizerValues
}
