/** `GET /api/v1/nodes`, `/nodes/{id}/status`, `/nodes/stats`: who works here, with what at stake, and how it went. */
import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  accountId,
  listOf,
  nodeStats,
  nodeStatus,
  nodeSummary,
  pageQuery,
} from '../../../chain/client/gateway/index.ts'
import { nodes, seats } from '../database/schema/chain.ts'
import { NotFoundError } from '../http/errors.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Parts } from '../types.ts'
import { decodeCursor, pageOf } from './cursor.ts'
import { readNodeStatus } from './nodeStatus.ts'
import type { MarketSettings } from './settings.ts'
import type { WhyReader } from './whyReader.ts'

export type NodeRow = typeof nodes.$inferSelect
const ROLES = ['trainer', 'validator', 'server'] as const

export interface NodeSources {
  readonly settings: MarketSettings
  readonly why: WhyReader
}

export function nodeRoutes(parts: Parts, sources: NodeSources): Route[] {
  const { db, head } = parts
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/nodes',
      tag: 'nodes',
      summary: 'Operators in the order of their registration',
      access: 'open',
      query: pageQuery.extend({ role: z.enum(ROLES).optional() }),
      reply: listOf(nodeSummary),
      cache: 'block',
      overview: true,
      async handle({ query: { cursor, limit, role } }) {
        const asOf = head.asOf()
        const after = decodeCursor('nodes', 1, cursor)
        const rows = await db
          .select()
          .from(nodes)
          .where(
            and(
              after === null ? undefined : gt(nodes.number, after[0]!),
              role === undefined ? undefined : sql`${role} = any(${nodes.roles})`,
            ),
          )
          .orderBy(asc(nodes.number))
          .limit(limit + 1)
        const working = await workingOf(
          parts,
          rows.map(({ account }) => account),
        )
        const { seat, maxSeats } = await sources.settings()
        const page = pageOf(
          rows,
          limit,
          'nodes',
          (row) => [row.number],
          (row) => toNodeSummary(row, working.has(row.account), seatsOf(row, seat, maxSeats)),
        )
        return { ...page, asOf }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/nodes/stats',
      tag: 'nodes',
      summary: 'How many operators there are, by state and role',
      access: 'open',
      reply: nodeStats,
      cache: 'block',
      overview: true,
      async handle() {
        const asOf = head.asOf()
        const counted = await countNodes(parts)
        const byRole = await db
          .select({ role: sql<string>`unnest(${nodes.roles})`, count: sql<string>`count(*)` })
          .from(nodes)
          .where(gt(nodes.stake, 0n))
          .groupBy(sql`1`)
        const [sum] = await db.select({ stake: sql<string>`coalesce(sum(${nodes.stake}), 0)` }).from(nodes)
        return {
          ...counted,
          stakeAtto: sum!.stake,
          byRole: Object.fromEntries(byRole.map(({ role, count }) => [role, Number(count)])),
          asOf,
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/nodes/{id}/status',
      tag: 'nodes',
      summary: 'An operator with its money, its draws and what each came to',
      access: 'open',
      params: z.object({ id: accountId }),
      reply: nodeStatus,
      cache: 'block',
      cost: 5,
      async handle({ params: { id } }) {
        const asOf = head.asOf()
        const [row] = await db.select().from(nodes).where(eq(nodes.account, id))
        if (row === undefined) {
          throw new NotFoundError({
            what: `${id} has no stake in this market, and never had.`,
            fix: '/api/v1/nodes lists those who have.',
            data: { field: 'id' },
          })
        }
        const working = (await workingOf(parts, [id])).has(id)
        const { seat, maxSeats } = await sources.settings()
        const summary = toNodeSummary(row, working, seatsOf(row, seat, maxSeats))
        return { ...summary, ...(await readNodeStatus(parts, row, sources)), asOf }
      },
    }),
  ]
}

/** Those of the accounts that hold a seat in a round that goes on. */
async function workingOf({ db }: Parts, accounts: readonly string[]): Promise<Set<string>> {
  if (accounts.length === 0) return new Set()
  const rows = await db
    .selectDistinct({ account: seats.account })
    .from(seats)
    .where(and(inArray(seats.account, [...accounts]), eq(seats.open, true)))
  return new Set(rows.map(({ account }) => account))
}

/** Operators by state; those without stake have left and count nowhere. PERF: one pass over nodes and open seats. */
export async function countNodes({ db }: Parts) {
  const isWorking = sql`${nodes.account} in (select ${seats.account} from ${seats} where ${seats.open})`
  const [row] = await db
    .select({
      total: sql<string>`count(*)`,
      parked: sql<string>`count(*) filter (where ${nodes.parked})`,
      working: sql<string>`count(*) filter (where not ${nodes.parked} and ${isWorking})`,
    })
    .from(nodes)
    .where(gt(nodes.stake, 0n))
  const [total, parked, working] = [Number(row!.total), Number(row!.parked), Number(row!.working)]
  return { total, working, idle: total - parked - working, parked }
}

/** @param seat attoBLY of stake that buys one */
const seatsOf = ({ stake }: NodeRow, seat: bigint, maxSeats: number): number => Math.min(Number(stake / seat), maxSeats)

export function toNodeSummary(row: NodeRow, isWorking: boolean, seatCount: number): z.input<typeof nodeSummary> {
  const state = row.stake === 0n ? 'left' : row.parked ? 'parked' : isWorking ? 'working' : 'idle'
  return {
    account: row.account,
    roles: row.roles,
    kind: row.kind,
    class: row.class,
    state,
    stakeAtto: `${row.stake}`,
    unbondingAtto: `${row.unbonding}`,
    seats: seatCount,
    since: row.since,
    earnedAtto: `${row.earned}`,
    lostAtto: `${row.lost}`,
    accepted: row.accepted,
    faults: row.faults,
  }
}
