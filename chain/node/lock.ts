/** One node a folder. SQLite's file lock goes with its process, so a killed node leaves nothing to clean up. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ChainLockedError } from './errors.ts'

/** @returns a function that releases the folder  @throws ChainLockedError */
export function lockFolder(dir: string): () => void {
  const db = new DatabaseSync(join(dir, 'chain.lock'))
  try {
    db.exec('PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    throw new ChainLockedError({
      what: `Another node runs on the chain in ${dir}.`,
      fix: 'Stop that node, or give this one its own folder with --dir.',
      data: { dir },
      cause,
    })
  }
  return () => db.close()
}
