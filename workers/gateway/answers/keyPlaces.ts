/** Places for answers: so many of one key, so many in all, and a queue of fixed length. One key cannot fill it. */
import { type Places, places } from '../../node/serve/places.ts'
import { AnswersBusyError, AnswersKeyLimitError } from './errors.ts'
import type { GatewayAnswerLimits } from './limits.ts'

export interface KeyPlaces {
  /**
   * Waits for a place. @returns gives it back
   * @throws AnswersKeyLimitError at once, AnswersBusyError, the signal's reason
   */
  take(key: string, signal: AbortSignal): Promise<() => void>
  readonly all: Places
}

export function keyPlaces({ perKey, running, queued, waitMs }: GatewayAnswerLimits): KeyPlaces {
  const held = new Map<string, number>()
  const all = places({ running, queued })
  const count = (key: string, by: number): void => {
    const next = (held.get(key) ?? 0) + by
    if (next > 0) held.set(key, next)
    else held.delete(key)
  }
  return {
    all,
    take: async (key, signal) => {
      if ((held.get(key) ?? 0) >= perKey) {
        throw new AnswersKeyLimitError({
          what: `This key has ${perKey} answers under way, which is as many as it may.`,
          fix: 'Wait for one of them to end.',
          data: { retryAfterMs: 2_000 },
        })
      }
      count(key, 1)
      const late = AbortSignal.timeout(waitMs)
      try {
        const leave = await all.take(AbortSignal.any([signal, late]))
        return () => {
          leave()
          count(key, -1)
        }
      } catch (error) {
        count(key, -1)
        signal.throwIfAborted()
        throw new AnswersBusyError({
          what: late.aborted ? `No place became free within ${waitMs} ms.` : 'The queue for answers is full.',
          fix: 'Try again in a few seconds.',
          cause: error,
        })
      }
    },
  }
}
