/**
 * The daemon's memory across a crash: salts and finished work, written down before anything of them is sent.
 * SQLite with a full sync at each commit, so that what this process said to the chain it still knows after `kill -9`.
 */
import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { JournalError } from './errors.ts'
import { faultPoint } from './fault.ts'

export interface Journal {
  get<T>(key: string): T | null
  /** Durable when it returns. */
  put(key: string, value: unknown): void
  remove(prefix: string): void
  /** Keys that begin with `prefix`, in order. */
  keys(prefix: string): string[]
  /** The salt of one commitment: made once, kept for ever, so that a restart cannot commit to two. */
  salt(key: string): string
  close(): void
}

/**
 * Opens or makes the journal.
 * @param random 32 fresh bytes; salts must be secret, so this is the system's randomness outside tests
 * @throws JournalError when the file is no journal or the disk refuses
 */
export function openJournal(path: string, random: () => Uint8Array = () => randomBytes(32)): Journal {
  let db: DatabaseSync
  try {
    db = new DatabaseSync(path)
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    `)
  } catch (cause) {
    throw journalError(path, cause)
  }
  const select = db.prepare('SELECT value FROM entries WHERE key = ?')
  const upsert = db.prepare(
    'INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  const drop = db.prepare('DELETE FROM entries WHERE substr(key, 1, length(?1)) = ?1')

  const list = db.prepare('SELECT key FROM entries WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key')

  const get = <T>(key: string): T | null => {
    const row = select.get(key) as { value: string } | undefined
    return row === undefined ? null : (JSON.parse(row.value) as T)
  }
  const put = (key: string, value: unknown): void => {
    try {
      upsert.run(key, JSON.stringify(value))
    } catch (cause) {
      throw journalError(path, cause)
    }
  }
  return {
    get,
    put,
    remove: (prefix) => void drop.run(prefix),
    keys: (prefix) => (list.all(prefix) as { key: string }[]).map(({ key }) => key),
    salt: (key) => {
      const known = get<string>(`salt/${key}`)
      if (known !== null) return known
      const fresh = Buffer.from(random()).toString('hex')
      put(`salt/${key}`, fresh)
      faultPoint('worker.salt-journalled')
      return fresh
    },
    close: () => db.close(),
  }
}

function journalError(path: string, cause: unknown): JournalError {
  return new JournalError({
    what: `The journal ${path} cannot be used: ${(cause as Error).message}.`,
    fix: 'Check free disk space and the file; restore it from a backup rather than deleting it, since it holds open salts.',
    data: { path },
    cause,
  })
}
