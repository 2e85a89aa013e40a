/** What the engine knows about one operator: the shape of its outputs and, beside it, the rule of its gradient. */

import type { Builder } from '../graph/builder.ts'
import type { Attributes, Dim, DType, Value } from '../graph/ir.ts'
import type { Attrs } from './attrs.ts'

export type Family = 'elementwise' | 'linalg' | 'movement' | 'indexing' | 'reduction' | 'conv' | 'utility'

export interface OutputType {
  readonly dtype: DType
  readonly dims: readonly Dim[]
  /** The output's elements where it is a small integer tensor that the rule can tell while building. */
  readonly content?: readonly Dim[]
}

export interface InferContext {
  readonly op: string
  /** Left-out optional inputs are undefined. */
  readonly inputs: readonly (Value | undefined)[]
  readonly outputCount: number
  readonly attrs: Attrs
}

export interface GradientContext {
  /** Adds the backward nodes. */
  readonly g: Builder
  readonly op: string
  readonly inputs: readonly (Value | undefined)[]
  readonly outputs: readonly Value[]
  readonly attrs: Attrs
  readonly attributes: Attributes
  /** Gradient of each output; undefined where nothing depends on it. */
  readonly grads: readonly (Value | undefined)[]
  /** Gradient of output 0 (present for every operator of one output). */
  readonly dy: Value
  /** Whether somebody needs the gradient of input i. */
  needs(i: number): boolean
  /** Output i of the forward node, added to it if it was left out. */
  output(i: number): Value
}

export interface OpRule {
  readonly family: Family
  /** Types and shapes of the outputs. @throws ShapeError */
  infer(ctx: InferContext): readonly OutputType[]
  /** Gradient of each input, null where it has none; left out: piecewise constant or an integer operator. */
  readonly gradient?: (ctx: GradientContext) => readonly (Value | null | undefined)[]
  /** Why there is no gradient although one might expect it. */
  readonly note?: string
}

export type OpTable = Readonly<Record<string, OpRule>>
