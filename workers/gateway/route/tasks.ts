/** `GET /api/v1/tasks` and `/tasks/{id}`: what was ordered, how far it is, where the money is. */
import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  accountId,
  listOf,
  pageQuery,
  taskDetail,
  taskId,
  taskState,
  taskSummary,
} from '../../../chain/client/gateway/index.ts'
import type { RoundFigures } from '../../../chain/client/words/index.ts'
import { disputes, events, rounds, submissions, tasks, verdicts } from '../database/schema/chain.ts'
import { NotFoundError } from '../http/errors.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Parts } from '../types.ts'
import { decodeCursor, pageOf } from './cursor.ts'
import { readTaskDetail } from './taskDetail.ts'
import { roundFigures, type TaskRow, toTaskSummary, validatorStates } from './taskRows.ts'

export interface TaskSources {
  /** Bits per byte at each round, where somebody has computed them. */
  loss?(task: string): Promise<z.input<typeof taskDetail>['loss']>
}

export function taskRoutes(parts: Parts, { loss }: TaskSources = {}): Route[] {
  const { db, head, now } = parts
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/tasks',
      tag: 'tasks',
      summary: 'Tasks, newest first',
      access: 'open',
      query: pageQuery.extend({ requester: accountId.optional(), state: taskState.optional() }),
      reply: listOf(taskSummary),
      cache: 'block',
      async handle({ query: { cursor, limit, requester, state } }) {
        const asOf = head.asOf()
        const before = decodeCursor('tasks', 1, cursor)
        const rows = await db
          .select()
          .from(tasks)
          .where(
            and(
              before === null ? undefined : lt(tasks.id, before[0]!),
              requester === undefined ? undefined : eq(tasks.requester, requester),
              state === undefined ? undefined : eq(tasks.state, state),
            ),
          )
          .orderBy(desc(tasks.id))
          .limit(limit + 1)
        const present = await presentRounds(parts, rows)
        const page = pageOf(
          rows,
          limit,
          'tasks',
          (row) => [row.id],
          (row) => toTaskSummary(row, present.get(row.id) ?? null, now()),
        )
        return { ...page, asOf }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/tasks/{id}',
      tag: 'tasks',
      summary: 'A task with its rounds, hand-ins, verdicts, disputes and evidence',
      access: 'open',
      params: z.object({ id: taskId }),
      reply: taskDetail,
      cache: 'block',
      lasts: ({ vested }) => vested,
      async handle({ params: { id } }) {
        const asOf = head.asOf()
        const detail = await readTaskDetail(parts, Number(id))
        if (detail === null) {
          throw new NotFoundError({
            what: `There is no task ${id} up to block ${asOf.height}.`,
            fix: '/api/v1/tasks lists them; a new one appears with its block.',
            data: { field: 'id' },
          })
        }
        const points = (await loss?.(id)) ?? { points: [], unigram: null, bigram: null, trigram: null }
        return { ...detail, loss: points, asOf }
      },
    }),
  ]
}

/** The present round of each task that goes on, with its seats, for the sentence. PERF: four queries a page. */
async function presentRounds({ db }: Parts, rows: readonly TaskRow[]): Promise<Map<number, RoundFigures>> {
  const open = rows.filter(({ state }) => !['Completed', 'Failed', 'Cancelled'].includes(state))
  if (open.length === 0) return new Map()
  const pairs = sql.join(
    open.map(({ id, round }) => sql`(${id}::bigint, ${round}::int)`),
    sql`, `,
  )
  const ids = open.map(({ id }) => id)
  const ofPresent = (task: typeof rounds.task | typeof submissions.task, round: typeof rounds.round) =>
    sql`(${task}, ${round}) in (${pairs})`
  const here = await db.select().from(rounds).where(ofPresent(rounds.task, rounds.round))
  const hands = await db
    .select({
      task: submissions.task,
      account: submissions.account,
      state: submissions.state,
      submission: submissions.submission,
    })
    .from(submissions)
    .where(sql`(${submissions.task}, ${submissions.round}) in (${pairs})`)
    .orderBy(submissions.submission)
  const opened = await db.select().from(verdicts).where(sql`(${verdicts.task}, ${verdicts.round}) in (${pairs})`)
  const sealed = await db
    .select({ task: events.task, round: events.round, accounts: events.accounts })
    .from(events)
    .where(and(inArray(events.task, ids), eq(events.name, 'verdict_committed')))
  const disputed = await db
    .select({ task: disputes.task, round: disputes.round })
    .from(disputes)
    .where(sql`(${disputes.task}, ${disputes.round}) in (${pairs}) and ${disputes.result} is null`)
  return new Map(
    here.flatMap((round): [number, RoundFigures][] => {
      const at = (each: { task: number | null; round?: number | null }) =>
        each.task === round.task && (each.round === undefined || each.round === round.round)
      const figures = roundFigures(
        round,
        hands.filter(at),
        validatorStates(round, opened.filter(at), new Set(sealed.filter(at).flatMap(({ accounts }) => accounts))),
        disputed.filter(at).length,
      )
      return figures === null ? [] : [[round.task, figures]]
    }),
  )
}
