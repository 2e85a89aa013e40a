/** Invented hashes and noise from a seed: what the actors hand in where they did no work. */
import { createHash } from 'node:crypto'

/** 32 bytes, hex, that look like any other hash. */
export function inventHash(...what: readonly (string | number)[]): string {
  return createHash('sha256').update(what.join('\n')).digest('hex')
}

/** A stream of uniform values in [−scale, scale): xorshift32 (Marsaglia 2003), since a free-rider's point is to pay nothing. */
export function inventNoise(seed: string, length: number, scale: number): Float32Array {
  const values = new Float32Array(length)
  let x = createHash('sha256').update(seed).digest().readUInt32LE() | 1
  for (let i = 0; i < length; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    values[i] = (x / 2 ** 31) * scale
  }
  return values
}

/** `count` of the numbers below `limit`, ascending: the first of an order that the seed gives. */
export function inventChoice(seed: string, limit: number, count: number): number[] {
  const order = Array.from({ length: limit }, (_, i) => i).sort((a, b) =>
    inventHash(seed, a) < inventHash(seed, b) ? -1 : 1,
  )
  return order.slice(0, count).sort((a, b) => a - b)
}
