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
  readonly retryMs?: number
}

const RETRY_MS = 5_000
/** With the wait after each: a minute and a half. */
const MAX_TRIES = 18

export function followSettled({ db, head, log, signal, merge, retryMs = RETRY_MS }: SettledOptions) {
  /** Tasks to look at, with how often that failed. */
  const due = new Map<number, number>()
  let turn: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const look = async (): Promise<void> => {
    if (signal.aborted || due.size === 0) return
    const taken = new Map(due)
    due.clear()
    const failed = (id: number, what: string, error: unknown): void => {
      if (signal.aborted) return
      log.warn(what, { task: String(id), ...reason(error) })
      if (error instanceof CheckpointMismatchError) return // it would be the same again
      const tries = (taken.get(id) ?? 0) + 1
      if (tries >= MAX_TRIES || due.has(id)) return
      due.set(id, tries)
      timer ??= setTimeout(() => {
        timer = undefined
        next()
      }, retryMs).unref()
    }
    try {
      const rows = await db
        .select({ id: tasks.id, rounds: tasks.roundsSettled, state: tasks.state })
        .from(tasks)
        .where(and(inArray(tasks.id, [...taken.keys()]), gt(tasks.roundsSettled, 0)))
      for (const { id, rounds, state } of rows) {
        await merge(String(id), rounds, state).catch((error) => failed(id, 'round not merged', error))
      }
    } catch (error) {
      for (const id of taken.keys()) failed(id, 'settled rounds not read', error)
    }
  }
  const next = (): void => {
    turn = turn.then(look)
  }
  const unlisten = head.onBlock(({ tasks: changed }) => {
    if (changed.length === 0) return
    for (const id of changed) due.set(id, 0)
    next()
  })
  return {
    async stop(): Promise<void> {
      unlisten()
      clearTimeout(timer)
      due.clear()
      await turn
    },
  }
}

function reason(error: unknown): Record<string, unknown> {
  if (error instanceof BlyanError) return { code: error.code, what: error.what }
  return { code: 'INTERNAL', what: error instanceof Error ? error.message : String(error) }
}
