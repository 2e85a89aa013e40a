/** `GET /api/v1/network`, `/network/stats`, `/network/health`, `/network/index`: the market as a whole. */
import { count, desc, sql } from 'drizzle-orm'
import {
  networkHealth,
  networkIndexReply,
  networkReply,
  networkStats,
  TASK_STATES,
} from '../../../chain/client/gateway/index.ts'
import { nodes, receipts, supply, tasks } from '../database/schema/chain.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Parts } from '../types.ts'
import { countNodes } from './nodes.ts'

/** What only the follower and the database know of themselves. */
export interface NetworkSources {
  /** Final blocks not followed yet, and whether the chain answers. */
  health?(): { chain: 'ok' | 'stale' | 'away'; lagBlocks: number }
  /** Whether a query comes back. */
  databaseAnswers?(): Promise<boolean>
  /** Hash over all rows of the index. PERF: reads every row. */
  indexHash?(): Promise<{ height: number; sha256: string }>
  readonly database?: 'pglite' | 'postgres'
}

export function networkRoutes(parts: Parts, sources: NetworkSources = {}): Route[] {
  const { config, head } = parts
  const { indexHash, database } = sources
  const routes = [
    defineRoute({
      method: 'get',
      path: '/api/v1/network',
      tag: 'network',
      summary: 'Which chain and contracts this gateway speaks for',
      access: 'open',
      reply: networkReply,
      cache: 'block',
      handle: async () => ({
        chainId: config.chainId,
        genesisHash: config.genesisHash,
        embedded: config.embedded,
        contracts: config.contracts,
        rpcPath: '/rpc',
        rpcUrl: config.rpcUrl,
        origin: config.origin,
        asOf: head.asOf(),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/network/stats',
      tag: 'network',
      summary: 'Operators, tasks, receipts and where all BLY is',
      access: 'open',
      reply: networkStats,
      cache: 'block',
      overview: true,
      handle: () => readNetworkStats(parts),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/network/health',
      tag: 'network',
      summary: 'Whether chain and database answer, and how far the index is behind',
      access: 'open',
      reply: networkHealth,
      async handle() {
        const asOf = head.asOf()
        const { chain, lagBlocks } = sources.health?.() ?? {
          chain: asOf.stale ? ('stale' as const) : ('ok' as const),
          lagBlocks: 0,
        }
        const answers = (await sources.databaseAnswers?.()) ?? true
        return { chain, database: answers ? ('ok' as const) : ('away' as const), lagBlocks, asOf }
      },
    }),
  ]
  if (indexHash === undefined || database === undefined) return routes
  return [
    ...routes,
    defineRoute({
      method: 'get',
      path: '/api/v1/network/index',
      tag: 'network',
      summary: 'Hash of the index: another gateway of the same chain has the same at the same height',
      access: 'open',
      reply: networkIndexReply,
      cache: 'block',
      cost: 50,
      handle: async () => ({ ...(await indexHash()), database, asOf: head.asOf() }),
    }),
  ]
}

/** PERF: passes over tasks and nodes, a lookup in receipts; shared by REST and the WebSocket once a block. */
export async function readNetworkStats(parts: Parts) {
  const { db, config, head } = parts
  const asOf = head.asOf()
  const byState = await countTasks(parts)
  const [newest] = await db
    .select({ index: receipts.index, at: receipts.settledAt })
    .from(receipts)
    .orderBy(desc(receipts.index))
    .limit(1)
  const [money] = await db
    .select({
      earned: sql<string>`coalesce(sum(${nodes.earned}), 0)`,
      lost: sql<string>`coalesce(sum(${nodes.lost}), 0)`,
    })
    .from(nodes)
  const totals = new Map((await db.select().from(supply)).map(({ name, amount }) => [name, amount]))
  const { total } = await countNodes(parts)
  totals.delete('nodes') // a count
  return {
    chainId: config.chainId,
    operators: total,
    tasks: byState,
    receipts: newest === undefined ? 0 : newest.index + 1,
    lastReceiptAt: newest?.at ?? null,
    paidAtto: money!.earned,
    lostAtto: money!.lost,
    burnedAtto: `${totals.get('bly_burned') ?? 0n}`,
    supply: Object.fromEntries([...totals].map(([name, amount]) => [name, `${amount}`])),
    asOf,
  }
}

/** Tasks by state; states without any are there with 0. */
export async function countTasks({ db }: Parts): Promise<Record<string, number>> {
  const rows = await db.select({ state: tasks.state, n: count() }).from(tasks).groupBy(tasks.state)
  return {
    ...Object.fromEntries(TASK_STATES.map((state) => [state, 0])),
    ...Object.fromEntries(rows.map(({ state, n }) => [state, n])),
  }
}
