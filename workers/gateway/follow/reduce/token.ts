/** Balances of BLY by the token's own events. */
import type { Call } from '../calls.ts'
import type { Rows } from '../rows.ts'

export function reduceToken(rows: Rows, call: Call): void {
  const add = (account: string, delta: bigint) => {
    rows.account(account, call.height).balance += delta
  }
  for (const { data } of call.of('ft_mint')) {
    add(data.owner_id, data.amount)
    rows.addTotal('bly_supply', data.amount)
  }
  for (const { data } of call.of('ft_transfer')) {
    add(data.old_owner_id, -data.amount)
    add(data.new_owner_id, data.amount)
  }
  for (const { data } of call.of('ft_burn')) {
    add(data.owner_id, -data.amount)
    rows.addTotal('bly_supply', -data.amount)
    rows.addTotal('bly_burned', data.amount)
  }
}
