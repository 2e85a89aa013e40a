/** Brings the rows that blocks touch into hand: those of tasks, accounts and nodes that are not there yet. */
import { and, desc, eq, gte, inArray, or } from 'drizzle-orm'
import type { Database } from '../types.ts'
import { Rows, type TaskRows, type TotalName, table } from './rows.ts'

/** Empty hands over what the database holds: totals and the newest receipt. */
export async function openRows(db: Database): Promise<Rows> {
  const rows = new Rows()
  for (const { name, amount } of await db.select().from(table.supply)) {
    rows.totals.set(name as TotalName, { name: name as TotalName, amount })
  }
  const [last] = await db
    .select({ index: table.receipts.index, hash: table.receipts.hash })
    .from(table.receipts)
    .orderBy(desc(table.receipts.index))
    .limit(1)
  if (last !== undefined) rows.receipts = { size: last.index + 1, last: last.hash }
  return rows
}

interface Wanted {
  readonly tasks: ReadonlySet<number>
  /** Made by these very blocks: nothing to load. */
  readonly created: ReadonlySet<number>
  readonly accounts: ReadonlySet<string>
  readonly transfers: ReadonlySet<string>
}

export async function loadRows(
  db: Database,
  rows: Rows,
  { tasks, created, accounts, transfers }: Wanted,
): Promise<void> {
  await loadTasks(
    db,
    rows,
    [...tasks].filter((id) => !rows.tasks.has(id) && !created.has(id)),
  )
  const names = [...accounts].filter((account) => !rows.accounts.has(account))
  const nodes = [...accounts].filter((account) => !rows.nodes.has(account))
  for (const part of chunks(names)) {
    const found = await db.select().from(table.accounts).where(inArray(table.accounts.account, part))
    for (const row of found) rows.accounts.set(row.account, row)
  }
  for (const part of chunks(nodes)) {
    const found = await db.select().from(table.nodes).where(inArray(table.nodes.account, part))
    for (const row of found) rows.nodes.set(row.account, row)
  }
  for (const part of chunks([...transfers])) {
    const found = await db.select().from(table.transfers).where(inArray(table.transfers.id, part))
    for (const row of found) rows.transfers.set(row.id, row)
  }
}

async function loadTasks(db: Database, rows: Rows, ids: readonly number[]): Promise<void> {
  for (const part of chunks(ids)) {
    for (const task of await db.select().from(table.tasks).where(inArray(table.tasks.id, part))) {
      rows.tasks.set(task.id, await loadTask(db, task))
    }
  }
}

/** Only what later events can still change. */
async function loadTask(db: Database, task: TaskRows['task']): Promise<TaskRows> {
  const { id, round } = task
  const of = <T extends typeof table.rounds | typeof table.submissions | typeof table.verdicts | typeof table.models>(
    t: T,
  ) => and(eq(t.task, id), gte(t.round, round))
  const { rounds, submissions, verdicts, disputes, seats, models } = table
  const open = or(eq(seats.open, true), gte(seats.round, round))
  return {
    task,
    rounds: new Map((await db.select().from(rounds).where(of(rounds))).map((row) => [row.round, row])),
    submissions: await db.select().from(submissions).where(of(submissions)).orderBy(submissions.submission),
    verdicts: await db.select().from(verdicts).where(of(verdicts)),
    disputes: new Map(
      (
        await db
          .select()
          .from(disputes)
          .where(and(eq(disputes.task, id), gte(disputes.round, round)))
      ).map((row) => [row.id, row]),
    ),
    seats: await db
      .select()
      .from(seats)
      .where(and(eq(seats.task, id), open)),
    models: new Map((await db.select().from(models).where(of(models))).map((row) => [row.round, row])),
  }
}

/** Parameters of one statement stay few. */
function chunks<T>(list: readonly T[], size = 500): T[][] {
  const parts: T[][] = []
  for (let i = 0; i < list.length; i += size) parts.push(list.slice(i, i + size))
  return parts
}
