/** Answers kept until the next block: a burst of the same question asks the database once. Least recently used goes first. */
import { createHash } from 'node:crypto'

export interface CachedAnswer {
  readonly body: Buffer
  readonly contentType: string
  readonly etag: string
  readonly fileName: string | null
}

export interface ReadCacheOptions {
  /** Bytes of bodies kept. */
  readonly maxBytes?: number
  /** An answer tells of spans of time, so it grows old even when no block comes; ms. */
  readonly maxAgeMs?: number
  /** Grows with every change of the index, and differs when it has gone stale. */
  readonly version: () => string
  readonly now: () => number
}

export interface ReadCache {
  /**
   * The kept answer, or a new one; who asks meanwhile waits for the same one.
   * @param lasting it never changes, whatever block comes
   */
  get(key: string, lasting: boolean, make: () => Promise<Omit<CachedAnswer, 'etag'>>): Promise<CachedAnswer>
  readonly stats: { hits: number; misses: number; shared: number; bytes: number }
}

interface Entry {
  readonly answer: CachedAnswer
  readonly version: string | null
  readonly at: number
}

const OVERHEAD = 200 // of an entry beside its body, bytes, roughly

export function createReadCache(options: ReadCacheOptions): ReadCache {
  const { maxBytes = 64 * 1024 * 1024, maxAgeMs = 1_000, version, now } = options
  const entries = new Map<string, Entry>()
  const flights = new Map<string, Promise<CachedAnswer>>()
  const stats = { hits: 0, misses: 0, shared: 0, bytes: 0 }

  const drop = (key: string, entry: Entry): void => {
    entries.delete(key)
    stats.bytes -= entry.answer.body.length + OVERHEAD
  }
  const keep = (key: string, entry: Entry): void => {
    const old = entries.get(key)
    if (old !== undefined) drop(key, old)
    const size = entry.answer.body.length + OVERHEAD
    if (size > maxBytes / 16) return // one large answer must not push everything else out
    entries.set(key, entry)
    stats.bytes += size
    for (const [oldest, each] of entries) {
      if (stats.bytes <= maxBytes) break
      drop(oldest, each)
    }
  }

  return {
    stats,
    async get(key, lasting, make) {
      const present = lasting ? null : version()
      const found = entries.get(key)
      if (found !== undefined && found.version === present && (lasting || now() - found.at < maxAgeMs)) {
        entries.delete(key)
        entries.set(key, found)
        stats.hits++
        return found.answer
      }
      const flight = `${present} ${key}`
      const underway = flights.get(flight)
      if (underway !== undefined) {
        stats.shared++
        return underway
      }
      stats.misses++
      const made = make()
        .then(({ body, contentType, fileName }) => {
          const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
          const answer = { body, contentType, fileName, etag }
          keep(key, { answer, version: present, at: now() })
          return answer
        })
        .finally(() => flights.delete(flight))
      flights.set(flight, made)
      return made
    },
  }
}
