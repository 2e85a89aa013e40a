/** The journal's tables. `ord` sorts keys as numbers: direction, then the number with leading zeros. */
import { DatabaseSync } from 'node:sqlite'
import { SignerJournalError } from './errors.ts'

/** Full sync at each commit: what is committed survives a power cut, and only then is anything signed. */
const TABLES = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS entries (
    kind TEXT NOT NULL, guard TEXT NOT NULL, key TEXT NOT NULL, ord TEXT NOT NULL, content TEXT NOT NULL,
    chain TEXT, height INTEGER, hash TEXT, seen_at INTEGER NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0, vanished INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, guard)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entries_by_order ON entries (kind, ord, guard);
  CREATE INDEX IF NOT EXISTS entries_by_block ON entries (chain, height, hash);
  CREATE TABLE IF NOT EXISTS signatures (
    kind TEXT NOT NULL, guard TEXT NOT NULL, epoch TEXT NOT NULL, digest TEXT NOT NULL,
    signature TEXT, signed_at INTEGER,
    PRIMARY KEY (kind, guard, epoch)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS refused (
    kind TEXT NOT NULL, key TEXT NOT NULL, content TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (kind, key, content)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS leaves (
    number INTEGER PRIMARY KEY, hash TEXT NOT NULL, task TEXT NOT NULL, round INTEGER NOT NULL, worker TEXT NOT NULL,
    tainted INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS leaves_by_work ON leaves (task, round, worker);
  CREATE TABLE IF NOT EXISTS vested (task TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS disputes (
    task TEXT NOT NULL, dispute TEXT NOT NULL, round INTEGER NOT NULL, trainer TEXT NOT NULL,
    PRIMARY KEY (task, round, dispute)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS candidates (
    size INTEGER PRIMARY KEY, root TEXT NOT NULL, tainted TEXT NOT NULL, height INTEGER NOT NULL, hash TEXT NOT NULL
  ) STRICT;
`

/** What was read of the market: read again from its beginning. What was signed stays. */
export const FORGET_MARKET = `
  DELETE FROM leaves; DELETE FROM vested; DELETE FROM disputes; DELETE FROM candidates;
  DELETE FROM meta WHERE key IN ('market', 'anchored', 'receipts-wrong');
`

/** @throws SignerJournalError when the file is no journal or the disk refuses */
export function openTables(path: string): DatabaseSync {
  try {
    const db = new DatabaseSync(path)
    db.exec(TABLES)
    return db
  } catch (cause) {
    throw new SignerJournalError({
      what: `The journal ${path} cannot be used: ${(cause as Error).message}.`,
      fix: 'Check free disk space and the file; never delete it: it keeps this signer from signing two things for one number.',
      data: { path },
      cause,
    })
  }
}
