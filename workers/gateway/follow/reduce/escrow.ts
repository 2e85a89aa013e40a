/**
 * Each task's escrow and where it went. Source: contracts/near/market/ledger.ts: every payment out of an escrow has its
 * event. A jury is paid from the loser's bond first, so of its fees only what the bond did not give came from the escrow.
 */
import type { Call } from '../calls.ts'
import { type Rows, type TaskRow, table } from '../rows.ts'

type Part = 'basePay' | 'bonus' | 'validatorsPay' | 'jury' | 'cranks' | 'burned' | 'treasury' | 'returned' | 'declined'

/** Ledger reasons that an escrow pays, by the part of the task's account that they belong to. */
const PAID_FROM_ESCROW: Readonly<Record<string, Part>> = {
  BASE_PAY: 'basePay',
  HALF_PAY: 'basePay',
  BONUS: 'bonus',
  VALIDATOR_FEE: 'validatorsPay',
  CRANK: 'cranks',
  REFUND: 'returned',
  DECLINED: 'declined',
}
/** What was burned out of bonds never was in an escrow. */
const BURNED_FROM_BONDS = 'SLASH'

export function reduceEscrow(rows: Rows, call: Call): void {
  const take = (task: number, part: Part, amount: bigint) => {
    const row: TaskRow = rows.task(task).task
    row[part] += amount
    row.escrow -= amount
    row.updatedHeight = call.height
    rows.addTotal('escrow', -amount)
    rows.save(table.tasks, row)
  }
  let fees = 0n
  let judged: number | null = null
  for (const { data } of call.of('ledger_changed')) {
    const part = PAID_FROM_ESCROW[data.reason]
    if (data.task === null) continue
    if (part !== undefined) take(data.task, part, data.delta)
    if (data.reason !== 'JURY_FEE') continue
    fees += data.delta
    judged = data.task
  }
  // A call concerns one task, so its jury fees and what bonds gave for them belong together.
  if (judged !== null) take(judged, 'jury', fees - takenForJuries(call))
  for (const { data } of call.of('burned_pending')) {
    rows.addTotal('pending_burn', data.amount)
    if (data.task !== null && data.reason !== BURNED_FROM_BONDS) take(data.task, 'burned', data.amount)
  }
  for (const { data } of call.of('treasury_changed')) {
    rows.addTotal('treasury', data.delta)
    take(data.task, 'treasury', data.delta)
  }
}

function takenForJuries(call: Call): bigint {
  let taken = 0n
  for (const { data } of call.of('stake_changed')) if (data.reason === 'JURY') taken -= data.delta
  return taken
}
