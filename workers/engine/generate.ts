/** Text from a language model, byte by byte: the same bytes on every machine in the canonical profile. */

import { Builder } from './graph/builder.ts'
import type { Graph } from './graph/ir.ts'
import { int } from './graph/ir.ts'
import { writeOnnx } from './graph/writeOnnx.ts'
import { splitParameters } from './models/parameters.ts'
import { rng, type Seed } from './rng.ts'
import { openSession, runSession } from './runner/session.ts'
import type { LanguageModel, Ort, OrtSession, Profile } from './types.ts'

/** Distribution of the byte after `text`: one weight a byte. Whoever holds the session may live in another thread. */
export type Predict = (text: readonly number[], temperature: number) => Promise<Float32Array>

export interface WriteOptions {
  /** Bytes to continue; an empty prompt starts after a line break. */
  readonly prompt: Uint8Array
  /** Bytes to write at most. */
  readonly length: number
  readonly seed: Seed
  /** 1 samples from the model's own distribution, less is bolder, 0 always takes the likeliest byte. Default 0.8. */
  readonly temperature?: number
  /** Writing ends behind the first of these; it is the end of what was written. */
  readonly stop?: readonly Uint8Array[]
  /** Aborted, no byte more is computed. */
  readonly signal?: AbortSignal
}

export interface PredictorOptions {
  readonly ort: Ort
  readonly profile: Profile
  readonly model: LanguageModel
}

export interface Predictor {
  /** Predictions of one set of parameters; sets share the session. */
  of(parameters: Float32Array): Predict
  release(): Promise<void>
}

export interface GenerateOptions extends PredictorOptions, WriteOptions {
  readonly parameters: Float32Array
}

/** @returns the new bytes, without the prompt */
export async function generate({ ort, profile, model, parameters, ...options }: GenerateOptions): Promise<Uint8Array> {
  const predictor = createPredictor({ ort, profile, model })
  try {
    const written: number[] = []
    for await (const byte of generateStream(predictor.of(parameters), options)) written.push(byte)
    return Uint8Array.from(written)
  } finally {
    await predictor.release()
  }
}

/**
 * Writes one byte after another. What is written depends on the predictions, prompt, seed and temperature alone.
 * @returns why it ended: one of `stop` was written, or `length` bytes were
 * @throws the signal's reason, and whatever `predict` throws
 */
export async function* generateStream(
  predict: Predict,
  { prompt, length, seed, temperature = 0.8, stop = [], signal }: WriteOptions,
): AsyncGenerator<number, 'stop' | 'length', void> {
  const random = rng(seed, 'generate')
  const text = [...(prompt.length === 0 ? [10] : prompt)]
  const start = text.length
  while (text.length < start + length) {
    signal?.throwIfAborted()
    const probabilities = await predict(text, temperature)
    signal?.throwIfAborted()
    const byte = draw(probabilities, random.uniform())
    text.push(byte)
    yield byte
    if (stop.some((end) => endsWith(text, end, start))) return 'stop'
  }
  return 'length'
}

/** A session for one architecture, opened at the first prediction and kept until `release`. */
export function createPredictor({ ort, profile, model }: PredictorOptions): Predictor {
  let session: Promise<OrtSession> | undefined
  return {
    of: (parameters) => {
      const flat = new ort.Tensor('float32', parameters, [parameters.length])
      return async (text, temperature) => {
        session ??= openSession(ort, profile, writeOnnx(nextByteGraph(model)))
        const recent = text.slice(-model.context)
        const tokens = new Int32Array(model.context)
        tokens.set(recent)
        const out = await runSession(await session, {
          parameters: flat,
          tokens: new ort.Tensor('int32', tokens, [1, model.context]),
          position: new ort.Tensor('int32', Int32Array.of(recent.length - 1), []),
          // Argmax is the limit at 0; so sharp a distribution takes it, and needs no second path.
          temperature: new ort.Tensor('float32', Float32Array.of(Math.max(temperature, 1e-4)), []),
        })
        return out.probabilities.data as Float32Array
      }
    },
    release: async () => {
      await (await session)?.release()
      session = undefined
    },
  }
}

/** Distribution of the byte after `position`. Padding behind it has no influence: attention looks back only. */
function nextByteGraph(model: LanguageModel): Graph {
  const g = new Builder('next-byte')
  const flat = g.input('parameters', 'float32', [model.size])
  const tokens = g.input('tokens', 'int32', [1, model.context])
  const position = g.input('position', 'int32', [])
  const temperature = g.input('temperature', 'float32', [])
  const { logits } = model.infer(g, splitParameters(g, model, flat), { tokens }) // [1,T,V]
  const last = g.op('Gather', [g.reshape(logits, [-1, model.vocab]), position], { axis: int(0) }) // [V]
  g.output(g.op('Softmax', [g.div(last, temperature)], { axis: int(-1) }, 'probabilities'))
  return g.finish()
}

/** The byte at which the running sum passes `share` of the whole. */
function draw(probabilities: Float32Array, share: number): number {
  const total = probabilities.reduce((sum, p) => sum + p, 0)
  let left = share * total
  for (let byte = 0; byte < probabilities.length; byte++) {
    left -= probabilities[byte]
    if (left < 0) return byte
  }
  return probabilities.length - 1
}

/** Whether what stands behind `start` ends with `end`; an empty end never does. */
function endsWith(text: readonly number[], end: Uint8Array, start: number): boolean {
  const from = text.length - end.length
  return end.length > 0 && from >= start && end.every((byte, i) => text[from + i] === byte)
}
