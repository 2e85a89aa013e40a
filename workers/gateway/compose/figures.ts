/** Figures that are read once a block however many ask, and whether the database can be asked at all. */
import { sql } from 'drizzle-orm'
import { nodes } from '../database/schema/chain.ts'
import { countNodes, countTasks } from '../route/index.ts'
import type { Database, Parts } from '../types.ts'

/** The same answer until the next block; a failed one is asked again. */
export function oncePerVersion<T>({ head }: Pick<Parts, 'head'>, read: () => Promise<T>): () => Promise<T> {
  let kept: { version: number; value: Promise<T> } | null = null
  return () => {
    const version = head.version()
    if (kept?.version !== version) {
      const value = read()
      kept = { version, value }
      value.catch(() => {
        if (kept?.value === value) kept = null
      })
    }
    return kept.value
  }
}

/** What Prometheus' gauges show of the index. */
export async function readGauges(parts: Parts) {
  const [paid] = await parts.db.select({ sum: sql<string>`coalesce(sum(${nodes.earned}), 0)` }).from(nodes)
  const { working, idle, parked } = await countNodes(parts)
  return { tasks: await countTasks(parts), nodes: { working, idle, parked }, rewardsAtto: BigInt(paid!.sum) }
}

/** A query that does not come back is no answer either, ms. */
const DATABASE_MS = 2_000

export async function databaseAnswers(db: Database): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), DATABASE_MS)
  })
  const asked = db.execute(sql`select 1`).then(
    () => true,
    () => false,
  )
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}
