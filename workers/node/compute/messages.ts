/** Messages between the daemon and its compute thread. */
import type { StepState, TaskDocument } from '../../proof/index.ts'

export type Job =
  | { kind: 'runtime' }
  | { kind: 'open'; task: string; document: TaskDocument; data: Uint8Array }
  | { kind: 'run'; task: string; round: number; seed: string; state: StepState; from: number; count: number }
  | { kind: 'score'; task: string; parameters: Float32Array; bytes: Uint8Array }

export interface Request {
  readonly id: number
  readonly job: Job
}

export type Reply = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string }
