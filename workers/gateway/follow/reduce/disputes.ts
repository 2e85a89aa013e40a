/** Disputes: opened, given a jury, decided. One that only waited for its turn has no row. */
import type { Call } from '../calls.ts'
import { type DisputeRow, type Rows, table } from '../rows.ts'

const RESULTS = { dispute_upheld: 'upheld', dispute_rejected: 'rejected', dispute_undecided: 'undecided' } as const

export function reduceDisputes(rows: Rows, call: Call): void {
  const edit = ({ task, dispute }: { task: number; dispute: string }, change: Partial<DisputeRow>) => {
    const row = rows.task(task).disputes.get(dispute)
    if (row === undefined) return
    Object.assign(row, change, { updatedHeight: call.height })
    rows.save(table.disputes, row)
  }
  for (const { data } of call.of('dispute_opened')) {
    const row: DisputeRow = {
      id: data.dispute,
      task: data.task,
      round: data.round,
      submission: data.submission,
      trainer: data.trainer,
      disputer: data.disputer,
      kind: data.kind,
      leaf: data.leaf,
      jurors: [],
      result: null,
      middle: null,
      end: null,
      answers: null,
      openedAt: call.at,
      decidedAt: null,
      tx: call.tx,
      updatedHeight: call.height,
    }
    rows.task(data.task).disputes.set(row.id, row)
    rows.save(table.disputes, row)
  }
  for (const { data } of call.of('jury_drawn')) edit(data, { jurors: data.jurors })
  for (const name of ['dispute_upheld', 'dispute_rejected', 'dispute_undecided'] as const) {
    for (const { data } of call.of(name)) {
      const { middle, end, answers } = data
      edit(data, { result: RESULTS[name], middle, end, answers, decidedAt: call.at })
    }
  }
}
