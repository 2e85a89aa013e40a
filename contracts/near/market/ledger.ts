/** Who is owed what: every change has an event with its reason. Money is claimed, never pushed. */
import { bpsFloor, min } from '../lib/money.ts'
import { addTo, addTotal, type Market } from './context.ts'
import { fail } from './errors.ts'
import { keys } from './storage.ts'
import type { Amount, Ledger, Spent, TaskRecord } from './types.ts'

export type LedgerReason =
  | 'BASE_PAY'
  | 'BONUS'
  | 'HALF_PAY'
  | 'VALIDATOR_FEE'
  | 'JURY_FEE'
  | 'FINDER_FEE'
  | 'HARMED'
  | 'CRANK'
  | 'REFUND'
  | 'DECLINED'
  | 'VEST'
  | 'WITHDRAW'
  | 'CLAIM'
  | 'CLAIM_RESTORED'

export type Bucket = 'payable' | 'locked' | 'paying'

/** Where a change comes from; null outside tasks. */
export interface Origin {
  task: string
  round: number
}

const EMPTY: Ledger = { payable: '0', locked: '0', paying: '0' }

/** Shares of what is paid out of an escrow, basis points: 3 % burned, 2 % treasury. */
const BURNED_BPS = 300n
const TREASURY_BPS = 200n

export function getLedger(m: Market, account: string): Ledger {
  return m.store.get<Ledger>(keys.ledger(account)) ?? { ...EMPTY }
}

/** Adds to one bucket of an account. */
export function changeLedger(
  m: Market,
  account: string,
  bucket: Bucket,
  delta: bigint,
  reason: LedgerReason,
  origin: Origin | null,
): void {
  if (delta === 0n) return
  const ledger = getLedger(m, account)
  ledger[bucket] = addTo(ledger[bucket], delta)
  m.store.put(keys.ledger(account), ledger)
  addTotal(m, 'ledger', delta)
  m.emit('ledger_changed', {
    account,
    delta: delta.toString(),
    reason,
    task: origin?.task ?? null,
    round: origin?.round ?? null,
    bucket,
  })
}

/** Moves between two buckets of an account. */
export function moveLedger(
  m: Market,
  account: string,
  from: Bucket,
  to: Bucket,
  amount: bigint,
  reason: LedgerReason,
  origin: Origin | null,
): void {
  changeLedger(m, account, from, -amount, reason, origin)
  changeLedger(m, account, to, amount, reason, origin)
}

/** Pays from a task's escrow into a ledger. @throws MARKET_ESCROW_SHORT */
export function payFromEscrow(
  m: Market,
  task: TaskRecord,
  pay: {
    account: string
    bucket: Bucket
    amount: bigint
    reason: LedgerReason
    spent: keyof Spent | null
    round: number
  },
): void {
  if (pay.amount === 0n) return
  takeEscrow(m, task, pay.amount)
  if (pay.spent !== null) task.spent[pay.spent] = addTo(task.spent[pay.spent], pay.amount)
  changeLedger(m, pay.account, pay.bucket, pay.amount, pay.reason, { task: task.id, round: pay.round })
}

/** Takes the protocol's fee on what was paid for work, from the same escrow. */
export function takeFee(m: Market, task: TaskRecord, paid: bigint): void {
  const treasury = bpsFloor(paid, TREASURY_BPS)
  burnFromEscrow(m, task, bpsFloor(paid, BURNED_BPS), 'FEE')
  if (treasury === 0n) return
  takeEscrow(m, task, treasury)
  task.spent.treasury = addTo(task.spent.treasury, treasury)
  addTotal(m, 'treasury', treasury)
  m.emit('treasury_changed', { delta: treasury.toString(), task: task.id })
}

/** Pays from the part of the escrow that is kept for cranks and juries; what it lacks is not paid. Returns what was. */
export function payFromReserve(
  m: Market,
  task: TaskRecord,
  pay: Omit<Parameters<typeof payFromEscrow>[2], 'bucket'>,
): bigint {
  const amount = min(pay.amount, BigInt(task.reserve))
  task.reserve = addTo(task.reserve, -amount)
  payFromEscrow(m, task, { ...pay, amount, bucket: 'payable' })
  return amount
}

/** Burns from a task's escrow: fees, unearned bonus, a silent requester's deposit. */
export function burnFromEscrow(m: Market, task: TaskRecord, amount: bigint, reason: string): void {
  if (amount === 0n) return
  takeEscrow(m, task, amount)
  task.spent.burned = addTo(task.spent.burned, amount)
  burnLater(m, amount, reason, task.id)
}

/** Adds to what the next `flush_burn` burns. */
export function burnLater(m: Market, amount: bigint, reason: string, task: string | null): void {
  if (amount === 0n) return
  addTotal(m, 'pending_burn', amount)
  m.emit('burned_pending', { amount: amount.toString(), reason, task })
}

function takeEscrow(m: Market, task: TaskRecord, amount: Amount | bigint): void {
  const left = BigInt(task.escrow) - BigInt(amount)
  if (left < 0n) fail('MARKET_ESCROW_SHORT', `task ${task.id} holds ${task.escrow}, ${amount} needed`)
  task.escrow = left.toString()
  addTotal(m, 'escrow', -BigInt(amount))
}
