/** PGlite in a folder, or PostgreSQL behind a pool: what both offer, with the time that each statement took. */
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import pg from 'pg'
import type { Database } from '../types.ts'
import { DatabaseAwayError, DatabaseDamagedError } from './errors.ts'

/** Runs SQL text of several statements; parameters only with a single one. */
export interface SqlRunner {
  run(text: string, params?: unknown[]): Promise<Record<string, unknown>[]>
}

export interface Driver {
  readonly kind: 'pglite' | 'postgres'
  readonly db: Database
  /** One transaction over plain SQL: for migrations. */
  inTransaction<T>(work: (sql: SqlRunner) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export type OnQuery = (ms: number) => void

/** Connections of one gateway: reads run beside the follower's transaction. */
const POOL = 10
/** Longest wait for a connection, and for the answer of a statement, ms. */
const CONNECT_MS = 5_000
const STATEMENT_MS = 120_000

/**
 * PGlite commits through its write-ahead log into plain files, which the kernel keeps when the process is killed; it does
 * not call fsync, so a power cut may cost the folder. Who cannot afford that uses PostgreSQL.
 */
export async function openPglite(dir: string | null, onQuery: OnQuery): Promise<Driver> {
  const lite = await createPglite(dir)
  const timed = timeCalls(lite, onQuery)
  return {
    kind: 'pglite',
    db: drizzlePglite(timed) as unknown as Database,
    inTransaction: (work) =>
      lite.transaction(async (tx) =>
        work({
          async run(text, params) {
            if (params !== undefined) return (await tx.query<Record<string, unknown>>(text, params)).rows
            return ((await tx.exec(text)).at(-1)?.rows ?? []) as Record<string, unknown>[]
          },
        }),
      ),
    close: () => lite.close(),
  }
}

async function createPglite(dir: string | null): Promise<PGlite> {
  const dataDir = dir === null ? 'memory://' : join(dir, 'pglite')
  try {
    return await PGlite.create({ dataDir, relaxedDurability: false })
  } catch (cause) {
    throw new DatabaseDamagedError({
      what: `The database in ${dataDir} cannot be opened: ${(cause as Error).message}.`,
      fix: `Move ${dataDir} away: the chain is followed again; sessions, keys and drafts come back from a backup alone.`,
      data: { dir: dataDir },
      cause,
    })
  }
}

/** Queries of PGlite and of its transactions, with their time. */
function timeCalls(lite: PGlite, onQuery: OnQuery): PGlite {
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(from, name) {
        const value = Reflect.get(from, name, from)
        if (typeof value !== 'function') return value
        if (name === 'query') {
          return (...args: unknown[]) =>
            timed(onQuery, () => (value as (...a: unknown[]) => Promise<unknown>).apply(from, args))
        }
        if (name === 'transaction') {
          return (work: (tx: object) => Promise<unknown>) => value.call(from, (tx: object) => work(wrap(tx)))
        }
        return value.bind(from)
      },
    })
  return wrap(lite)
}

/** @throws DatabaseAwayError when the server cannot be reached */
export async function openPostgres(url: string, onQuery: OnQuery): Promise<Driver> {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    // Of a server that takes statements and answers none, which its own limit cannot end.
    query_timeout: STATEMENT_MS + 5_000,
    keepAlive: true,
  })
  pool.on('error', () => {}) // a lost idle connection: the next query opens another, or throws
  pool.on('connect', (client) => {
    client.on('error', () => {}) // lost within a transaction: its next statement throws; unheard, this would end the process
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    client.query = ((...args: unknown[]) =>
      typeof args.at(-1) === 'function'
        ? query(...args)
        : timed(onQuery, () => query(...args) as Promise<unknown>)) as typeof client.query
  })
  try {
    await pool.query('select 1')
  } catch (cause) {
    await pool.end()
    throw new DatabaseAwayError({
      what: `PostgreSQL at ${new URL(url).host} does not answer: ${(cause as Error).message}.`,
      fix: 'Start it, or correct DATABASE_URL; without it the gateway keeps its data in its folder.',
      data: { host: new URL(url).host },
      cause,
    })
  }
  return {
    kind: 'postgres',
    db: drizzlePostgres(pool) as unknown as Database,
    async inTransaction(work) {
      const client = await pool.connect()
      try {
        await client.query('begin')
        const result = await work({ run: async (text, params) => lastRows(await client.query(text, params)) })
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback').catch(() => {}) // the connection may be what failed
        throw error
      } finally {
        client.release()
      }
    },
    close: () => pool.end(),
  }
}

/** Several statements answer with several results. */
function lastRows(result: pg.QueryResult | pg.QueryResult[]): Record<string, unknown>[] {
  return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? []
}

async function timed<T>(onQuery: OnQuery, run: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  try {
    return await run()
  } finally {
    onQuery(performance.now() - startedAt)
  }
}
