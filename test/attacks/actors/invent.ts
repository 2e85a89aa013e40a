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
