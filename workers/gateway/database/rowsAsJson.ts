/**
 * Whole rows as one JSON value inside a larger query, and back. PERF: PGlite spends most of a read on handing fields over, one
 * by one; five tables as five values of one row cost a third of five queries.
 */
import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { PgNumericBigInt, type PgTable } from 'drizzle-orm/pg-core'

/** A subquery whose value is the list of all rows, as JSON; null when there are none. */
export function rowsAsJson(table: PgTable, where: SQL, order: SQL): SQL<unknown[] | null> {
  // Decimals as text: a JSON number would lose digits above 2^53.
  const fields = Object.entries(getTableColumns(table)).map(([field, column]) =>
    column instanceof PgNumericBigInt
      ? sql`${sql.raw(`'${field}'`)}, ${column}::text`
      : sql`${sql.raw(`'${field}'`)}, ${column}`,
  )
  const row = sql`json_build_object(${sql.join(fields, sql`, `)})`
  return sql`(select json_agg(${row} order by ${order}) from ${table} where ${where})`
}

/** The rows of such a value, as drizzle would have read them. */
export function rowsOfJson<T extends PgTable>(table: T, value: unknown): T['$inferSelect'][] {
  const decimals = Object.entries(getTableColumns(table)).flatMap(([field, column]) =>
    column instanceof PgNumericBigInt ? [field] : [],
  )
  const rows = (value ?? []) as Record<string, unknown>[]
  for (const row of rows) {
    for (const field of decimals) if (row[field] !== null) row[field] = BigInt(row[field] as string)
  }
  return rows as T['$inferSelect'][]
}
