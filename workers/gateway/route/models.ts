/** `GET /api/v1/models` and `/models/{cid}`: checkpoints that the chain names, from which round, out of whose updates. */
import { and, desc, eq, inArray, lt, or } from 'drizzle-orm'
import { z } from 'zod'
import { cid, listOf, modelLine, modelReply, pageQuery, taskId } from '../../../chain/client/gateway/index.ts'
import { models, receipts, tasks } from '../database/schema/chain.ts'
import { NotFoundError } from '../http/errors.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Parts } from '../types.ts'
import { decodeCursor, pageOf } from './cursor.ts'

type ModelRow = typeof models.$inferSelect
type ModelFacts = Omit<z.input<typeof modelReply>, keyof z.input<typeof modelLine> | 'asOf'>

/** Bytes and sizes of checkpoints, where this gateway has them. */
export interface ModelSources {
  held(cid: string): boolean
  /** A held one that may be named by no round: the result of a task's last one. */
  find(cid: string): { readonly task: string; readonly round: number; readonly hash: string } | null
  describe(cid: string): ModelFacts
}
const UNKNOWN: ModelFacts = { config: null, parametersUrl: null, onnxUrl: null, onnxSha256: null }
const NONE: ModelSources = { held: () => false, find: () => null, describe: () => UNKNOWN }

export function modelRoutes(parts: Parts, sources: ModelSources = NONE): Route[] {
  const { db, head } = parts
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/models',
      tag: 'models',
      summary: 'Checkpoints that rounds started from, newest task first',
      access: 'open',
      query: pageQuery.extend({ task: taskId.optional() }),
      reply: listOf(modelLine),
      cache: 'block',
      overview: true,
      async handle({ query: { cursor, limit, task } }) {
        const asOf = head.asOf()
        const before = decodeCursor('models', 2, cursor)
        const after =
          before === null
            ? undefined
            : or(lt(models.task, before[0]!), and(eq(models.task, before[0]!), lt(models.round, before[1]!)))
        const rows = await db
          .select()
          .from(models)
          .where(and(after, task === undefined ? undefined : eq(models.task, Number(task))))
          .orderBy(desc(models.task), desc(models.round))
          .limit(limit + 1)
        const lines = await toModelLines(parts, rows, sources)
        const page = pageOf(
          rows,
          limit,
          'models',
          (row) => [row.task, row.round],
          (row) => lines.get(row)!,
        )
        return { ...page, asOf }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/models/{cid}',
      tag: 'models',
      summary: 'A checkpoint, and where its bytes are when this gateway holds them',
      access: 'open',
      params: z.object({ cid }),
      reply: modelReply,
      cache: 'block',
      async handle({ params: { cid: address } }) {
        const asOf = head.asOf()
        // The same bytes may start several tasks: the newest is told.
        const rows = await db
          .select()
          .from(models)
          .where(eq(models.cid, address))
          .orderBy(desc(models.task), desc(models.round))
          .limit(1)
        const row = rows[0] ?? (await heldRow(parts, sources, address))
        if (row === null) {
          throw new NotFoundError({
            what: 'No task up to now names this checkpoint.',
            fix: '/api/v1/models lists those that are named.',
            data: { field: 'cid' },
          })
        }
        const line = (await toModelLines(parts, [row], sources)).get(row)!
        return { ...line, ...sources.describe(address), asOf }
      },
    }),
  ]
}

async function heldRow({ db }: Parts, sources: ModelSources, address: string): Promise<ModelRow | null> {
  const found = sources.find(address)
  if (found === null) return null
  const task = Number(found.task)
  const [of] = await db
    .select({ height: tasks.updatedHeight, at: tasks.createdAt })
    .from(tasks)
    .where(eq(tasks.id, task))
  return of === undefined ? null : { task, round: found.round, hash: found.hash, cid: address, ...of }
}

/** PERF: three queries a page. */
async function toModelLines({ db }: Parts, rows: readonly ModelRow[], { held }: ModelSources) {
  const ids = [...new Set(rows.map(({ task }) => task))]
  if (ids.length === 0) return new Map<ModelRow, z.input<typeof modelLine>>()
  const ofTasks = await db.select({ id: tasks.id, rounds: tasks.rounds }).from(tasks).where(inArray(tasks.id, ids))
  const rounds = new Map(ofTasks.map(({ id, rounds }) => [id, rounds]))
  const all = await db.select().from(models).where(inArray(models.task, ids))
  const merged = await db
    .select({ index: receipts.index, task: receipts.task, round: receipts.round })
    .from(receipts)
    .where(inArray(receipts.task, ids))
    .orderBy(receipts.index)
  return new Map(
    rows.map((row): [ModelRow, z.input<typeof modelLine>] => {
      const parent = all.find(({ task, round }) => task === row.task && round === row.round - 1)
      return [
        row,
        {
          cid: row.cid,
          hash: row.hash,
          task: `${row.task}`,
          round: row.round,
          parent: parent?.cid ?? null,
          final: row.round === rounds.get(row.task),
          at: row.at,
          receipts: merged
            .filter(({ task, round }) => task === row.task && round === row.round - 1)
            .map(({ index }) => index),
          held: held(row.cid),
        },
      ]
    }),
  )
}
