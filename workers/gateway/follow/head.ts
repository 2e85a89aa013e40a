/** Where the index stands, for readers and listeners. */
import type { Head, Log } from '../types.ts'
import type { Position } from './writeRows.ts'

/** Without a word from the chain for this long, answers are marked stale, ms. */
const STALE_MS = 10_000

type Listener = Parameters<Head['onBlock']>[0]

export interface FollowedHead extends Head {
  moved(position: Position): void
  /** The chain answered, and everything final is in. */
  heard(): void
  /** The chain or the database is away. */
  lost(): void
  tell(block: Parameters<Listener>[0]): void
}

export function createHead(now: () => number, log: Log): FollowedHead {
  const listeners = new Set<Listener>()
  let position = { height: 0, at: 0 }
  let version = 0
  let heardAt = Number.NEGATIVE_INFINITY
  return {
    asOf: () => ({ height: position.height, at: position.at, stale: now() - heardAt > STALE_MS }),
    version: () => version,
    onBlock(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    moved({ height, at }) {
      if (height >= position.height) position = { height: Math.max(height, 0), at }
    },
    heard() {
      heardAt = now()
    },
    lost() {
      heardAt = Number.NEGATIVE_INFINITY
    },
    tell(block) {
      version += 1
      for (const listener of listeners) {
        try {
          listener(block)
        } catch (error) {
          log.error('a listener of blocks failed', { what: (error as Error).message }) // theirs; the index goes on
        }
      }
    },
  }
}
