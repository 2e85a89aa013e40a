/** Scores a language model on held-out bytes, so that everyone who recomputes in the canonical profile gets the same integer. */

import { InvalidArgumentError } from '../../chain/lib/errors.ts'
import { Builder } from './graph/builder.ts'
import type { Graph } from './graph/ir.ts'
import { writeOnnx } from './graph/writeOnnx.ts'
import { splitParameters } from './models/parameters.ts'
import { openSession, runSession } from './runner/session.ts'
import type { LanguageModel, Ort, OrtSession, Profile, Score } from './types.ts'

export const LN2 = Math.LN2

/** Windows a session run; fixed, because kernels may round differently for another number of rows. */
const ROWS = 16

export interface EvaluatorOptions {
  readonly ort: Ort
  readonly profile: Profile
  readonly model: LanguageModel
}

export interface Evaluator {
  /** @throws InvalidArgumentError when there are fewer than 2 bytes or the parameters' length is wrong */
  score(parameters: Float32Array, bytes: Uint8Array): Promise<Score>
  release(): Promise<void>
}

/**
 * Scores every byte but the first, each once. The text is cut into windows of `context` bytes that do not overlap: window w
 * predicts bytes w·T + 1 … w·T + T from bytes w·T … of the same window alone, so the first target of a window has one byte
 * of context. The last window is padded with zeros whose losses are dropped. The session opens at the first score.
 */
export function createEvaluator({ ort, profile, model }: EvaluatorOptions): Evaluator {
  let session: Promise<OrtSession> | undefined
  return {
    score: async (parameters, bytes) => {
      check(model, parameters, bytes)
      session ??= openSession(ort, profile, writeOnnx(lossGraph(model)))
      const opened = await session
      const flat = new ort.Tensor('float32', parameters, [parameters.length])
      const [T, count] = [model.context, bytes.length - 1]
      let nats = 0
      for (let first = 0; first < count; first += ROWS * T) {
        const tokens = new ort.Tensor('int32', windows(bytes, first, T), [ROWS, T + 1])
        const losses = (await runSession(opened, { parameters: flat, tokens })).losses.data as Float32Array
        const scored = Math.min(ROWS * T, count - first)
        for (let i = 0; i < scored; i++) nats += losses[i]
      }
      return toScore(nats, count)
    },
    release: async () => {
      await (await session)?.release()
      session = undefined
    },
  }
}

/** One score with a session of its own. */
export async function evaluate(
  options: EvaluatorOptions & { readonly parameters: Float32Array; readonly bytes: Uint8Array },
): Promise<Score> {
  const evaluator = createEvaluator(options)
  try {
    return await evaluator.score(options.parameters, options.bytes)
  } finally {
    await evaluator.release()
  }
}

/** A sum of nats as bits per byte and as the protocol's integer. */
export function toScore(nats: number, count: number): Score {
  const bitsPerByte = nats / LN2 / count
  return { nats, count, bitsPerByte, microbits: Math.floor((nats * 1e6) / LN2 / count) }
}

/** What a delta brought, in microbits per byte: the difference of two floored scores, so that gains add up. */
export const gainMicrobits = (before: Score, after: Score): number => before.microbits - after.microbits

function lossGraph(model: LanguageModel): Graph {
  const g = new Builder('losses')
  const flat = g.input('parameters', 'float32', [model.size])
  const inputs = Object.fromEntries(
    model.batchInputs(ROWS).map(({ name, dtype, dims }) => [name, g.input(name, dtype, dims)]),
  )
  const losses = model.losses(g, splitParameters(g, model, flat), inputs)
  g.output(g.op('Identity', [losses], {}, 'losses'))
  return g.finish()
}

/** ROWS windows from byte `first` on, each with its T targets' bytes; zeros past the end. */
function windows(bytes: Uint8Array, first: number, T: number): Int32Array {
  const out = new Int32Array(ROWS * (T + 1))
  for (let row = 0; row < ROWS; row++)
    for (let i = 0; i <= T; i++) out[row * (T + 1) + i] = bytes[first + row * T + i] ?? 0
  return out
}

function check(model: LanguageModel, parameters: Float32Array, bytes: Uint8Array): void {
  if (parameters.length !== model.size)
    throw new InvalidArgumentError({
      what: `The model has ${model.size} parameters; got ${parameters.length}.`,
      fix: 'Use parameters of this model.',
      data: { field: 'parameters', have: parameters.length, need: model.size },
    })
  if (bytes.length < 2)
    throw new InvalidArgumentError({
      what: `Scoring needs at least 2 bytes; got ${bytes.length}.`,
      fix: 'Give more held-out text.',
      data: { field: 'bytes', have: bytes.length, need: 2 },
    })
}
