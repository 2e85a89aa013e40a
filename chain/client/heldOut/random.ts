/** Seeded choices from SHA-256 in counter mode: who lacks the seed cannot tell what was chosen. */
import { sha256 } from '../../lib/hash.ts'

/** Integers in [0, limit), unbiased. @param purpose keeps two uses of one seed apart */
export function seededIntegers(seed: Uint8Array, purpose: string): (limit: number) => number {
  const tag = new TextEncoder().encode(`blyan/data/${purpose}/`)
  let block: DataView | null = null
  let at = 0
  let counter = 0n
  const next = (): number => {
    if (!block || at === block.byteLength) {
      const count = new Uint8Array(8)
      new DataView(count.buffer).setBigUint64(0, counter++)
      block = new DataView(sha256(tag, seed, count).slice().buffer)
      at = 0
    }
    at += 4
    return block.getUint32(at - 4)
  }
  return (limit) => {
    const unbiased = 2 ** 32 - (2 ** 32 % limit)
    for (;;) {
      const value = next()
      if (value < unbiased) return value % limit
    }
  }
}

/** `count` different integers of [0, limit), in random order. Needs count ≤ limit. @source Fisher and Yates */
export function chooseDistinct(limit: number, count: number, integer: (limit: number) => number): number[] {
  const all = Array.from({ length: limit }, (_, i) => i)
  for (let i = 0; i < count; i++) {
    const j = i + integer(limit - i)
    ;[all[i], all[j]] = [all[j], all[i]]
  }
  return all.slice(0, count)
}
