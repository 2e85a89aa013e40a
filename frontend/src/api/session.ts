/** Who is signed in: the access token lives in memory alone, the refresh cookie is the browser's and no script sees it. */
import type { z } from 'zod'
import type { loginReply, Profile } from '../../../chain/client/gateway/index.ts'

export type Login = z.infer<typeof loginReply>

export interface Session {
  current(): Login | null
  profile(): Profile | null
  set(login: Login): void
  clear(): void
  /** Whether this browser has signed in before, so that a refresh is worth asking for. */
  maySignIn(): boolean
  subscribe(listener: () => void): () => void
  /** Runs alone among this browser's tabs: two that rotate the same cookie at once would look like a theft. */
  alone<T>(job: () => Promise<T>): Promise<T>
}

/** That somebody signed in here; no secret. */
const HINT = 'blyan.signed-in'

export function createSession(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): Session {
  let login: Login | null = null
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  return {
    current: () => login,
    profile: () => login?.profile ?? null,
    set(next) {
      login = next
      storage.setItem(HINT, next.profile.user)
      tell()
    },
    clear() {
      login = null
      storage.removeItem(HINT)
      tell()
    },
    maySignIn: () => login !== null || storage.getItem(HINT) !== null,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    alone: (job) =>
      typeof navigator !== 'undefined' && navigator.locks !== undefined
        ? navigator.locks.request('blyan.refresh', job)
        : job(),
  }
}
