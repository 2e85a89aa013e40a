/** Writes the rows in hand and moves the cursor, in one transaction: after a kill the database is at some block, whole. */
import { and, eq, sql } from 'drizzle-orm'
import { insertRows, type OpenedDatabase, upsertRows } from '../database/index.ts'
import type { Database } from '../types.ts'
import { IndexMovedError } from './errors.ts'
import { type Rows, table } from './rows.ts'

export interface Position {
  readonly height: number
  readonly hash: string
  /** ms. */
  readonly at: number
}

/** @param from the height that the cursor must still have  @throws IndexMovedError */
export async function writeRows(
  database: Pick<OpenedDatabase, 'transaction'>,
  rows: Rows,
  from: number,
  to: Position,
): Promise<void> {
  await database.transaction(async (tx) => {
    await moveCursor(tx, from, to)
    for (const { task, round } of rows.cleared) {
      const { submissions } = table
      await tx.delete(submissions).where(and(eq(submissions.task, task), eq(submissions.round, round)))
    }
    const { blocks, events, ledger, receipts } = rows.inserted
    await insertRows(tx, table.blocks, blocks)
    await insertRows(tx, table.events, events)
    await insertRows(tx, table.ledger, ledger)
    await insertRows(tx, table.receipts, receipts)
    for (const [of, set] of rows.changed) await upsertRows(tx, of, [...set] as Record<string, unknown>[])
  })
}

/** Two processes may follow into one PostgreSQL: whoever comes second finds the cursor moved. */
async function moveCursor(tx: Database, from: number, { height, hash, at }: Position): Promise<void> {
  const moved = await tx
    .update(table.cursor)
    .set({ height, hash, at })
    .where(and(eq(table.cursor.id, 1), eq(table.cursor.height, from)))
    .returning({ height: sql<number>`1` })
  if (moved.length !== 1) throw indexMoved(from, height)
}

export const indexMoved = (from: number, to: number): IndexMovedError =>
  new IndexMovedError({
    what: `The index is no longer at block ${from}: another process follows into the same database.`,
    fix: 'Nothing to do: this one goes on from there. One follower is enough for several gateways.',
    data: { from, to },
  })
