/** Invented hashes and noise from a seed: what the actors hand in where they did no work. */
import { createHash } from 'node:crypto'

/** 32 bytes, hex, that look like any other hash. */
export function inventHash(...what: readonly (string | number)[]): string {
  return createHash('sha256').update(what.join('\n')).digest('hex')
}

/** A stream of uniform values in [−1, 1), from SHA-256 in counter mode, cheap enough for states of 10⁵ values. */
export function inventNoise(seed: string, length: number, scale: number): Float32Array {
  const values = new Float32Array(length)
  let block = new DataView(new ArrayBuffer(0))
  for (let i = 0, used = 0; i < length; i++, used += 4) {
    if (used >= block.byteLength) {
      const bytes = createHash('sha512').update(`${seed}/${i}`).digest()
      block = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      used = 0
    }
    values[i] = (block.getInt32(used, true) / 2 ** 31) * scale
  }
  return values
}
