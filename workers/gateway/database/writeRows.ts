/** Many rows in one statement: they travel as one JSON text, so no limit on parameters applies, and both databases read it. */
import { getTableColumns, sql } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import type { Database } from '../types.ts'

/** Rows in one statement: a few MB of JSON. */
const CHUNK = 4_000

/** Inserts whole rows; every column must be present. */
export async function insertRows<T extends PgTable>(db: Database, table: T, rows: readonly T['$inferSelect'][]) {
  for (let i = 0; i < rows.length; i += CHUNK) {
    const text = rowsJson(table, rows.slice(i, i + CHUNK))
    await db.execute(sql`insert into ${table} select * from json_populate_recordset(null::${table}, ${text}::json)`)
  }
}

/** Inserts or replaces whole rows by primary key. */
export async function upsertRows<T extends PgTable>(db: Database, table: T, rows: readonly T['$inferSelect'][]) {
  const { keys, others } = namesOf(table)
  const target = sql.raw(keys.map(quote).join(', '))
  const set = sql.raw(others.map((name) => `${quote(name)} = excluded.${quote(name)}`).join(', '))
  for (let i = 0; i < rows.length; i += CHUNK) {
    const text = rowsJson(table, rows.slice(i, i + CHUNK))
    await db.execute(
      sql`insert into ${table} select * from json_populate_recordset(null::${table}, ${text}::json) on conflict (${target}) do update set ${set}`,
    )
  }
}

/** Column names: those of the primary key and the others. */
export function namesOf(table: PgTable): { keys: string[]; others: string[] } {
  const { columns, primaryKeys } = getTableConfig(table)
  const keys =
    primaryKeys[0]?.columns.map(({ name }) => name) ?? columns.filter(({ primary }) => primary).map(({ name }) => name)
  return { keys, others: columns.map(({ name }) => name).filter((name) => !keys.includes(name)) }
}

const quote = (name: string) => `"${name}"`

function rowsJson<T extends PgTable>(table: T, rows: readonly T['$inferSelect'][]): string {
  const columns = Object.entries(getTableColumns(table)).map(([field, { name }]) => [field, name] as const)
  const plain = rows.map((row) => {
    const out: Record<string, unknown> = {}
    for (const [field, name] of columns) out[name] = (row as Record<string, unknown>)[field] ?? null
    return out
  })
  return JSON.stringify(plain, (_key, value) =>
    typeof value === 'bigint' ? value.toString() : typeof value === 'string' ? storableText(value) : value,
  )
}

/** PostgreSQL's text has neither NUL nor halves of surrogate pairs; anybody may write such a memo on the chain. */
export function storableText(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text).toWellFormed()
}
