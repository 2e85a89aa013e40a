/** What one account owes to a task right now: a pure reading of the chain's views. The daemon only carries it out. */
import type { DisputeView, RoundView, TaskView } from './views.ts'

export type Duty =
  | { readonly kind: 'accept' | 'train' | 'reveal' | 'publish' | 'answer' | 'audit' | 'reveal-verdict' | 'open-key' }
  | { readonly kind: 'judge-leaf' | 'reveal-judgement'; readonly dispute: DisputeView }

/** Everything that identifies a duty within a task: a duty done or under way is not begun twice. */
export function dutyKey(task: TaskView, round: RoundView, duty: Duty): string {
  const dispute = 'dispute' in duty ? `/${duty.dispute.id}` : ''
  return `${task.id}/${round.round}/${duty.kind}${dispute}`
}

/**
 * Duties of `account` in the current round.
 * @param disputes the round's disputes, as the chain shows them
 * @param holdsKeys whether this machine holds the task's held-out keys (its requester)
 */
export function dutiesOf(
  task: TaskView,
  round: RoundView,
  disputes: readonly DisputeView[],
  account: string,
  holdsKeys: boolean,
): Duty[] {
  const duties: Duty[] = []
  const trainer = round.trainers.find((each) => each.account === account && each.state !== 'out')
  const validator = round.validators.find((each) => each.account === account)
  if (trainer) {
    if (round.phase === 'accept' && trainer.state === 'drawn') duties.push({ kind: 'accept' })
    if (round.phase === 'commit' && trainer.state === 'accepted') duties.push({ kind: 'train' })
    if (round.phase === 'reveal' && trainer.state === 'committed') duties.push({ kind: 'reveal' })
    if (round.phase === 'publish' && trainer.state === 'revealed') duties.push({ kind: 'publish' })
    if (round.phase === 'answer' && trainer.state === 'published') duties.push({ kind: 'answer' })
  }
  if (validator) {
    if (round.phase === 'verdict_commit' && validator.state === 'drawn') duties.push({ kind: 'audit' })
    if (round.phase === 'verdict_reveal' && validator.state === 'committed') duties.push({ kind: 'reveal-verdict' })
  }
  if (holdsKeys && round.phase === 'publish' && round.key === null) duties.push({ kind: 'open-key' })
  for (const dispute of disputes) {
    const juror = dispute.jurors.find((each) => each.account === account)
    if (!juror) continue
    if (dispute.phase === 'commit' && juror.commitment === null) duties.push({ kind: 'judge-leaf', dispute })
    if (dispute.phase === 'reveal' && juror.commitment !== null && juror.end === null) {
      duties.push({ kind: 'reveal-judgement', dispute })
    }
  }
  return duties.filter(() => task.state === 'InProgress' || task.state === 'Assigned' || task.state === 'Pending')
}

/** Whether anyone may move the task on now; `now` in ms of protocol time. */
export function needsCrank(task: TaskView, round: RoundView, disputes: readonly DisputeView[], now: number): boolean {
  if (task.state === 'Failed' || task.state === 'Cancelled') return !task.vested
  if (task.state === 'Completed') return !task.vested && task.vest_at !== null && now >= task.vest_at
  if (round.phase === 'assign' || round.phase === 'judges') return now > round.draw_at
  if (round.phase === 'settle') return true
  // Nothing is left to judge: only a crank looks at the middles, or ends the round.
  if (round.phase === 'dispute' && disputes.every((dispute) => dispute.phase === 'decided')) return true
  if (round.deadline !== null && now >= round.deadline) return true
  return disputes.some(
    (dispute) =>
      dispute.phase === 'draw' || (dispute.deadline !== null && dispute.phase !== 'decided' && now >= dispute.deadline),
  )
}

/** Place of an account in the order in which daemons step forward to move a task on. */
export function crankOrder(round: RoundView, account: string): number {
  const order = [...round.trainers, ...round.validators].map((each) => each.account)
  const index = order.indexOf(account)
  return index < 0 ? order.length : index
}
