/** Reads whole tables of one moment, in the order of their primary keys, a page at a time. */
import { sql } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { namesOf } from '../database/index.ts'
import { cursor as cursorTable } from '../database/schema/chain.ts'
import type { Database } from '../types.ts'
import type { Position } from './writeRows.ts'

/** Rows in memory at a time. */
const PAGE = 2_000

/** Runs `work` over one moment of the database: what others commit meanwhile is not seen. */
export function atOneMoment<T>(db: Database, work: (moment: Database) => Promise<T>): Promise<T> {
  return db.transaction((tx) => work(tx as unknown as Database), { isolationLevel: 'repeatable read' })
}

/** How far the index has come; null before it began. */
export async function cursorOf(moment: Database): Promise<Position | null> {
  const { height, hash, at } = cursorTable
  const [row] = await moment.select({ height, hash, at }).from(cursorTable)
  return row ?? null
}

/** The bridge that the index follows; null where it follows none, or has not begun. */
export async function bridgeOf(db: Database): Promise<string | null> {
  const [row] = await db.select({ bridge: cursorTable.bridge }).from(cursorTable)
  return row?.bridge ?? null
}

/**
 * Rows as JSON objects by column name: integers are numbers, `numeric` is decimal text. Inside a transaction alone.
 * Texts are ordered by their bytes, whatever the database's language.
 */
export async function* rowsInOrder(moment: Database, table: PgTable): AsyncGenerator<Record<string, unknown>> {
  const { columns, name } = getTableConfig(table)
  const cursor = sql.raw(`read_${name}`)
  const text = new Set(columns.filter((each) => each.getSQLType() === 'text').map((each) => each.name))
  const order = namesOf(table).keys.map((key) => (text.has(key) ? `"${key}" collate "C"` : `"${key}"`))
  const fields = columns.map((each) => {
    const value = each.getSQLType().startsWith('numeric') ? `"${each.name}"::text` : `"${each.name}"`
    return `'${each.name}', ${value}`
  })
  await moment.execute(
    sql`declare ${cursor} cursor for select json_build_object(${sql.raw(fields.join(', '))})::text as row from ${table} order by ${sql.raw(order.join(', '))}`,
  )
  try {
    for (;;) {
      const page = await moment.execute(sql`fetch ${sql.raw(String(PAGE))} from ${cursor}`)
      const { rows } = page as unknown as { rows: { row: string }[] }
      for (const { row } of rows) yield JSON.parse(row) as Record<string, unknown>
      if (rows.length < PAGE) return
    }
  } finally {
    await moment.execute(sql`close ${cursor}`)
  }
}
