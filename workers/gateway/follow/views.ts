/** What events lack, asked from the market's views: a task's message and price, a node's key and address. */
import { z } from 'zod'
import type { NearClient } from '../../../chain/client/near/index.ts'
import { ViewBehindError } from './errors.ts'
import type { NodeFacts, TaskFacts } from './rows.ts'

const int = z.number().int().nonnegative()
const atto = z.string().regex(/^\d{1,39}$/)

const taskView = z.object({
  spec: z.looseObject({
    workers: int,
    rounds: int,
    certainty: int,
    small_pool: z.boolean(),
    profile: z.string(),
    windows: z.record(z.string(), int),
  }),
  quote: z.record(z.string(), atto),
  validators: int,
  samples: int,
})
const nodeView = z.object({ worker_key: z.string().nullable(), kind: z.string(), peer: z.string() })

export interface Views {
  /** @throws ViewBehindError */
  task(id: number, signal?: AbortSignal): Promise<TaskFacts>
  /** Null when the account has left. */
  node(account: string, signal?: AbortSignal): Promise<NodeFacts | null>
}

export function marketViews(client: Pick<NearClient, 'view'>, market: string): Views {
  return {
    async task(id, signal) {
      const view = await client.view(market, 'get_task', { task_id: String(id) }, { signal })
      if (view === null) throw behind(`task ${id}`)
      return taskView.parse(view)
    },
    async node(account, signal) {
      const view = await client.view(market, 'get_node', { account_id: account }, { signal })
      if (view === null) return null
      const { worker_key: workerKey, kind, peer } = nodeView.parse(view)
      return { workerKey, kind, peer }
    },
  }
}

const behind = (subject: string) =>
  new ViewBehindError({
    what: `The node told of ${subject} and does not show it yet.`,
    fix: 'Nothing to do: it is asked again.',
    data: { subject },
  })
