/** Rows of the index about tasks, as the interface shows them. */
import type { z } from 'zod'
import type { disputeLine, submissionLine, taskSummary } from '../../../chain/client/gateway/index.ts'
import {
  isRoundPhase,
  type RoundFigures,
  type SeatFigures,
  shownTaskPhase,
  taskSentence,
} from '../../../chain/client/words/index.ts'
import type * as table from '../database/schema/chain.ts'

export type TaskRow = typeof table.tasks.$inferSelect
export type RoundRow = typeof table.rounds.$inferSelect
export type SubmissionRow = typeof table.submissions.$inferSelect
export type VerdictRow = typeof table.verdicts.$inferSelect
export type DisputeRow = typeof table.disputes.$inferSelect

/** @param validators of the round with what they did so far  @param now ms */
export function roundFigures(
  round: RoundRow,
  submissions: readonly Pick<SubmissionRow, 'account' | 'state'>[],
  validators: readonly SeatFigures[],
  disputes: number,
): RoundFigures | null {
  const { phase, phaseAt, deadline } = round
  if (!isRoundPhase(phase)) return null
  return { round: round.round, phase, phaseAt, deadline, trainers: submissions, validators, disputes }
}

export function toTaskSummary(task: TaskRow, round: RoundFigures | null, now: number): z.input<typeof taskSummary> {
  const id = String(task.id)
  return {
    id,
    requester: task.requester,
    state: task.state as z.input<typeof taskSummary>['state'],
    reason: task.reason,
    sentence: taskSentence({ ...task, id }, round, now),
    phase: shownTaskPhase(task, round?.phase ?? null),
    createdAt: task.createdAt,
    round: task.round,
    rounds: task.rounds,
    roundsSettled: task.roundsSettled,
    workers: task.workers,
    certainty: task.certainty,
    smallPool: task.smallPool,
    bountyAtto: `${task.bounty}`,
    paidAtto: `${task.basePay + task.bonus + task.validatorsPay + task.jury + task.cranks}`,
    returnedAtto: `${task.returned}`,
    escrowAtto: `${task.escrow}`,
    vested: task.vested,
    vestAt: task.vestAt,
  }
}

/** Where a bounty went, by the contract's own names. */
export const spentOf = (task: TaskRow): Record<string, bigint> => ({
  base_pay: task.basePay,
  bonus: task.bonus,
  validators: task.validatorsPay,
  jury: task.jury,
  cranks: task.cranks,
  burned: task.burned,
  treasury: task.treasury,
})

/** What each validator of a round did: opened verdicts tell themselves, sealed ones by their event. */
export function validatorStates(
  round: RoundRow,
  verdicts: readonly VerdictRow[],
  sealed: ReadonlySet<string>,
): SeatFigures[] {
  const opened = new Set(verdicts.map(({ validator }) => validator))
  return round.validators.map((account) => ({
    account,
    state: opened.has(account)
      ? 'revealed'
      : round.settledAt !== null
        ? 'silent'
        : sealed.has(account)
          ? 'committed'
          : 'drawn',
  }))
}

export function toSubmissionLine(
  row: SubmissionRow,
  validators: readonly SeatFigures[],
  verdicts: readonly VerdictRow[],
): z.input<typeof submissionLine> {
  const own = new Map(
    verdicts.filter((each) => each.submission === row.submission).map((each) => [each.validator, each]),
  )
  return {
    index: row.submission,
    account: row.account,
    state: row.state as z.input<typeof submissionLine>['state'],
    commitment: row.commitment,
    base: row.base,
    delta: row.delta,
    outcome: row.outcome,
    fault: row.fault,
    gainMicrobits: row.gain === null ? null : `${row.gain}`,
    basePayAtto: `${row.basePay}`,
    bonusAtto: `${row.bonus}`,
    lostAtto: `${row.lost}`,
    receipt: row.receipt,
    verdicts: validators.map(({ account, state }) => {
      const verdict = own.get(account)
      return {
        validator: account,
        verdict: verdict?.verdict ?? null,
        leaf: verdict?.leaf ?? null,
        gainMicrobits: verdict?.gain == null ? null : `${verdict.gain}`,
        state: state as 'drawn',
      }
    }),
  }
}

export const toDisputeLine = (row: DisputeRow): z.input<typeof disputeLine> => ({
  id: row.id,
  task: `${row.task}`,
  round: row.round,
  submission: row.submission,
  trainer: row.trainer,
  disputer: row.disputer,
  kind: row.kind,
  leaf: row.leaf,
  jurors: row.jurors,
  result: row.result as z.input<typeof disputeLine>['result'],
  openedAt: row.openedAt,
  decidedAt: row.decidedAt,
  tx: row.tx,
})
