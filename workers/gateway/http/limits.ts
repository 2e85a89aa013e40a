/** How much one visitor may ask: tokens by key or address, in memory or, for several gateways, in Redis. */
import { isIPv6 } from 'node:net'
import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { TooManyRequestsError } from './errors.ts'
import type { Visitor } from './route.ts'

export interface Limits {
  /** Tokens of an address that has not signed in. */
  readonly anonymous: number
  /** Tokens of one who has. */
  readonly visitor: number
  /** Seconds after which they are all back. */
  readonly windowS: number
}

/**
 * 60 a second for a stranger, twice that for a known one. Most pages ask about 10 at once; Bridge, which reads both chains
 * itself, about 80 when it opens and 10 a second while a transfer is under way, and several people may share an address.
 */
export const DEFAULT_LIMITS: Limits = { anonymous: 600, visitor: 1_200, windowS: 10 }
/** A wrong token costs as much as this many reads, so that guessing stays slow. */
export const FAILED_SIGN_IN_COST = 10

export interface Limiter {
  /** @throws TooManyRequestsError with `retryAfterMs` */
  take(who: Visitor | null, address: string, cost: number): Promise<void>
}

/** @param redis shared counters; while it is away, each gateway counts alone */
export function createLimiter(limits: Limits, redis: Redis | null = null): Limiter {
  const make = (keyPrefix: string, points: number): RateLimiterMemory | RateLimiterRedis => {
    const memory = new RateLimiterMemory({ keyPrefix, points, duration: limits.windowS })
    if (redis === null) return memory
    return new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `blyan:${keyPrefix}`,
      points,
      duration: limits.windowS,
      insuranceLimiter: memory,
    })
  }
  const [anonymous, visitor] = [make('address', limits.anonymous), make('visitor', limits.visitor)]
  return {
    async take(who, address, cost) {
      try {
        if (who === null) await anonymous.consume(addressKey(address), cost)
        else await visitor.consume(visitorKey(who), cost)
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal
        const retryAfterMs = Math.max(1, refusal.msBeforeNext)
        throw new TooManyRequestsError({
          what: `More than ${who === null ? limits.anonymous : limits.visitor} requests in ${limits.windowS} s.`,
          fix: `Wait ${Math.ceil(retryAfterMs / 1000)} s${who === null ? ', or sign in for a larger share' : ''}.`,
          data: { retryAfterMs },
        })
      }
    },
  }
}

const visitorKey = ({ user, via }: Visitor): string => (via.kind === 'key' ? `${user}/${via.key}` : user)

/** IPv6 by its /64: whoever has one has 2^64 addresses. @example addressKey('2001:db8::7') // '2001:db8:0:0' */
export function addressKey(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
