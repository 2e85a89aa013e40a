/**
 * Challenges that were given out and not yet answered. Whoever answers first takes one, also with a wrong proof: a nonce
 * that survives failure could be tried against again and again, and each try may cost a read from a chain. Nobody can burn
 * another's nonce, because only who asked for its 256 bits has seen them.
 */
import { addressKey } from '../http/limits.ts'
import type { Challenge } from './challenge.ts'
import { NonceStoreError, TooManyNoncesError } from './errors.ts'

/** Unanswered at once by one address: people behind one router, not a script that fills the memory. */
export const NONCES_PER_ADDRESS = 32
/** In all, in memory: about 60 MB. */
const NONCES_AT_ALL = 100_000

export interface NonceStore {
  /** @throws TooManyNoncesError · NonceStoreError */
  put(challenge: Challenge, address: string): Promise<void>
  /** The challenge, once: null for whoever comes later, and after its time. @throws NonceStoreError */
  take(nonce: string): Promise<Challenge | null>
  close(): Promise<void>
}

export function memoryNonces(now: () => number): NonceStore {
  // In order of giving out, so of ending too.
  const held = new Map<string, { challenge: Challenge; group: string }>()
  const perGroup = new Map<string, number>()

  const drop = (nonce: string, group: string): void => {
    held.delete(nonce)
    const left = perGroup.get(group)! - 1
    if (left === 0) perGroup.delete(group)
    else perGroup.set(group, left)
  }
  const sweep = (): void => {
    for (const [nonce, { challenge, group }] of held) {
      if (challenge.expiresAt > now()) return
      drop(nonce, group)
    }
  }

  return {
    async put(challenge, address) {
      sweep()
      const group = addressKey(address)
      const count = perGroup.get(group) ?? 0
      if (count >= NONCES_PER_ADDRESS) throw tooMany()
      if (held.size >= NONCES_AT_ALL) throw storeAway('Too many sign-ins are under way.')
      held.set(challenge.nonce, { challenge, group })
      perGroup.set(group, count + 1)
    },
    async take(nonce) {
      const found = held.get(nonce)
      if (found === undefined) return null
      drop(nonce, found.group)
      return found.challenge.expiresAt > now() ? found.challenge : null
    },
    async close() {
      held.clear()
      perGroup.clear()
    },
  }
}

export const tooMany = (): TooManyNoncesError =>
  new TooManyNoncesError({
    what: `${NONCES_PER_ADDRESS} sign-ins from your address are unanswered.`,
    fix: 'Finish one, or wait five minutes.',
  })

export const storeAway = (what: string, cause?: unknown): NonceStoreError =>
  new NonceStoreError({ what, fix: 'Try again in a minute.', cause })
