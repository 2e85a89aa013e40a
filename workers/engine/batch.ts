/** Batches from a seed: whoever knows the data and the seed draws the same ones, in any order of steps. */

import { InvalidArgumentError } from '../../chain/lib/errors.ts'
import { rng, type Seed } from './rng.ts'
import type { Batches } from './types.ts'

export interface BatchOptions {
  readonly data: Uint8Array
  readonly seed: Seed
  /** Step within the round, from 0. */
  readonly step: number
  /** Windows a step. */
  readonly batch: number
  readonly context: number
}

/**
 * Windows of `context + 1` bytes at places drawn uniformly, with repetition: inputs and, shifted by one, targets.
 * @returns [batch, context + 1] token numbers   @throws InvalidArgumentError when the data is shorter than a window
 */
export function sampleBatch({ data, seed, step, batch, context }: BatchOptions): Int32Array {
  const width = context + 1
  if (data.length < width)
    throw new InvalidArgumentError({
      what: `The data has ${data.length} bytes; one window needs ${width}.`,
      fix: 'Give more text or a shorter context.',
      data: { field: 'data', have: data.length, need: width },
    })
  const random = rng(seed, `batch/${step}`)
  const out = new Int32Array(batch * width)
  for (let row = 0; row < batch; row++) {
    const start = random.below(data.length - width + 1)
    for (let i = 0; i < width; i++) out[row * width + i] = data[start + i]
  }
  return out
}

/** The batches of `steps` steps from `step` on, stacked as `Trainer.run` takes them. */
export function sampleBatches({ steps, ...options }: BatchOptions & { readonly steps: number }): Batches {
  const size = options.batch * (options.context + 1)
  const tokens = new Int32Array(steps * size)
  for (let i = 0; i < steps; i++) tokens.set(sampleBatch({ ...options, step: options.step + i }), i * size)
  return { tokens }
}
