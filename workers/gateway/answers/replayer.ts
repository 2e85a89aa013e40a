/** Recomputes answers here, one at a time: what `AnswersOptions.audit` takes. */
import { utf8ToBytes } from '../../../chain/lib/bytes.ts'
import { type AnswerRecord, type GptConfig, gpt, type Runtime, replayAnswer } from '../../engine/index.ts'

export interface ReplayerOptions {
  readonly runtime: () => Promise<Runtime>
  /** Parameters of a task's round from a source that is not the server; null where this gateway has none. */
  readonly checkpointOf: (
    task: string,
    round: number,
  ) => Promise<{ config: GptConfig; parameters: Float32Array } | null>
  readonly signal: AbortSignal
}

/** PERF: as dear as the answer itself, on this thread, a byte (1–2 ms at the demonstration's size) at a time. */
export function replayer({ runtime, checkpointOf, signal }: ReplayerOptions) {
  let isBusy = false
  return async (record: AnswerRecord, prompt: string): Promise<boolean | null> => {
    if (isBusy) return null
    isBusy = true
    try {
      const checkpoint = await checkpointOf(record.task, record.round)
      if (checkpoint === null) return null
      const known = { runtime: await runtime(), model: gpt(checkpoint.config), parameters: checkpoint.parameters }
      const { ok, faults } = await replayAnswer(record, utf8ToBytes(prompt), known, { signal })
      return faults.includes('runtime') ? null : ok
    } finally {
      isBusy = false
    }
  }
}
