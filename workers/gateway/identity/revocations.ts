/** Tells at once what has ended before its time: this process, and by the bus every gateway beside it. */
import { z } from 'zod'
import type { Bus } from '../bus/index.ts'
import type { Visitor } from '../http/route.ts'
import type { Log } from '../types.ts'

const revoked = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('session'), session: z.string() }),
  z.object({ kind: z.literal('key'), key: z.string() }),
  /** Whatever this user is signed in with is to be looked at anew: a link came or went. */
  z.object({ kind: z.literal('user'), user: z.string() }),
])
export type Revoked = z.infer<typeof revoked>

/** Whether what has ended is what this visitor came with. */
export function isRevoked({ user, via }: Pick<Visitor, 'user' | 'via'>, what: Revoked): boolean {
  if (what.kind === 'user') return user === what.user
  if (what.kind === 'session') return via.kind === 'session' && via.session === what.session
  return via.kind === 'key' && via.key === what.key
}

export interface Revocations {
  publish(what: Revoked): void
  /** @returns how to stop listening */
  listen(listener: (what: Revoked) => void): () => void
  close(): Promise<void>
}

export function memoryRevocations(): Revocations {
  const listeners = new Set<(what: Revoked) => void>()
  return {
    publish(what) {
      for (const listener of listeners) listener(what)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      listeners.clear()
    },
  }
}

const TOPIC = 'revoked'

/** Through the bus, so that every gateway of the site hears it; here it is told at once, whatever the bus does. */
export async function busRevocations(bus: Pick<Bus, 'publish' | 'subscribe'>, log: Log): Promise<Revocations> {
  const local = memoryRevocations()
  // One's own messages come back as well: hearing an end twice changes nothing.
  const unsubscribe = await bus.subscribe(TOPIC, (text) => {
    try {
      local.publish(revoked.parse(JSON.parse(text)))
    } catch (error) {
      log.warn('a revocation could not be read', { error })
    }
  })
  return {
    publish(what) {
      local.publish(what)
      void bus.publish(TOPIC, JSON.stringify(what))
    },
    listen: local.listen,
    async close() {
      await unsubscribe()
      await local.close()
    },
  }
}
