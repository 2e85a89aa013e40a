/** One signer a journal. SQLite's file lock goes with its process, so a killed signer leaves nothing to clean up. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { JournalInUseError } from './errors.ts'

/** @returns a function that releases the folder  @throws JournalInUseError */
export function lockJournal(dir: string): () => void {
  const db = new DatabaseSync(join(dir, 'signer.lock'))
  try {
    db.exec('PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    throw new JournalInUseError({
      what: `Another signer works with the journal in ${dir}.`,
      fix: 'Stop that one; two with one key could sign two things for one number. Never copy a journal to run it twice.',
      data: { dir },
      cause,
    })
  }
  return () => db.close()
}
