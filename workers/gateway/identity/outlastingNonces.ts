/**
 * Sign-ins outlast the shared store: while it is away a challenge stays with the gateway that gave it out. Each lies in one
 * place only, or it could be taken twice: so what was sent to the shared store and not confirmed is not kept here as well.
 */
import type { NonceStore } from './nonces.ts'

/** @param isThere whether the shared store can be spoken with right now */
export function outlastingNonces(shared: NonceStore, own: NonceStore, isThere: () => boolean): NonceStore {
  return {
    put: (challenge, address) => (isThere() ? shared : own).put(challenge, address),
    take: async (nonce) => (await own.take(nonce)) ?? shared.take(nonce),
    async close() {
      await own.close()
      await shared.close()
    },
  }
}
