/** Blocks that another process wrote into the same database: listeners here are told of them too. */
import { asc, gt } from 'drizzle-orm'
import type { Database, Head } from '../types.ts'
import { table } from './rows.ts'

export type ToldBlock = Parameters<Parameters<Head['onBlock']>[0]>[0]

/** Blocks with events above a height, in order. */
export async function blocksAbove(db: Database, height: number): Promise<ToldBlock[]> {
  const { events } = table
  const rows = await db
    .select({ height: events.height, at: events.at, task: events.task, accounts: events.accounts })
    .from(events)
    .where(gt(events.height, height))
    .orderBy(asc(events.height))
  const blocks = new Map<number, { at: number; tasks: Set<number>; accounts: Set<string> }>()
  for (const { height: at, ...row } of rows) {
    const block = blocks.get(at) ?? { at: row.at, tasks: new Set<number>(), accounts: new Set<string>() }
    blocks.set(at, block)
    if (row.task !== null) block.tasks.add(row.task)
    for (const account of row.accounts) block.accounts.add(account)
  }
  return [...blocks].map(([at, { tasks, accounts, ...block }]) => ({
    height: at,
    at: block.at,
    tasks: [...tasks],
    accounts: [...accounts],
  }))
}
