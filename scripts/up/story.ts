/** What the market's events say of money, flattened for the report: who was paid for what, who lost what and why. */

import { type ChainEvent, type EventOf, eventsOf, marketEvents, type Place } from '../../chain/client/why/events.ts'
import { EARNINGS } from '../../chain/client/why/rules.ts'

export type { ChainEvent }
export type LedgerChange = EventOf<'ledger_changed'>['data'] & Place
export type Slash = EventOf<'slashed'>['data'] & Place

export function ledgerChanges(events: readonly ChainEvent[], market: string): LedgerChange[] {
  return eventsOf(marketEvents(events, market), 'ledger_changed').map(flat)
}

export function slashes(events: readonly ChainEvent[], market: string): Slash[] {
  return eventsOf(marketEvents(events, market), 'slashed').map(flat)
}

/** Sums of earnings and refunds by account and reason, attoBLY. */
export function paidByReason(
  changes: readonly LedgerChange[],
): { account: string; reason: string; amountAtto: string }[] {
  const sums = new Map<string, { account: string; reason: string; amount: bigint }>()
  for (const { account, reason, delta } of changes) {
    if (!Object.hasOwn(EARNINGS, reason) && reason !== 'REFUND') continue
    const key = `${account} ${reason}`
    const line = sums.get(key) ?? { account, reason, amount: 0n }
    line.amount += BigInt(delta)
    sums.set(key, line)
  }
  return [...sums.values()].map(({ amount, ...line }) => ({ ...line, amountAtto: String(amount) }))
}

const flat = <T extends object>({ data, tx, height, at }: { data: T } & Place): T & Place => ({
  ...data,
  tx,
  height,
  at,
})
