/** Routes that give out checkpoints: their parameters, and the same as an ONNX file. */
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { cid, modelReply, taskId } from '../../../chain/client/gateway/index.ts'
import { receipts, rounds, tasks } from '../database/schema/chain.ts'
import { BytesReply, defineRoute, type Route } from '../http/route.ts'
import type { Parts } from '../types.ts'
import { type Checkpoints, ENDED } from './checkpoints.ts'

const params = z.object({ cid })
/** Merging a model costs processor time and fetches from peers. */
const COST = 5

type RouteParts = Pick<Parts, 'db' | 'head'>

export function modelFileRoutes({ db, head }: RouteParts, checkpoints: Checkpoints): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/models/{cid}/parameters',
      tag: 'models',
      summary: 'Parameters of a checkpoint: float32, little-endian, in the model’s own order.',
      access: 'open',
      params,
      reply: null,
      cache: 'immutable',
      cost: COST,
      async handle({ params }) {
        const { info, bytes } = await checkpoints.parameters(params.cid)
        return new BytesReply(bytes, 'application/octet-stream', `model-${info.task}-${info.round}.f32`)
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/models/{cid}/onnx',
      tag: 'models',
      summary: 'A checkpoint as a file that any ONNX Runtime runs.',
      access: 'open',
      params,
      reply: null,
      cache: 'immutable',
      cost: COST,
      async handle({ params }) {
        const { info, bytes } = await checkpoints.onnx(params.cid)
        return new BytesReply(bytes, 'application/octet-stream', `model-${info.task}-${info.round}.onnx`)
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/tasks/{id}/model',
      tag: 'models',
      summary: 'The model of a task after so many rounds, the settled ones unless told; merged here when asked for.',
      access: 'open',
      params: z.object({ id: taskId }),
      query: z.object({ round: z.coerce.number().int().min(0).max(1000).optional() }),
      reply: modelReply,
      cost: COST,
      async handle({ params: { id }, query }) {
        const info = await checkpoints.ensure(id, query.round)
        const { task, round, hash } = info
        const parent = round === 0 ? null : (await checkpoints.ensure(id, round - 1)).cid
        return {
          cid: info.cid,
          hash,
          task,
          round,
          parent,
          ...(await indexed(db, Number(task), round)),
          ...checkpoints.describe(info.cid),
          asOf: head.asOf(),
        }
      },
    }),
  ]
}

/** What the index says of the model with which a round starts. */
async function indexed(
  db: Parts['db'],
  task: number,
  round: number,
): Promise<{ final: boolean; at: number; receipts: number[] }> {
  const before = and(eq(rounds.task, task), eq(rounds.round, round - 1))
  const [of] = await db
    .select({ state: tasks.state, settled: tasks.roundsSettled, at: tasks.createdAt })
    .from(tasks)
    .where(eq(tasks.id, task))
  const [merged] = await db.select({ at: rounds.settledAt }).from(rounds).where(before)
  const lines = await db
    .select({ index: receipts.index })
    .from(receipts)
    .where(and(eq(receipts.task, task), eq(receipts.round, round - 1)))
    .orderBy(receipts.index)
  return {
    final: of !== undefined && ENDED.includes(of.state) && of.settled === round,
    at: merged?.at ?? of?.at ?? 0,
    receipts: lines.map(({ index }) => index),
  }
}
