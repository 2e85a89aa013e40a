/** A source that notes whether the chain answers: an index that stands still because of its database must not blame the chain. */
import type { BlockSource } from '../../../chain/client/near/source/index.ts'

/** Without an answer for this long the chain counts as away, ms. */
const AWAY_MS = 10_000

export interface WatchedSource extends BlockSource {
  /** Whether the last question was answered, and lately. */
  answers(): boolean
}

export function watchedSource(source: BlockSource, now: () => number): WatchedSource {
  let heardAt = Number.NEGATIVE_INFINITY
  const note = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      const value = await answer
      heardAt = now()
      return value
    } catch (error) {
      heardAt = Number.NEGATIVE_INFINITY
      throw error
    }
  }
  return {
    answers: () => now() - heardAt <= AWAY_MS,
    genesis: (signal) => note(source.genesis(signal)),
    head: (signal) => note(source.head(signal)),
    blocks: (fromHeight, limit, signal) => note(source.blocks(fromHeight, limit, signal)),
  }
}
