/** What crosses the bridge, by the NEAR bridge's own events. */
import type { Call } from '../calls.ts'
import { type Rows, type TransferRow, table } from '../rows.ts'

interface Change {
  direction: 'near-evm' | 'evm-near'
  nonce: bigint
  state: string
  amount: bigint
  sender?: string
  /** Where the event names it: a refunded lock keeps the one that it had. */
  receiver?: string
  readyAt?: number
}

export function reduceTransfers(rows: Rows, call: Call): void {
  const toEvm = 'near-evm' as const
  const toNear = 'evm-near' as const
  const apply = (change: Change) => applyChange(rows, call, change)
  for (const { data } of call.of('locked')) apply({ ...data, direction: toEvm, state: 'locked' })
  for (const { data } of call.of('delayed')) {
    apply({ ...data, direction: toNear, state: 'delayed', readyAt: data.ready_at_ms })
  }
  for (const { data } of call.of('queued')) apply({ ...data, state: 'queued', ...paidTo(data) })
  for (const { data } of call.of('vetoed')) apply({ ...data, direction: toNear, state: 'vetoed' })
  for (const { data } of call.of('unlocked')) apply({ ...data, direction: toNear, state: 'unlocked' })
  for (const { data } of call.of('refunded')) apply({ ...data, direction: toEvm, state: 'refunded' })
  for (const { data } of call.of('credited')) apply({ ...data, state: 'credited', ...paidTo(data) })
}

/** A burn is paid to its receiver; a lock only ever goes back to its sender. */
const paidTo = ({ direction, account }: { direction: string; account: string }) =>
  direction === 'evm-near' ? { receiver: account } : {}

/** The transfer that an event is about. */
export const transferKey = (direction: string, nonce: bigint | string): string => `${direction}:${nonce}`

function applyChange(rows: Rows, { at, height, tx }: Call, change: Change): void {
  const { direction, nonce, state, amount, sender, receiver, readyAt } = change
  const id = transferKey(direction, nonce)
  const known = rows.transfers.get(id)
  const row: TransferRow = known ?? {
    id,
    direction,
    nonce,
    sender: sender ?? null,
    receiver: receiver ?? '',
    amount,
    state,
    readyAt: null,
    createdAt: at,
    createdHeight: height,
    updatedAt: at,
    updatedHeight: height,
    tx,
  }
  // What is over waits for nothing.
  const isOver = state === 'unlocked' || state === 'credited' || state === 'refunded'
  Object.assign(row, {
    state,
    updatedAt: at,
    updatedHeight: height,
    tx,
    readyAt: isOver ? null : (readyAt ?? row.readyAt),
  })
  rows.transfers.set(id, row)
  rows.save(table.transfers, row)
}
