/** Writing a recorded answer again: the same bytes, or the record is false. Runs in Node and in browsers. */

import { utf8ToBytes } from '../../chain/lib/bytes.ts'
import { type AnswerRecord, hashBytes, isSigned, watchPredictions } from './answerRecord.ts'
import { createPredictor, generateStream } from './generate.ts'
import type { LanguageModel, Runtime } from './types.ts'

/**
 * What of a record is not so. `runtime`: this machine runs another one, so that nothing can be said about the rest.
 * `predictions`: computed with other parameters, also where the same bytes were drawn.
 */
export type RecordFault = 'signature' | 'key' | 'prompt' | 'model' | 'runtime' | 'tokens' | 'predictions'

export interface Replay {
  readonly ok: boolean
  readonly faults: readonly RecordFault[]
  /** The bytes that these parameters do write; null where they were not computed. */
  readonly tokens: Uint8Array | null
}

/** Parameters from a source that is not the server: a task's round as the chain gives it. */
export interface KnownCheckpoint {
  readonly runtime: Runtime
  readonly model: LanguageModel
  readonly parameters: Float32Array
}

/**
 * Checks a record by recomputation in the canonical profile.
 * @param publicKey the key that the chain names for the record's account; absent, any key will do
 */
export async function replayAnswer(
  record: AnswerRecord,
  prompt: Uint8Array,
  { runtime, model, parameters }: KnownCheckpoint,
  { publicKey, signal }: { publicKey?: string; signal?: AbortSignal } = {},
): Promise<Replay> {
  const faults: RecordFault[] = []
  if (!isSigned(record)) faults.push('signature')
  if (publicKey !== undefined && publicKey !== record.publicKey) faults.push('key')
  if (hashBytes(prompt) !== record.promptHash || prompt.length !== record.promptTokens) faults.push('prompt')
  const raw = new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength)
  if (hashBytes(raw) !== record.modelSha256) faults.push('model')
  if (runtime.wasmSha256 !== record.runtime) faults.push('runtime')
  if (faults.includes('prompt') || faults.includes('runtime')) return { ok: false, faults, tokens: null }

  const predictor = createPredictor({ ort: runtime.ort, profile: runtime.profile, model })
  try {
    const written: number[] = []
    const { predict, digest } = watchPredictions(predictor.of(parameters))
    const stream = generateStream(predict, {
      prompt,
      length: record.finish === 'time' ? Math.min(record.tokens, record.maxTokens) : record.maxTokens,
      seed: record.seed,
      temperature: record.temperature,
      stop: record.stop.map(utf8ToBytes),
      signal,
    })
    let step = await stream.next()
    while (!step.done) {
      written.push(step.value)
      step = await stream.next()
    }
    const tokens = Uint8Array.from(written)
    const finish = record.finish === 'time' ? 'time' : step.value
    const same = hashBytes(tokens) === record.tokensHash && tokens.length === record.tokens && finish === record.finish
    if (!same) faults.push('tokens')
    if (digest() !== record.predictionsHash) faults.push('predictions')
    return { ok: faults.length === 0, faults, tokens }
  } finally {
    await predictor.release()
  }
}
