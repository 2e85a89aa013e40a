/**
 * Publish and subscribe. Messages are hints: whoever misses one finds the same in the database a little later, so a lost
 * connection to Redis delays and loses nothing. Source: https://redis.io/docs/latest/develop/pubsub (at most once).
 */
import { Redis } from 'ioredis'
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

/** Redis does not answer, or the address is none. */
export class BusError extends BlyanError {
  static override readonly code: string = 'GATEWAY_BUS_AWAY'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

export interface Bus {
  /** Tells every subscriber, those of this process included. Never throws: a message is a hint. */
  publish(topic: string, message: string): Promise<void>
  /** @returns how to stop listening */
  subscribe(topic: string, listener: (message: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

export function memoryBus(): Bus {
  const listeners = new Map<string, Set<(message: string) => void>>()
  return {
    async publish(topic, message) {
      for (const listener of [...(listeners.get(topic) ?? [])]) listener(message)
    },
    async subscribe(topic, listener) {
      const of = listeners.get(topic) ?? new Set()
      listeners.set(topic, of.add(listener))
      return async () => void of.delete(listener)
    },
    async close() {
      listeners.clear()
    },
  }
}

/** Prefix of our channels: a Redis is often shared with others. */
const PREFIX = 'blyan:'

/** @throws BusError when Redis does not answer within five seconds */
export async function redisBus(url: string, onLost: (error: Error) => void = () => {}): Promise<Bus> {
  const options = { lazyConnect: true, connectTimeout: 5_000, maxRetriesPerRequest: 1 } as const
  const sender = new Redis(url, options)
  // A connection that listens can send nothing else. Source: Redis, SUBSCRIBE.
  const receiver = new Redis(url, { ...options, maxRetriesPerRequest: null })
  for (const connection of [sender, receiver]) connection.on('error', onLost)
  try {
    await Promise.all([sender.connect(), receiver.connect()])
  } catch (cause) {
    sender.disconnect()
    receiver.disconnect()
    throw new BusError({
      what: `Redis does not answer: ${(cause as Error).message}.`,
      fix: 'Start it, or correct REDIS_URL; without REDIS_URL one gateway needs no Redis.',
      cause,
    })
  }
  const listeners = new Map<string, Set<(message: string) => void>>()
  receiver.on('message', (channel: string, message: string) => {
    for (const listener of [...(listeners.get(channel) ?? [])]) listener(message)
  })
  return {
    async publish(topic, message) {
      await sender.publish(PREFIX + topic, message).catch(onLost)
    },
    async subscribe(topic, listener) {
      const channel = PREFIX + topic
      const of = listeners.get(channel) ?? new Set()
      listeners.set(channel, of.add(listener))
      if (of.size === 1) await receiver.subscribe(channel)
      return async () => {
        of.delete(listener)
        // While it is away, asking would wait for its return, and with it whoever wants to stop.
        if (of.size === 0 && receiver.status === 'ready') await receiver.unsubscribe(channel).catch(onLost)
      }
    },
    async close() {
      sender.disconnect()
      receiver.disconnect()
    },
  }
}
