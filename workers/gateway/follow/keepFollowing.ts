/** The loop of a follower: step, wait, and outlast whatever waiting mends. */
import { pause } from '../../../chain/client/near/rpc.ts'
import { BlyanError } from '../../../chain/lib/errors.ts'
import type { Log } from '../types.ts'
import { EventInvalidError, IndexedReceiptError, IndexMovedError } from './errors.ts'

/** Longest wait before the next try, ms. */
const MAX_WAIT_MS = 3_200
/** Leaves the other process its turn. */
const MOVED_MS = 5

export interface Loop {
  readonly signal: AbortSignal
  readonly pollMs: number
  readonly log: Log
  /** @returns whether everything final is in */
  step(): Promise<boolean>
  /** Called before the next try. */
  forget(error: unknown): void
}

/** @throws EventInvalidError IndexedReceiptError, and what a person must put right, such as OtherChainError */
export async function keepFollowing({ signal, pollMs, log, step, forget }: Loop): Promise<void> {
  let wait = pollMs
  while (!signal.aborted) {
    try {
      const done = await step()
      wait = pollMs
      if (done) await pause(pollMs, signal)
    } catch (error) {
      if (signal.aborted) return
      if (isFinal(error)) throw error
      forget(error)
      // Another gateway on this database was faster: what it wrote is there to be told, so no longer wait follows.
      if (error instanceof IndexMovedError) {
        log.info('another process moved the index', { code: error.code, ...error.data })
        await pause(MOVED_MS, signal).catch(() => {})
        continue
      }
      log.warn('following waits', {
        code: error instanceof BlyanError ? error.code : (error as NodeJS.ErrnoException).code,
        what: error instanceof Error ? error.message.split('\n')[0] : String(error),
        waitMs: wait,
      })
      await pause(wait, signal).catch(() => {}) // the loop ends by itself
      wait = Math.min(wait * 2, MAX_WAIT_MS)
    }
  }
}

/** Asking again gives the same answer: another chain, blocks that the node has lost, data of another version. */
function isFinal(error: unknown): boolean {
  if (error instanceof EventInvalidError || error instanceof IndexedReceiptError) return true
  return error instanceof BlyanError && error.fault === 'config'
}
