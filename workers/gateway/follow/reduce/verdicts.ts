/** Verdicts: sealed first, one for each submission that was handed in, then opened. */
import type { Call } from '../calls.ts'
import { type Rows, table, type VerdictRow } from '../rows.ts'
import { submissionsOf } from './phases.ts'

export function reduceVerdicts(rows: Rows, call: Call): void {
  for (const { data } of call.of('verdict_committed')) {
    const t = rows.task(data.task)
    for (const { submission, delta } of submissionsOf(t, data.round)) {
      if (delta === null) continue
      const row: VerdictRow = {
        task: data.task,
        round: data.round,
        submission,
        validator: data.account,
        verdict: 'sealed',
        leaf: null,
        gain: null,
        height: call.height,
        tx: call.tx,
      }
      t.verdicts.push(row)
      rows.save(table.verdicts, row)
    }
  }
  for (const { data } of call.of('verdict_revealed')) {
    const { verdicts } = rows.task(data.task)
    for (const [submission, verdict, leaf, gain] of data.verdicts) {
      const row = verdicts.find(
        (each) => each.round === data.round && each.validator === data.account && each.submission === submission,
      )
      if (row === undefined) continue
      Object.assign(row, { verdict, leaf, gain, height: call.height, tx: call.tx })
      rows.save(table.verdicts, row)
    }
  }
}
