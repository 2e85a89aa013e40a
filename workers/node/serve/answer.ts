/** Writes one answer: a line for each byte, then the signed record of all of it. */
import { bytesToBase64, utf8ToBytes } from '../../../chain/lib/bytes.ts'
import {
  type AnswerRecord,
  type GptConfig,
  generateStream,
  hashBytes,
  type Predict,
  signRecord,
  watchPredictions,
} from '../../engine/index.ts'
import type { NodeKey } from '../keyFile.ts'
import type { AnswerRequest } from './request.ts'

/** Parameters that this server writes with. */
export interface Checkpoint {
  /** CIDv1 of the raw little-endian float32 parameters as one block: their SHA-256 in another form. */
  readonly cid: string
  /** CID of the same bytes as a file in blocks, which this node serves to peers. */
  readonly file: string
  readonly sha256: string
  readonly task: string
  /** Settled rounds behind these parameters. */
  readonly round: number
  readonly config: GptConfig
  /** Number of parameters. */
  readonly size: number
  /** When this server had it, ms. */
  readonly since: number
}

/** Lines of an answer, one JSON object each. Every answer begins with `model` and ends with `record` or `error`. */
export type AnswerLine =
  | { readonly model: string; readonly task: string; readonly round: number }
  | { readonly token: string }
  | { readonly record: AnswerRecord }
  | { readonly error: { readonly code: string; readonly what: string; readonly fix: string } }

export interface AnswerContext {
  readonly checkpoint: Checkpoint
  readonly predict: Predict
  readonly key: NodeKey
  /** SHA-256 of the runtime's WASM. */
  readonly runtime: string | null
  /** Longest time from the first byte, ms. */
  readonly answerMs: number
  readonly now: () => number
  /** Aborted when nobody listens any more: no byte more is computed. */
  readonly signal: AbortSignal
}

/** @throws the signal's reason, ComputeError */
export async function* answerLines(
  { prompt, seed, maxTokens, temperature, stop }: AnswerRequest,
  { checkpoint, predict, key, runtime, answerMs, now, signal }: AnswerContext,
): AsyncGenerator<AnswerLine, void, void> {
  const { cid, sha256, task, round } = checkpoint
  yield { model: cid, task, round }
  const bytes = utf8ToBytes(prompt)
  const until = now() + answerMs
  const written: number[] = []
  const watched = watchPredictions(predict)
  const stream = generateStream(watched.predict, {
    prompt: bytes,
    length: maxTokens,
    seed,
    temperature,
    stop: stop.map(utf8ToBytes),
    signal,
  })
  let finish: AnswerRecord['finish'] = 'time'
  for (;;) {
    const step = await stream.next()
    if (step.done) {
      finish = step.value
      break
    }
    written.push(step.value)
    yield { token: bytesToBase64(Uint8Array.of(step.value)) }
    if (now() >= until && written.length < maxTokens) break
  }
  yield {
    record: signRecord(
      {
        schema: 'blyan.answer/1',
        model: cid,
        modelSha256: sha256,
        task,
        round,
        runtime,
        seed,
        temperature,
        maxTokens,
        stop: [...stop],
        promptHash: hashBytes(bytes),
        promptTokens: bytes.length,
        tokensHash: hashBytes(Uint8Array.from(written)),
        tokens: written.length,
        predictionsHash: watched.digest(),
        finish,
        account: key.accountId,
        at: now(),
      },
      key,
    ),
  }
}
