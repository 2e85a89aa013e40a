/** A GPT small enough to train in milliseconds, its data, and what tests compare. */

import { createHash } from 'node:crypto'
import {
  adamw,
  type Batches,
  gpt,
  initialState,
  rng,
  sampleBatches,
  type TrainState,
} from '../../../../workers/engine/index.ts'

export const tiny = gpt({ vocab: 256, layers: 2, width: 16, heads: 2, context: 8 })
export const BATCH = 4

/** Bytes with structure to learn: words from a small list. */
export function words(seed: string, length: number): Uint8Array {
  const random = rng(seed, 'words')
  const list = ['alpha ', 'beta ', 'gamma ', 'delta\n']
  let text = ''
  while (text.length < length) text += list[random.below(list.length)]
  return new TextEncoder().encode(text.slice(0, length))
}

export const tinyBatches = (steps: number, first = 0): Batches =>
  sampleBatches({ data: words('01', 2000), seed: '02', step: first, steps, batch: BATCH, context: 8 })

export const tinyState = (): TrainState => initialState(tiny, adamw(), '03')

export const sha256 = (data: Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex')

export const digests = ({ parameters, m, v, counters }: TrainState): string[] =>
  [parameters, m, v, counters].map(sha256)
