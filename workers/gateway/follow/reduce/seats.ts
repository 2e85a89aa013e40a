/** Places in rounds: who was drawn as what, with which bond, and whether it is still locked. */
import type { Call } from '../calls.ts'
import { type Rows, type SeatRow, type TaskFacts, table } from '../rows.ts'

export function reduceSeats(rows: Rows, call: Call): void {
  const give = (place: { task: number; round: number }, role: string, account: string, dispute = '') => {
    const t = rows.task(place.task)
    const { trainer_bond, validator_bond } = t.task.quote as TaskFacts['quote']
    const bond = role === 'trainer' ? trainer_bond : role === 'validator' ? validator_bond : '0'
    const seat: SeatRow = {
      task: place.task,
      round: place.round,
      attempt: t.rounds.get(place.round)?.attempt ?? 0,
      role,
      account,
      dispute,
      bond: BigInt(bond ?? '0'),
      open: true,
      at: call.at,
      height: call.height,
    }
    t.seats.push(seat)
    rows.save(table.seats, seat)
  }
  for (const { data } of call.of('round_assigned')) for (const each of data.trainers) give(data, 'trainer', each)
  for (const { data } of call.of('seat_replaced')) give(data, 'trainer', data.account)
  for (const { data } of call.of('judges_drawn')) for (const each of data.validators) give(data, 'validator', each)
  for (const { data } of call.of('jury_drawn')) for (const each of data.jurors) give(data, 'juror', each, data.dispute)

  const close = (task: number, which: (seat: SeatRow) => boolean) => {
    for (const seat of rows.task(task).seats) {
      if (!seat.open || !which(seat)) continue
      seat.open = false
      rows.save(table.seats, seat)
    }
  }
  const own = (data: { round: number; account: string }) => (seat: SeatRow) =>
    seat.role === 'trainer' && seat.round === data.round && seat.account === data.account
  for (const { data } of call.of('seat_declined')) close(data.task, own(data))
  for (const { data } of call.of('settled')) if (data.outcome !== 'accepted') close(data.task, own(data))
  for (const name of ['dispute_upheld', 'dispute_rejected', 'dispute_undecided'] as const) {
    for (const { data } of call.of(name)) close(data.task, (seat) => seat.dispute === data.dispute)
  }
  // Validators who showed no verdict are free when the round is settled; the others answer until the task vests.
  for (const { data } of call.of('round_settled')) {
    const { verdicts } = rows.task(data.task)
    const showed = (account: string) =>
      verdicts.some((each) => each.round === data.round && each.validator === account && each.verdict !== 'sealed')
    close(data.task, (seat) => seat.role === 'validator' && seat.round === data.round && !showed(seat.account))
  }
  for (const { data } of call.of('round_retried')) close(data.task, (seat) => seat.round === data.round)
  for (const { data } of call.of('vested')) close(data.task, () => true)
}
