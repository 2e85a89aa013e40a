/** The route by which a page fetches what it checks; every byte is held against its address there. */
import { z } from 'zod'
import { cid, taskId } from '../../../chain/client/gateway/index.ts'
import { BytesReply, defineRoute, type Route } from '../http/route.ts'
import type { TaskContent } from './taskContent.ts'

/** May cost a fetch from a peer; a check of one sample asks ten times. */
const COST = 3
const place = z.coerce.number().int().min(0).max(1000).optional()

export function contentRoutes(content: TaskContent): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/tasks/{id}/content/{cid}',
      tag: 'tasks',
      summary:
        'Bytes that a task names: its documents, or, with `round` and `submission`, an update, a list of published states, or one of these.',
      access: 'open',
      params: z.object({ id: taskId, cid }),
      query: z
        .object({ round: place, submission: place })
        .refine(({ round, submission }) => (round === undefined) === (submission === undefined), {
          path: ['submission'],
          message: 'round and submission stand together',
        }),
      reply: null,
      cache: 'immutable',
      cost: COST,
      async handle({ params: { id, cid: address }, query: { round, submission } }) {
        const named =
          round === undefined || submission === undefined
            ? await content.documents(id)
            : await content.submission(id, { round, submission })
        return new BytesReply(await named.read(address), 'application/octet-stream', `${address}.bin`)
      },
    }),
  ]
}
