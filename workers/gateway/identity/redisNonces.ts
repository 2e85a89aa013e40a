/** The same for several gateways beside each other: challenges in Redis, taken by GETDEL, which only one can win. */
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { addressKey } from '../http/limits.ts'
import { CHALLENGE_MS, type Challenge } from './challenge.ts'
import { NONCES_PER_ADDRESS, type NonceStore, storeAway, tooMany } from './nonces.ts'

const PREFIX = 'blyan:nonce:'

/** Counts and stores as one step. KEYS: count of the address, challenge. ARGV: now, end, most, nonce, challenge, life ms. */
const PUT = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('SET', KEYS[2], ARGV[5], 'PX', ARGV[6])
return 1`

const stored = z.object({
  group: z.string(),
  challenge: z.object({
    nonce: z.string(),
    kind: z.enum(['evm', 'near']),
    account: z.string(),
    linkTo: z.string().nullable(),
    origin: z.string(),
    network: z.string(),
    issuedAt: z.number(),
    expiresAt: z.number(),
  }),
})

/** @param redis a connection of its own or shared; `close` leaves it open */
export function redisNonces(redis: Pick<Redis, 'eval' | 'getdel' | 'zrem'>, now: () => number): NonceStore {
  return {
    async put(challenge, address) {
      const group = addressKey(address)
      const value = JSON.stringify({ group, challenge })
      const keys = [`${PREFIX}of:${group}`, PREFIX + challenge.nonce]
      const args = [now(), challenge.expiresAt, NONCES_PER_ADDRESS, challenge.nonce, value, CHALLENGE_MS]
      const put = await redis.eval(PUT, 2, ...keys, ...args).catch(away)
      if (put !== 1) throw tooMany()
    },
    async take(nonce): Promise<Challenge | null> {
      // The key's name is built from it.
      if (!/^[0-9a-f]{64}$/.test(nonce)) return null
      const text = await redis.getdel(PREFIX + nonce).catch(away)
      if (text === null) return null
      const { group, challenge } = stored.parse(JSON.parse(text))
      await redis.zrem(`${PREFIX}of:${group}`, nonce).catch(away)
      return challenge.expiresAt > now() ? challenge : null
    },
    async close() {},
  }
}

const away = (cause: unknown): never => {
  throw storeAway('The store of sign-ins does not answer.', cause)
}
