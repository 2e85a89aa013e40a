/** Recomputes answers of servers in a thread of its own, one at a time, with parameters that the chain names. */
import { Worker } from 'node:worker_threads'
import type { AnswerRecord, GptConfig, Replay } from '../../engine/index.ts'

export interface KnownParameters {
  readonly config: GptConfig
  readonly parameters: Float32Array
}

export interface ReplayJob extends KnownParameters {
  readonly record: AnswerRecord
  readonly prompt: string
}

export interface ReplayerOptions {
  /** Parameters of a task's round from a source that is not the server; null where this gateway has none. */
  readonly checkpointOf: (task: string, round: number) => Promise<KnownParameters | null>
  readonly signal: AbortSignal
}

/**
 * What `AnswersOptions.audit` takes. A record that comes while another is recomputed is let pass: audits are a sample.
 * PERF: half a second to start the runtime, then as dear as the answer itself, beside the gateway's own thread.
 */
export function replayer({ checkpointOf, signal }: ReplayerOptions) {
  let isBusy = false
  return async (record: AnswerRecord, prompt: string): Promise<boolean | null> => {
    if (isBusy || signal.aborted) return null
    isBusy = true
    try {
      const known = await checkpointOf(record.task, record.round)
      if (known === null) return null
      const { ok, faults } = await replayInThread({ ...known, record, prompt }, signal)
      return faults.includes('runtime') ? null : ok
    } finally {
      isBusy = false
    }
  }
}

/** @throws Error when the thread ends without a result, the signal's reason */
function replayInThread(job: ReplayJob, signal: AbortSignal): Promise<Replay> {
  const worker = new Worker(new URL('./replayThread.ts', import.meta.url), {
    workerData: job,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
  })
  const ended = new AbortController()
  return new Promise<Replay>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the thread ended with code ${code}`)))
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: ended.signal })
  }).finally(() => {
    ended.abort()
    return worker.terminate()
  })
}
