/** The ledger: each account's buckets, and the history of their changes. */
import type { Call } from '../calls.ts'
import type { Rows } from '../rows.ts'

export function reduceLedger(rows: Rows, call: Call): void {
  for (const { index, data } of call.of('ledger_changed')) {
    const { account, delta, reason, bucket, task, round } = data
    rows.account(account, call.height)[bucket] += delta
    rows.addTotal('ledger', delta)
    const { height, at, tx } = call
    rows.inserted.ledger.push({ height, index, account, delta, reason, bucket, task, round, tx, at })
  }
}
