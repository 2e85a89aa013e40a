/** Keeps what was read for some seconds, so that each request does not ask the database who asks. */

/** Longest time that another gateway on the same database may not have heard of a revocation, where there is no Redis. */
export const BRIEF_MS = 5_000
const MOST = 10_000

export interface BriefCache<V> {
  get(key: string): Promise<V | null>
  /** What is being read at this moment is not kept either. */
  forget(key: string): void
}

/** @param load null for what is not there, which is never kept */
export function briefCache<V>(load: (key: string) => Promise<V | null>, now: () => number): BriefCache<V> {
  const held = new Map<string, { value: Promise<V | null>; until: number }>()
  return {
    get(key) {
      const found = held.get(key)
      if (found !== undefined && found.until > now()) return found.value
      const value = load(key)
      const entry = { value, until: now() + BRIEF_MS }
      held.delete(key)
      held.set(key, entry)
      if (held.size > MOST) held.delete(held.keys().next().value!)
      const drop = (): void => {
        if (held.get(key) === entry) held.delete(key)
      }
      value.then((loaded) => loaded === null && drop(), drop)
      return value
    },
    forget: (key) => void held.delete(key),
  }
}
