/** Tells at once what has ended before its time: this process, and with Redis every gateway beside it. */
import type { Redis } from 'ioredis'
import { z } from 'zod'
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

const CHANNEL = 'blyan:revoked'

/** @param redis publishes; a copy of it listens, since a listening connection can do nothing else */
export async function redisRevocations(redis: Redis, log: Log): Promise<Revocations> {
  const local = memoryRevocations()
  const hearing = redis.duplicate()
  hearing.on('error', (error) => log.warn('redis is away, revocations of other gateways come late', { error }))
  hearing.on('message', (_channel, text) => {
    try {
      local.publish(revoked.parse(JSON.parse(text)))
    } catch (error) {
      log.warn('a revocation could not be read', { error })
    }
  })
  await hearing.subscribe(CHANNEL)
  return {
    publish(what) {
      // Here at once, whatever Redis does; hearing it a second time from there changes nothing.
      local.publish(what)
      redis.publish(CHANNEL, JSON.stringify(what)).catch((error) => {
        log.warn('a revocation did not reach the other gateways; they see it within seconds', { error })
      })
    },
    listen: local.listen,
    async close() {
      await local.close()
      hearing.disconnect()
    },
  }
}
