/** Brings a schema to this version: plain SQL files in the order of their names, each run once and recorded with its hash. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Driver, SqlRunner } from './driver.ts'
import { MigrationChangedError } from './errors.ts'

/** `chain` is derived and may be dropped; `app` is people's own and survives. */
export type SchemaName = 'chain' | 'app'

/** One number for the advisory lock by which processes on one PostgreSQL migrate one after the other. */
const LOCK = 0x626c79

export interface Migration {
  name: string
  text: string
}

/** Migrations of a schema, in order. */
export function migrationsOf(schema: SchemaName): Migration[] {
  const folder = fileURLToPath(new URL(`./migrations/${schema}`, import.meta.url))
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => /^\d{4}_\w+\.sql$/.test(name))
  return names.sort().map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

/** Runs what is missing, all in one transaction. @throws MigrationChangedError @returns names of those that ran */
export async function migrate(driver: Pick<Driver, 'inTransaction'>, schema: SchemaName, list = migrationsOf(schema)) {
  return driver.inTransaction(async (sql) => {
    await sql.run(`select pg_advisory_xact_lock(${LOCK})`)
    return runMissing(sql, schema, list)
  })
}

/** Drops schema `chain` with everything in it and makes it again, empty, in one transaction. */
export async function resetChain(driver: Pick<Driver, 'inTransaction'>): Promise<void> {
  await driver.inTransaction(async (sql) => {
    await sql.run(`select pg_advisory_xact_lock(${LOCK})`)
    await sql.run('drop schema if exists chain cascade')
    await runMissing(sql, 'chain', migrationsOf('chain'))
  })
}

async function runMissing(sql: SqlRunner, schema: SchemaName, list: readonly Migration[]): Promise<string[]> {
  await sql.run(`create schema if not exists ${schema}`)
  await sql.run(`create table if not exists ${schema}.migrations (name text primary key, sha256 text not null)`)
  const rows = await sql.run(`select name, sha256 from ${schema}.migrations`)
  const known = new Map(rows.map(({ name, sha256 }) => [name as string, sha256 as string]))
  const ran: string[] = []
  for (const { name, text } of list) {
    const sha256 = createHash('sha256').update(text).digest('hex')
    const before = known.get(name)
    if (before === sha256) continue
    if (before !== undefined) throw changed(schema, name)
    await sql.run(text)
    await sql.run(`insert into ${schema}.migrations values ($1, $2)`, [name, sha256])
    ran.push(name)
  }
  return ran
}

const changed = (schema: SchemaName, name: string) =>
  new MigrationChangedError({
    what: `The database ran another ${schema}/${name} than the one of this version.`,
    fix:
      schema === 'chain'
        ? 'Run `blyan index rebuild`: what the chain says is followed again.'
        : 'Use the version of Blyan that made this database, or another folder or database.',
    data: { schema, migration: name },
  })
