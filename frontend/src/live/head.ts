/** The newest final block that any reply has named: what everything on the page is right as of. */
import { asOf } from '../../../chain/client/gateway/index.ts'

export interface HeadStore {
  /** Looks for `asOf` in a parsed reply. */
  note(reply: unknown): void
  current(): { height: number; at: number } | null
  subscribe(listener: () => void): () => void
}

export function createHeadStore(): HeadStore {
  let head: { height: number; at: number } | null = null
  const listeners = new Set<() => void>()
  return {
    note(reply) {
      const named = asOf.safeParse((reply as { asOf?: unknown } | null)?.asOf)
      if (!named.success || (head !== null && named.data.height <= head.height)) return
      head = { height: named.data.height, at: named.data.at }
      for (const listener of listeners) listener()
    },
    current: () => head,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
