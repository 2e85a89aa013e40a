/**
 * Randomness that is the same on every machine: a stream named by (seed, path).
 * SHA-256 of both keys xoshiro128**, which is integer arithmetic alone. Nothing here calls Math.log or Math.cos: JavaScript
 * does not specify their last bits. Source: Blackman and Vigna, prng.di.unimi.it/xoshiro128starstar.c.
 */

import { sha256 } from '@noble/hashes/sha2.js'
import { InvalidArgumentError } from '../../chain/lib/errors.ts'

/** Bytes, or their lower-case hex. */
export type Seed = Uint8Array | string

export interface Rng {
  /** A uniform integer of 32 bits. */
  u32(): number
  /** A uniform integer in [0, bound), without bias. @param bound 1 to 2³² */
  below(bound: number): number
  /** A uniform number in [0, 1), a multiple of 2⁻³². */
  uniform(): number
  /** Mean 0, variance 1, within ±6: the sum of 12 uniform numbers less 6 (Irwin–Hall), exact in float64. */
  normal(): number
}

/** @throws InvalidArgumentError when a text seed is no hex   @example rng('00', 'init').u32() // 2521305940 */
export function rng(seed: Seed, path: string): Rng {
  const state = new Uint32Array(key(seed, path))
  const u32 = (): number => next(state)
  return {
    u32,
    below: (bound) => {
      const limit = 2 ** 32 - (2 ** 32 % bound)
      for (;;) {
        const draw = u32()
        if (draw < limit) return draw % bound
      }
    },
    uniform: () => u32() / 2 ** 32,
    normal: () => {
      let sum = 0
      for (let i = 0; i < 12; i++) sum += u32()
      return sum / 2 ** 32 - 6
    },
  }
}

/** First 128 bits of SHA-256(length of seed ‖ seed ‖ path), as four little-endian words. */
function key(seed: Seed, path: string): ArrayBuffer {
  const bytes = typeof seed === 'string' ? parseHex(seed) : seed
  const name = new TextEncoder().encode(path)
  const message = new Uint8Array(4 + bytes.length + name.length)
  new DataView(message.buffer).setUint32(0, bytes.length, true)
  message.set(bytes, 4)
  message.set(name, 4 + bytes.length)
  const digest = sha256(message)
  return digest.slice(0, 16).buffer as ArrayBuffer
}

function next(s: Uint32Array): number {
  const result = Math.imul(rotl(Math.imul(s[1], 5), 7), 9) >>> 0
  const t = s[1] << 9
  s[2] ^= s[0]
  s[3] ^= s[1]
  s[1] ^= s[2]
  s[0] ^= s[3]
  s[2] ^= t
  s[3] = rotl(s[3], 11)
  return result
}

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k))

function parseHex(hex: string): Uint8Array {
  if (/^([0-9a-f]{2})*$/.test(hex)) return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  throw new InvalidArgumentError({
    what: 'The seed is no lower-case hex of whole bytes.',
    fix: 'Give bytes, or hex such as 00ff.',
    data: { field: 'seed' },
  })
}
