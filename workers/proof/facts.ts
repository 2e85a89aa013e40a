/** What the chain says of one submission, read off its views: the ground on which an audit stands. */
import type { Components } from '../../chain/client/protocol.ts'
import type { SubmissionFacts } from './audit.ts'

/** A trainer's seat as the market shows it. */
export interface SeatFacts {
  readonly account: string
  readonly last_final: { readonly components: Components } | null
  readonly delta: string | null
  readonly chunk_root: string | null
  readonly boundary_root: string | null
  readonly final: Components | null
  readonly manifest: string | null
}

/**
 * What the chain says of a submission that was revealed, as an audit needs it.
 * @param baseHash of the merge with which the round starts, as this machine computed it
 */
export function factsOf(
  task: { readonly id: string; readonly spec: { readonly zero: Omit<Components, 'parameters'> } },
  round: { readonly round: number },
  trainer: SeatFacts,
  baseHash: string,
): SubmissionFacts {
  const carried = trainer.last_final?.components ?? { ...task.spec.zero }
  return {
    task: task.id,
    round: round.round,
    account: trainer.account,
    delta: trainer.delta!,
    chunkRoot: trainer.chunk_root!,
    boundaryRoot: trainer.boundary_root!,
    final: trainer.final!,
    manifest: trainer.manifest,
    expectedStart: {
      m: carried.m,
      v: carried.v,
      counters: carried.counters,
      residual: carried.residual,
      parameters: baseHash,
    },
  }
}
