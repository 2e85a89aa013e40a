/** What each drawn trainer did, and what it was worth. */
import type { Call } from '../calls.ts'
import { type Rows, type SubmissionRow, table } from '../rows.ts'

type Seat = { task: number; round: number; submission: number }

export function reduceSubmissions(rows: Rows, call: Call): void {
  const draw = (seat: Seat, account: string) => {
    const row: SubmissionRow = {
      task: seat.task,
      round: seat.round,
      submission: seat.submission,
      account,
      state: 'drawn',
      commitment: null,
      base: null,
      delta: null,
      manifest: null,
      outcome: null,
      fault: null,
      gain: null,
      basePay: 0n,
      bonus: 0n,
      lost: 0n,
      receipt: null,
      tx: null,
      updatedHeight: call.height,
    }
    rows.task(seat.task).submissions.push(row)
    rows.save(table.submissions, row)
  }
  const edit = (row: SubmissionRow | undefined, change: Partial<SubmissionRow>) => {
    if (row === undefined) return
    Object.assign(row, change, { updatedHeight: call.height })
    rows.save(table.submissions, row)
  }
  const act = (seat: Seat, change: Partial<SubmissionRow>) => edit(find(rows, seat), { ...change, tx: call.tx })
  for (const { data } of call.of('round_assigned')) {
    data.trainers.forEach((account, submission) => {
      draw({ ...data, submission }, account)
    })
  }
  for (const { data } of call.of('seat_replaced')) draw(data, data.account)
  for (const { data } of call.of('seat_accepted')) act(data, { state: 'accepted' })
  for (const { data } of call.of('seat_declined')) {
    act(data, { state: 'declined', fault: data.reason === 'unavailable' ? 'UNAVAILABLE' : null })
  }
  for (const { data } of call.of('committed')) act(data, { state: 'committed', commitment: data.commitment })
  for (const { data } of call.of('revealed')) act(data, { state: 'revealed', base: data.base, delta: data.delta })
  for (const { data } of call.of('published')) act(data, { state: 'published', manifest: data.manifest })
  for (const { data } of call.of('answered')) act(data, { state: 'answered' })
  for (const { data } of call.of('slashed')) {
    if (data.role !== 'trainer') continue
    const row = findOf(rows, data, data.account)
    edit(row, { lost: (row?.lost ?? 0n) + data.amount })
  }
  for (const { data } of call.of('settled')) {
    const { outcome, gain, fault, bonus, base_pay: basePay } = data
    edit(find(rows, data), { outcome, gain, basePay, bonus, ...(fault === null ? {} : { fault }) })
  }
  for (const { data } of call.of('receipt')) edit(findOf(rows, data, data.worker), { receipt: data.index })
}

function find(rows: Rows, { task, round, submission }: Seat): SubmissionRow | undefined {
  return rows.task(task).submissions.find((each) => each.round === round && each.submission === submission)
}

/** A trainer has one seat in a round. */
export function findOf(rows: Rows, place: { task: number; round: number }, account: string): SubmissionRow | undefined {
  return rows.task(place.task).submissions.find((each) => each.round === place.round && each.account === account)
}
