/** What waits to be burned, on its way through the token and back. */
import type { Call } from '../calls.ts'
import type { Rows } from '../rows.ts'

export function reduceSupply(rows: Rows, call: Call): void {
  for (const { data } of call.of('burn_sent')) {
    rows.addTotal('pending_burn', -data.amount)
    rows.addTotal('burning', data.amount)
  }
  for (const { data } of call.of('burned')) rows.addTotal('burning', -data.amount)
  for (const { data } of call.of('burn_restored')) {
    rows.addTotal('burning', -data.amount)
    rows.addTotal('pending_burn', data.amount)
  }
}
