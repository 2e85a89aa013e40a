/**
 * Rounds as they settle: updates are fetched while their trainers still serve them. What fails while chain, database or a
 * trainer is away for a moment is tried again a few times; later on it is merged when somebody asks for it.
 */
import { and, gt, inArray } from 'drizzle-orm'
import { BlyanError } from '../../../chain/lib/errors.ts'
import { tasks } from '../database/schema/chain.ts'
import type { Parts } from '../types.ts'
import { CheckpointMismatchError } from './errors.ts'

export interface SettledOptions extends Pick<Parts, 'db' | 'head' | 'log' | 'signal'> {
  /** Told of every task that changed and has settled rounds, one after another. */
  merge(task: string, rounds: number, state: string): Promise<void>
  /** Words of the log when that fails. */
  readonly failed?: string
  readonly retryMs?: number
}

const RETRY_MS = 5_000
/** With the wait after each: a minute and a half. */
const MAX_TRIES = 18

export function followSettled({
  db,
  head,
  log,
  signal,
  merge,
  failed: words = 'round not merged',
  retryMs = RETRY_MS,
}: SettledOptions) {
  const due = new Set<number>()
  /** What failed, with how often; until the timer it is left alone, whatever else happens to the task. */
  const failed = new Map<number, { rounds: number | null; tries: number }>()
  let turn: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const note = (id: number, rounds: number | null, what: string, error: unknown): void => {
    if (signal.aborted) return
    const before = failed.get(id)
    const isNew = before?.rounds !== rounds
    // A mismatch would be the same again.
    const tries = error instanceof CheckpointMismatchError ? MAX_TRIES : isNew ? 1 : before.tries + 1
    failed.set(id, { rounds, tries })
    if (isNew) log.warn(what, { task: String(id), ...reason(error) })
    if (tries < MAX_TRIES) timer ??= setTimeout(tryAgain, retryMs).unref()
  }
  const tryAgain = (): void => {
    timer = undefined
    const ids = [...failed].filter(([, { tries }]) => tries < MAX_TRIES).map(([id]) => id)
    if (ids.length > 0) turn = turn.then(() => look(ids, true))
  }
  const look = async (ids: readonly number[], isRetry: boolean): Promise<void> => {
    if (signal.aborted || ids.length === 0) return
    try {
      const rows = await db
        .select({ id: tasks.id, rounds: tasks.roundsSettled, state: tasks.state })
        .from(tasks)
        .where(and(inArray(tasks.id, [...ids]), gt(tasks.roundsSettled, 0)))
      for (const id of ids) if (failed.get(id)?.rounds === null) failed.delete(id)
      for (const { id, rounds, state } of rows) {
        if (!isRetry && failed.get(id)?.rounds === rounds) continue
        try {
          await merge(String(id), rounds, state)
          failed.delete(id)
        } catch (error) {
          note(id, rounds, words, error)
        }
      }
    } catch (error) {
      for (const id of ids) note(id, null, 'settled rounds not read', error)
    }
  }
  const unlisten = head.onBlock(({ tasks: changed }) => {
    if (changed.length === 0) return
    for (const id of changed) due.add(id)
    // Blocks that come while one is looked at are looked at together.
    turn = turn.then(async () => {
      const ids = [...due]
      due.clear()
      await look(ids, false)
    })
  })
  return {
    /** When all that was told is looked at. */
    idle: (): Promise<void> => turn,
    async stop(): Promise<void> {
      unlisten()
      clearTimeout(timer)
      due.clear()
      failed.clear()
      await turn
    },
  }
}

function reason(error: unknown): Record<string, unknown> {
  if (error instanceof BlyanError) return { code: error.code, what: error.what }
  return { code: 'INTERNAL', what: error instanceof Error ? error.message : String(error) }
}
