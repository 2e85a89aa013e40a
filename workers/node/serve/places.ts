/** A fixed number of places and a queue of fixed length before them, first come, first served. */
import { ServeBusyError } from './errors.ts'

export interface Places {
  /**
   * Waits for a place.
   * @returns gives it back; calling it twice does no harm
   * @throws ServeBusyError at once when the queue is full; the signal's reason when it aborts first
   */
  take(signal?: AbortSignal): Promise<() => void>
  readonly taken: number
  readonly waiting: number
}

export function places({ running, queued }: { running: number; queued: number }): Places {
  const queue: (() => void)[] = []
  let taken = 0

  const enter = (): (() => void) => {
    taken += 1
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      taken -= 1
      queue.shift()?.()
    }
  }

  return {
    get taken() {
      return taken
    },
    get waiting() {
      return queue.length
    },
    take: (signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        if (taken < running) return resolve(enter())
        if (queue.length >= queued) {
          return reject(
            new ServeBusyError({
              what: `${taken} answers are being written and ${queue.length} wait; no more are taken.`,
              fix: 'Try again in a few seconds, or ask another server.',
            }),
          )
        }
        const go = (): void => {
          signal?.removeEventListener('abort', leave)
          resolve(enter())
        }
        const leave = (): void => {
          queue.splice(queue.indexOf(go), 1)
          reject(signal?.reason)
        }
        queue.push(go)
        signal?.addEventListener('abort', leave, { once: true })
      }),
  }
}
