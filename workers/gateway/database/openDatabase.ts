/** The gateway's database: PGlite in its own locked folder, or PostgreSQL where an address is given; one set of migrations. */
import { resolve } from 'node:path'
import type { Database } from '../types.ts'
import { type OnQuery, openPglite, openPostgres } from './driver.ts'
import { lockFolder } from './lockFolder.ts'
import { migrate, resetChain } from './migrate.ts'

export interface DatabaseOptions {
  /** The gateway's own folder; null keeps everything in memory, for tests. */
  dir: string | null
  /** `postgres://…`; the folder is not used then. */
  url?: string | undefined
  /** Told how many ms each statement took. */
  onQuery?: OnQuery
  /** The command that opens it, told to whoever finds the folder locked. */
  what?: string
  /** Drops schema `chain` at once: the only way in when its migrations have changed. */
  rebuild?: boolean
}

export interface OpenedDatabase {
  readonly db: Database
  readonly kind: 'pglite' | 'postgres'
  /** All or nothing; statements on `db` itself wait behind it on PGlite, which has one connection. */
  transaction<T>(work: (tx: Database) => Promise<T>): Promise<T>
  /** Drops schema `chain` and makes it again, empty. Schema `app` stays. */
  resetChain(): Promise<void>
  close(): Promise<void>
}

/** Opens and migrates. @throws DatabaseLockedError DatabaseAwayError DatabaseDamagedError MigrationChangedError */
export async function openDatabase(options: DatabaseOptions): Promise<OpenedDatabase> {
  const { url, onQuery = () => {}, what = 'blyan gateway' } = options
  const dir = options.dir === null ? null : resolve(options.dir)
  const usesFolder = (url === undefined || url === '') && dir !== null
  const unlock = usesFolder ? lockFolder(dir, what) : () => {}
  try {
    const driver = url ? await openPostgres(url, onQuery) : await openPglite(dir, onQuery)
    try {
      await migrate(driver, 'app')
      if (options.rebuild === true) await resetChain(driver)
      else await migrate(driver, 'chain')
    } catch (error) {
      await driver.close()
      throw error
    }
    return {
      db: driver.db,
      kind: driver.kind,
      transaction: (work) => driver.db.transaction((tx) => work(tx as unknown as Database)),
      resetChain: () => resetChain(driver),
      async close() {
        await driver.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}
