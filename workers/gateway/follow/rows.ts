/** The rows in hand: what a batch of blocks reads and changes, kept between batches, written in one transaction. */
import type { PgTable } from 'drizzle-orm/pg-core'
import * as table from '../database/schema/chain.ts'

export type TaskRow = typeof table.tasks.$inferSelect
export type RoundRow = typeof table.rounds.$inferSelect
export type SubmissionRow = typeof table.submissions.$inferSelect
export type VerdictRow = typeof table.verdicts.$inferSelect
export type DisputeRow = typeof table.disputes.$inferSelect
export type SeatRow = typeof table.seats.$inferSelect
export type ModelRow = typeof table.models.$inferSelect
export type ReceiptRow = typeof table.receipts.$inferSelect
export type AccountRow = typeof table.accounts.$inferSelect
export type NodeRow = typeof table.nodes.$inferSelect
export type TransferRow = typeof table.transfers.$inferSelect

/** What a task's events lack; fixed when it was made. */
export interface TaskFacts {
  readonly spec: Record<string, unknown> & {
    readonly workers: number
    readonly rounds: number
    readonly certainty: number
    readonly small_pool: boolean
    readonly profile: string
    readonly windows: Readonly<Record<string, number>>
  }
  readonly quote: Readonly<Record<string, string>>
  readonly validators: number
  readonly samples: number
}

/** What a node's registration and top-up do not tell. */
export interface NodeFacts {
  readonly workerKey: string | null
  readonly kind: string
  readonly peer: string
}

/** All rows of one task. */
export interface TaskRows {
  readonly task: TaskRow
  readonly rounds: Map<number, RoundRow>
  readonly submissions: SubmissionRow[]
  readonly verdicts: VerdictRow[]
  readonly disputes: Map<string, DisputeRow>
  readonly seats: SeatRow[]
  readonly models: Map<number, ModelRow>
}

/** Names of the table of totals. */
export const TOTALS = [
  'escrow',
  'stake',
  'unbonding',
  'ledger',
  'pool',
  'treasury',
  'pending_burn',
  'burning',
  'nodes',
  'bly_supply',
  'bly_burned',
] as const
export type TotalName = (typeof TOTALS)[number]

export class Rows {
  readonly tasks = new Map<number, TaskRows>()
  readonly accounts = new Map<string, AccountRow>()
  readonly nodes = new Map<string, NodeRow>()
  /** Those that a batch touches. */
  readonly transfers = new Map<string, TransferRow>()
  readonly totals = new Map<TotalName, { name: TotalName; amount: bigint }>()
  /** The newest receipt's hash and how many there are. */
  receipts: { size: number; last: string | null } = { size: 0, last: null }

  /** Asked from the chain for this batch. */
  readonly taskFacts = new Map<number, TaskFacts>()
  readonly nodeFacts = new Map<string, NodeFacts | null>()

  readonly inserted = {
    blocks: [] as (typeof table.blocks.$inferSelect)[],
    events: [] as (typeof table.events.$inferSelect)[],
    ledger: [] as (typeof table.ledger.$inferSelect)[],
    receipts: [] as ReceiptRow[],
  }
  readonly changed = new Map<PgTable, Set<object>>()
  /** Rounds whose submissions a new attempt replaces. */
  readonly cleared: { task: number; round: number }[] = []

  /** The rows of a task that was loaded or created. */
  task(id: number): TaskRows {
    const found = this.tasks.get(id)
    if (found === undefined) throw new Error(`rows of task ${id} are not loaded`)
    return found
  }

  /** Marks a row to be written. */
  save<T extends PgTable>(of: T, row: T['$inferSelect']): void {
    const set = this.changed.get(of)
    if (set === undefined) this.changed.set(of, new Set([row]))
    else set.add(row)
  }

  /** The account's row, made where there is none. */
  account(account: string, height: number): AccountRow {
    let row = this.accounts.get(account)
    if (row === undefined) {
      row = { account, balance: 0n, payable: 0n, locked: 0n, paying: 0n, firstHeight: height, updatedHeight: height }
      this.accounts.set(account, row)
    }
    row.updatedHeight = height
    this.save(table.accounts, row)
    return row
  }

  addTotal(name: TotalName, delta: bigint): void {
    if (delta === 0n) return
    let row = this.totals.get(name)
    if (row === undefined) {
      row = { name, amount: 0n }
      this.totals.set(name, row)
    }
    row.amount += delta
    this.save(table.supply, row)
  }

  /** Forgets what was written, and tasks that nothing can change any more. */
  written(): void {
    for (const list of Object.values(this.inserted)) list.length = 0
    this.changed.clear()
    this.cleared.length = 0
    this.taskFacts.clear()
    this.nodeFacts.clear()
    this.transfers.clear()
    for (const [id, t] of this.tasks) {
      if (t.task.vested) this.tasks.delete(id)
      else dropPastRounds(t)
    }
  }
}

/** What no later event changes: settled rounds, and seats whose bond is free. */
function dropPastRounds(t: TaskRows): void {
  const { round } = t.task
  keepOnly(t.submissions, (each) => each.round >= round)
  keepOnly(t.verdicts, (each) => each.round >= round)
  keepOnly(t.seats, (each) => each.open || each.round >= round)
  for (const past of t.rounds.keys()) if (past < round) t.rounds.delete(past)
  for (const past of t.models.keys()) if (past < round) t.models.delete(past)
  for (const [id, each] of t.disputes) if (each.round < round) t.disputes.delete(id)
}

function keepOnly<T>(list: T[], isKept: (each: T) => boolean): void {
  if (list.every(isKept)) return
  list.splice(0, list.length, ...list.filter(isKept))
}

export { table }
