/** A server: keeps the newest parameters of trained tasks and writes with them for whoever asks, with a signed record. */

import type { NodeKey } from '../keyFile.ts'
import type { Operator } from '../operator.ts'
import { holdCheckpoints, KEPT } from '../serve/checkpoints.ts'
import { type AnswerDoor, answerDoor } from '../serve/door.ts'
import type { AnswerLimits } from '../serve/limits.ts'
import { youngestTasks } from '../serve/youngest.ts'
import type { TaskContext } from '../taskContext.ts'
import type { TaskView } from '../views.ts'

/** Between two looks at the chain: a round takes longer than that. */
const LOOK_MS = 1_000
/** Tasks looked at: of the youngest, some wait, some failed. */
const LOOKED_AT = 10 * KEPT

export interface ServerOptions {
  readonly operator: Operator
  /** Signs the records. */
  readonly key: NodeKey
  readonly open: (task: TaskView) => Promise<TaskContext>
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly hosts?: readonly string[]
  readonly limits?: Partial<AnswerLimits>
}

export interface Server {
  readonly door: AnswerDoor
  /** Follows the chain until the operator's signal is aborted; never rejects. */
  readonly done: Promise<void>
}

/** Starts to follow the chain; answers with what it held before as soon as that is loaded. */
export function startServer({ operator, key, open, now, sleep, hosts, limits }: ServerOptions): Server {
  const { views, compute, store, journal, log, signal } = operator
  const held = holdCheckpoints({
    tasks: youngestTasks(views.tasks, LOOKED_AT),
    open,
    store,
    journal,
    compute,
    now,
    log,
    signal,
  })
  const door = answerDoor({
    checkpoints: held.list,
    retired: held.retired,
    predict: ({ cid, config }, text, temperature) => compute.predict(cid, text.slice(-config.context), temperature),
    key,
    runtime: compute.runtime.wasmSha256,
    now,
    hosts,
    limits,
    log,
  })
  const follow = async (): Promise<void> => {
    await held.restore()
    let seen = -1
    let reachable = true
    while (!signal.aborted) {
      try {
        const height = await views.head()
        // Also without a new block: what could not be fetched is tried again.
        if (height !== seen || held.list().length === 0) await held.refresh()
        seen = height
        reachable = true
      } catch (error) {
        if (reachable && !signal.aborted) log('cannot look for new models', { what: (error as Error).message })
        reachable = false
      }
      await held.sweep().catch((error: Error) => log('cannot let go of a model', { what: error.message }))
      await sleep(LOOK_MS, signal)
    }
  }
  return { door, done: follow() }
}
