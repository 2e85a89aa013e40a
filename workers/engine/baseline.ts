/**
 * What counting alone achieves on the same held-out bytes: n-gram models with additive smoothing.
 * Source: Chen and Goodman 1996, "An empirical study of smoothing techniques", §2.1 (Lidstone).
 */

import { log2 } from './log2.ts'

/** Added to each count. Small, because most contexts follow few bytes: 0.01 scored best of 1, 0.1, 0.01, 0.001 for bigrams. */
export const SMOOTHING = 0.01

export interface NgramBaselines {
  /** Bits per byte over all held-out bytes but the first, which is what `evaluate` scores. */
  readonly unigram: number
  readonly bigram: number
  readonly trigram: number
}

/**
 * p(b | c) = (count(c b) + δ) / (count(c) + 256 δ), counted on `train`, with c the 0, 1 or 2 bytes before b.
 * The held-out text is one sequence: contexts run on across the model's windows, which favours the baselines. Its second
 * byte has only one byte before it, so the trigram model scores it as a bigram.
 */
export function ngramBaselines(train: Uint8Array, heldOut: Uint8Array, smoothing = SMOOTHING): NgramBaselines {
  return {
    unigram: bitsPerByte(train, heldOut, 0, smoothing),
    bigram: bitsPerByte(train, heldOut, 1, smoothing),
    trigram: bitsPerByte(train, heldOut, 2, smoothing),
  }
}

function bitsPerByte(train: Uint8Array, heldOut: Uint8Array, order: 0 | 1 | 2, smoothing: number): number {
  const counts = new Uint32Array(256 ** (order + 1))
  const mask = 256 ** (order + 1) - 1
  let index = 0
  train.forEach((byte, i) => {
    index = ((index << 8) | byte) & mask
    if (i >= order) counts[index]++
  })
  const totals = new Uint32Array(256 ** order)
  for (let i = 0; i < counts.length; i++) totals[i >> 8] += counts[i]
  let bits = 0
  for (let i = 1; i < heldOut.length; i++) {
    if (i < order) {
      bits += bitsPerByte(train, heldOut.subarray(0, 2), 1, smoothing)
      continue
    }
    const context = order === 0 ? 0 : order === 1 ? heldOut[i - 1] : (heldOut[i - 2] << 8) | heldOut[i - 1]
    bits -= log2((counts[context * 256 + heldOut[i]] + smoothing) / (totals[context] + 256 * smoothing))
  }
  return bits / (heldOut.length - 1)
}
