/** What the daemon asks of its compute thread. The thread holds the ONNX sessions; the daemon stays free to answer. */
import type { GptConfig, Predict } from '../../engine/index.ts'
import type { StepState, TaskDocument } from '../../proof/index.ts'

export interface Compute {
  readonly runtime: { readonly version: string; readonly wasmSha256: string | null }
  /** Length of the optimizer's counters component. */
  readonly counters: number
  /** Makes a task's model and data known to the thread. */
  open(task: string, document: TaskDocument, data: Uint8Array): Promise<void>
  /**
   * Runs steps `from … from + count − 1` of one worker's round.
   * @param round gives the place in the task's learning-rate schedule
   * @param seed the worker's batch seed, hex
   */
  run(job: {
    task: string
    round: number
    seed: string
    state: StepState
    from: number
    count: number
  }): Promise<{ state: StepState; losses: Float32Array }>
  /** Loss on `bytes`: whole microbits per byte, rounded down. */
  score(job: { task: string; parameters: Float32Array; bytes: Uint8Array }): Promise<number>
  /** Makes a model's parameters known to the thread, which writes with them until they are dropped. */
  hold(checkpoint: string, config: GptConfig, parameters: Float32Array): Promise<void>
  drop(checkpoint: string): Promise<void>
  /** One byte a job: training and several answers take turns. @throws ComputeError for a checkpoint not held */
  predict(checkpoint: string, ...next: Parameters<Predict>): ReturnType<Predict>
  close(): Promise<void>
}
