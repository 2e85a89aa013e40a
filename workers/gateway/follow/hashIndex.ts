/** The index's hash: two indexes of one chain at one height have the same, on whichever database. */
import { createHash } from 'node:crypto'
import { getTableName, is } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import * as schema from '../database/schema/chain.ts'
import type { Database } from '../types.ts'
import { canonicalJson } from './canonicalJson.ts'
import { atOneMoment, cursorOf, rowsInOrder } from './readTables.ts'
import type { Position } from './writeRows.ts'

export interface IndexHash {
  /** Of the last block that the index holds; null before the first. */
  position: Position | null
  /** Over the lines `name rows sha256` of all tables by name. */
  sha256: string
  tables: Record<string, { rows: number; sha256: string }>
}

/** Tables that are hashed, by name: all but the cursor. */
export const HASHED_TABLES: readonly PgTable[] = Object.values(schema)
  .filter((each): each is typeof schema.tasks => is(each, PgTable) && each !== (schema.cursor as unknown))
  .sort((a, b) => (getTableName(a) < getTableName(b) ? -1 : 1))

export function hashIndex(db: Database): Promise<IndexHash> {
  return atOneMoment(db, async (moment) => {
    const position = await cursorOf(moment)
    const tables: IndexHash['tables'] = {}
    const whole = createHash('sha256')
    for (const table of HASHED_TABLES) {
      const hash = createHash('sha256')
      let rows = 0
      for await (const row of rowsInOrder(moment, table)) {
        hash.update(`${canonicalJson(row)}\n`)
        rows += 1
      }
      const name = getTableName(table)
      tables[name] = { rows, sha256: hash.digest('hex') }
      whole.update(`${name} ${rows} ${tables[name].sha256}\n`)
    }
    return { position, sha256: whole.digest('hex'), tables }
  })
}
