/** Answers kept until the next block: a burst of the same question asks the database once. Least recently used goes first. */
import { createHash } from 'node:crypto'

export interface CachedAnswer {
  readonly body: Buffer
  readonly contentType: string
  readonly etag: string
  readonly fileName: string | null
}

export interface MadeAnswer extends Omit<CachedAnswer, 'etag'> {
  /** Found only now to be one that no block changes: kept for a while across blocks. */
  readonly settled?: boolean
}

export interface ReadCacheOptions {
  /** Bytes of bodies kept. */
  readonly maxBytes?: number
  /** An answer tells of spans of time, so it grows old even when no block comes; ms. */
  readonly maxAgeMs?: number
  /** Grows with every change of the index, and differs when it has gone stale. */
  readonly version: () => string
  /** Prefix of every key: what an answer says of itself whatever it is about, such as that the chain is away. */
  readonly state?: () => string
  readonly now: () => number
}

export interface ReadCache {
  /**
   * The kept answer, or a new one; who asks meanwhile waits for the same one.
   * @param kind `lasting` never changes, whatever block comes; an `overview` of the block before is given while the
   *   present one is made, at most OVERVIEW_MS long: it says itself up to which block it is right
   */
  get(key: string, kind: AnswerKind, make: () => Promise<MadeAnswer>): Promise<CachedAnswer>
  readonly stats: { hits: number; misses: number; shared: number; bytes: number }
}

export type AnswerKind = 'lasting' | 'exact' | 'overview'

interface Entry {
  readonly answer: CachedAnswer
  readonly madeAt: number
  /** Null: of no block. */
  readonly version: string | null
  readonly until: number
}

/** A settled answer still says up to which block it is right, and figures beside it may come later; ms. */
const SETTLED_MS = 30_000

/** How far an overview may be behind: less than a block of a real network. */
const OVERVIEW_MS = 1_000

const OVERHEAD = 200 // of an entry beside its body, bytes, roughly

export function createReadCache(options: ReadCacheOptions): ReadCache {
  const { maxBytes = 64 * 1024 * 1024, maxAgeMs = 1_000, version, state = () => '', now } = options
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
    async get(name, kind, make) {
      const key = `${state()} ${name}`
      const present = kind === 'lasting' ? null : version()
      const found = entries.get(key)
      if (found !== undefined && (found.version === null || found.version === present) && now() < found.until) {
        entries.delete(key)
        entries.set(key, found)
        stats.hits++
        return found.answer
      }
      const made = flights.get(`${present} ${key}`)
      if (made !== undefined) stats.shared++
      const next = made ?? fly(key, kind, present, make)
      if (kind !== 'overview' || found === undefined || now() - found.madeAt >= OVERVIEW_MS) return next
      next.catch(() => {}) // whoever asks after this one is told
      return found.answer
    },
  }

  function fly(key: string, kind: AnswerKind, present: string | null, make: () => Promise<MadeAnswer>) {
    stats.misses++
    const flight = `${present} ${key}`
    const made = make()
      .then(({ body, contentType, fileName, settled = false }) => {
        const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
        const answer = { body, contentType, fileName, etag }
        const madeAt = now()
        const until = kind === 'lasting' ? Number.POSITIVE_INFINITY : madeAt + (settled ? SETTLED_MS : maxAgeMs)
        keep(key, { answer, madeAt, version: settled ? null : present, until })
        return answer
      })
      .finally(() => flights.delete(flight))
    flights.set(flight, made)
    return made
  }
}
