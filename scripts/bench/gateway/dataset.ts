/** An index of 10⁴ tasks and 10⁵ receipts: one played market, its rows repeated under other numbers. */
import { getTableColumns, getTableName, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { playedGateway } from '../../../test/fixtures/gatewayWorld.ts'
import { insertRows, openDatabase } from '../../../workers/gateway/database/index.ts'
import * as chain from '../../../workers/gateway/database/schema/chain.ts'

export interface Dataset {
  readonly tasks: number
  readonly receipts: number
  readonly requesters: readonly string[]
  readonly operators: readonly string[]
}

/** Tasks that are played; the rest are copies. */
const PLAYED = 40
const WORKERS = 6
const ROUNDS = 2

/** Which columns of a copy move, and by what. */
const SHIFTS: readonly [PgTable, Readonly<Record<string, 'task' | 'receipt' | 'height'>>][] = [
  [chain.blocks, { height: 'height' }],
  [chain.events, { height: 'height', task: 'task' }],
  [chain.tasks, { id: 'task', created_height: 'height', updated_height: 'height' }],
  [chain.rounds, { task: 'task', updated_height: 'height' }],
  [chain.submissions, { task: 'task', receipt: 'receipt', updated_height: 'height' }],
  [chain.verdicts, { task: 'task', height: 'height' }],
  [chain.receipts, { index: 'receipt', task: 'task', height: 'height' }],
  [chain.models, { task: 'task', height: 'height' }],
  [chain.ledger, { height: 'height', task: 'task' }],
  [chain.seats, { task: 'task', height: 'height' }],
]

/** Fills a folder's PGlite, or the database at `url`. PERF: about a minute for 10⁴ tasks. */
export async function makeDataset(
  place: { dir: string; url?: string },
  tasks: number,
  progress: (text: string) => void,
): Promise<Dataset> {
  const played = await playedGateway({ tasks: Math.min(PLAYED, tasks), workers: WORKERS, rounds: ROUNDS, seed: '7' })
  const target = await openDatabase(place)
  try {
    const { db } = target
    const source = played.database.db
    for (const table of [
      ...SHIFTS.map(([each]) => each),
      chain.disputes,
      chain.accounts,
      chain.nodes,
      chain.supply,
      chain.cursor,
    ]) {
      await insertRows(db, table, await source.select().from(table))
    }
    const base = Math.min(PLAYED, tasks)
    const receipts = await db.$count(chain.receipts)
    const { height } = (await db.select({ height: chain.cursor.height }).from(chain.cursor))[0]!
    const steps = { task: base, receipt: receipts, height: height + 1 }
    const copies = Math.ceil(tasks / base) - 1
    for (const [table, shifts] of SHIFTS) {
      if (copies === 0) break
      const columns = Object.values(getTableColumns(table)).map(({ name }) => name)
      const values = columns.map((name) => {
        const shift = shifts[name]
        return shift === undefined ? `t."${name}"` : `t."${name}" + k * ${steps[shift]}`
      })
      const name = `chain."${getTableName(table)}"`
      const list = columns.map((each) => `"${each}"`).join(', ')
      await db.execute(
        sql.raw(
          `insert into ${name} (${list}) select ${values.join(', ')} from ${name} t, generate_series(1, ${copies}) k`,
        ),
      )
      progress(`${getTableName(table)}: ${await db.$count(table)} rows`)
    }
    await db.update(chain.cursor).set({ height: (copies + 1) * steps.height })
    await db.execute(sql.raw('analyze'))
    return {
      tasks: await db.$count(chain.tasks),
      receipts: await db.$count(chain.receipts),
      requesters: played.player.requesters,
      operators: played.player.operators,
    }
  } finally {
    await target.close()
    await played.close()
  }
}
