/** One process a folder: SQLite's file lock goes with its process, so a killed gateway leaves nothing to clean up. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { DatabaseLockedError } from './errors.ts'

const holderFile = z.object({ pid: z.number().int(), what: z.string() })

/**
 * @param what the command that holds the folder, for whoever comes second
 * @returns a function that releases it  @throws DatabaseLockedError with the holder's pid
 */
export function lockFolder(dir: string, what: string): () => void {
  mkdirSync(dir, { recursive: true })
  const db = new DatabaseSync(join(dir, 'gateway.lock'))
  const holder = join(dir, 'gateway.holder.json')
  try {
    db.exec('PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    const { pid, what: who } = readHolder(holder)
    throw new DatabaseLockedError({
      what: `The database in ${dir} is open in another process${pid === null ? '' : `: ${who}, pid ${pid}`}.`,
      fix: 'Stop that process, give this one its own --dir, or let both use PostgreSQL by DATABASE_URL.',
      data: { dir, pid, holder: who },
      cause,
    })
  }
  writeFileSync(holder, JSON.stringify({ pid: process.pid, what }))
  return () => db.close()
}

function readHolder(file: string): { pid: number | null; what: string } {
  try {
    return holderFile.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return { pid: null, what: 'unknown' } // the file only helps people; the lock itself is SQLite's
  }
}
