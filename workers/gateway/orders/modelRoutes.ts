/** Routes that give out checkpoints: their parameters, and the same as an ONNX file. */
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { cid, modelReply, taskId } from '../../../chain/client/gateway/index.ts'
import { tasks } from '../database/schema/chain.ts'
import { BytesReply, defineRoute, type Route } from '../http/route.ts'
import type { Parts } from '../types.ts'
import type { Checkpoints } from './checkpoints.ts'

const params = z.object({ cid })
/** Merging a model costs processor time and fetches from peers. */
const COST = 5

type RouteParts = Pick<Parts, 'db' | 'head' | 'now'>

export function modelFileRoutes({ db, head, now }: RouteParts, checkpoints: Checkpoints): Route[] {
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
          final: await isLast(db, task, round),
          at: now(),
          receipts: [],
          ...checkpoints.describe(info.cid),
          asOf: head.asOf(),
        }
      },
    }),
  ]
}

/** Whether a task has ended with this round's model. */
async function isLast(db: Parts['db'], task: string, round: number): Promise<boolean> {
  const [row] = await db
    .select({ state: tasks.state, settled: tasks.roundsSettled })
    .from(tasks)
    .where(eq(tasks.id, Number(task)))
  return row !== undefined && ['Completed', 'Failed', 'Cancelled'].includes(row.state) && row.settled === round
}
