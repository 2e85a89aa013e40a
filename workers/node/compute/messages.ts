/** Messages between the daemon and its compute thread. */
import type { GptConfig } from '../../engine/index.ts'
import type { StepState, TaskDocument } from '../../proof/index.ts'

export type Job =
  | { kind: 'runtime' }
  | { kind: 'open'; task: string; document: TaskDocument; data: Uint8Array }
  | { kind: 'run'; task: string; round: number; seed: string; state: StepState; from: number; count: number }
  | { kind: 'score'; task: string; parameters: Float32Array; bytes: Uint8Array }
  | { kind: 'hold'; checkpoint: string; config: GptConfig; parameters: Float32Array }
  | { kind: 'drop'; checkpoint: string }
  | { kind: 'predict'; checkpoint: string; text: readonly number[]; temperature: number }

export interface Request {
  readonly id: number
  readonly job: Job
}

export type Reply = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string }
