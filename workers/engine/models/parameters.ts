/** The flat parameter vector: where each tensor lies in it, and its seeded first values. */

import { ShapeError } from '../errors.ts'
import type { Builder } from '../graph/builder.ts'
import type { Value } from '../graph/ir.ts'
import { rng, type Seed } from '../rng.ts'
import type { Model, ParameterSpec, Parameters } from '../types.ts'

export interface ParameterShape {
  readonly name: string
  readonly dims: readonly number[]
  /** Standard deviation of the first values; 0 for zeros. */
  readonly std: number
}

/** Lays parameters one after another. Matrices decay, vectors do not. */
export function layOut(shapes: readonly ParameterShape[]): readonly ParameterSpec[] {
  let offset = 0
  return shapes.map(({ name, dims, std }) => {
    const size = dims.reduce((a, b) => a * b, 1)
    const spec = { name, dims, offset, size, std, decay: dims.length > 1 }
    offset += size
    return spec
  })
}

export const totalSize = (parameters: readonly ParameterSpec[]): number =>
  parameters.reduce((sum, { size }) => sum + size, 0)

/** First values: each tensor from its own stream `init/<name>`, so that a new tensor moves no other. */
export function initialParameters(model: Model, seed: Seed): Float32Array {
  const out = new Float32Array(model.size)
  for (const { name, offset, size, std } of model.parameters) {
    if (std === 0) continue
    const random = rng(seed, `init/${name}`)
    for (let i = 0; i < size; i++) out[offset + i] = random.normal() * std
  }
  return out
}

/** Cuts a flat vector in the graph into the model's tensors. */
export function splitParameters(g: Builder, model: Model, flat: Value): Parameters {
  const sizes = g.int64s(model.parameters.map(({ size }) => size))
  const parts = g.node('Split', [flat, sizes], { name: 'parameters/split', outputs: model.parameters.length })
  return lookup(
    model.parameters.map(({ name, dims }, i) => [name, dims.length === 1 ? parts[i] : g.reshape(parts[i], dims, name)]),
  )
}

/** The model's tensors as initializers, so that a file carries its weights. Values are copied when the file is written. */
export function constantParameters(g: Builder, model: Model, flat: Float32Array): Parameters {
  return lookup(
    model.parameters.map(({ name, dims, offset, size }) => [
      name,
      g.initializer(name, { dtype: 'float32', dims, data: flat.subarray(offset, offset + size) }),
    ]),
  )
}

function lookup(entries: readonly [string, Value][]): Parameters {
  const values = new Map(entries)
  return (name) => {
    const value = values.get(name)
    if (value === undefined)
      throw new ShapeError({
        what: `The model has no parameter ${name}.`,
        fix: 'List it in `parameters`.',
        data: { name },
      })
    return value
  }
}
