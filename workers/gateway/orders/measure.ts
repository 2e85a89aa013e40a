/** Starts a thread that measures a model on opened test text, so that the gateway goes on answering. */
import { Worker } from 'node:worker_threads'
import type { GptConfig } from '../../engine/index.ts'
import { MeasureError } from './errors.ts'

export interface MeasureJob {
  readonly config: GptConfig
  /** Parameters and the text that they are scored on. */
  readonly points: readonly { readonly parameters: Float32Array; readonly text: Uint8Array }[]
  readonly training: Uint8Array
  /** All opened texts, in order: what counting alone is measured on. */
  readonly heldOut: Uint8Array
}

/** All in bits per byte. */
export interface Measured {
  readonly bitsPerByte: readonly number[]
  readonly unigram: number
  readonly bigram: number
  readonly trigram: number
}

export type Measure = (job: MeasureJob, signal?: AbortSignal) => Promise<Measured>

/** One thread a job: it holds a runtime that is not needed again for long. @throws MeasureError */
export const measureInThread: Measure = (job, signal) => {
  const worker = new Worker(new URL('./measureThread.ts', import.meta.url), {
    workerData: job,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
  })
  return new Promise<Measured>((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(
        new MeasureError({
          what: `The model was not measured: ${cause instanceof Error ? cause.message : String(cause)}.`,
          fix: 'It is tried again when somebody asks for it.',
          cause,
        }),
      )
    worker.once('message', resolve)
    worker.once('error', fail)
    worker.once('exit', (code) => fail(`the thread ended with code ${code}`))
    signal?.addEventListener('abort', () => fail(signal.reason), { once: true })
  }).finally(() => worker.terminate())
}
