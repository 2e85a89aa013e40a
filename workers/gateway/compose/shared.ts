/** What several gateways of one site share through Redis: limits, nonces, what has ended. */
import { Redis } from 'ioredis'
import { redisBus } from '../bus/index.ts'
import { busRevocations, type IdentityOptions, memoryNonces, outlastingNonces, redisNonces } from '../identity/index.ts'
import type { Log } from '../types.ts'

export interface Shared {
  readonly redis: Redis
  /** A nonce given out by one is taken by another; a key that ends at one ends at all. */
  readonly identity: Pick<IdentityOptions, 'nonces' | 'revocations'>
  close(): Promise<void>
}

/** @throws BusError and what Redis throws when it does not answer at the start */
export async function openShared(url: string, log: Log, now: () => number): Promise<Shared> {
  const away = (error: Error): void => log.warn('redis is away', { what: error.message })
  // No queue: while it is away every limit would wait for it before counting alone, seconds on each request.
  const options = { lazyConnect: true, connectTimeout: 5_000, maxRetriesPerRequest: 1, enableOfflineQueue: false }
  const redis = new Redis(url, options)
  redis.on('error', away)
  try {
    await redis.connect()
    const bus = await redisBus(url, away)
    const nonces = outlastingNonces(redisNonces(redis, now), memoryNonces(now), () => redis.status === 'ready')
    return {
      redis,
      identity: { nonces, revocations: await busRevocations(bus, log) },
      async close() {
        await bus.close()
        redis.disconnect()
      },
    }
  } catch (error) {
    redis.disconnect()
    throw error
  }
}
