/** API keys of a user: made once, shown once, used by programs, taken back at any time. */
import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm'
import { type Scope, scope } from '../../../chain/client/gateway/index.ts'
import { apiKeys as table } from '../database/schema/identity.ts'
import type { Database } from '../types.ts'
import { isApiKey, makeApiKey, parseApiKey } from './apiKey.ts'
import type { Audit } from './audit.ts'
import { briefCache } from './briefCache.ts'
import { ApiKeyLimitError, ApiKeyUnknownError, TokenError, TokenRevokedError } from './errors.ts'
import type { Revocations } from './revocations.ts'

/** Working keys of one user. */
export const MOST_KEYS = 20
/** When a key was last used is kept to ten minutes: enough to find a forgotten one, no diary, no write a request. */
export const LAST_USED_STEP_MS = 10 * 60_000

export type ApiKeyRow = typeof table.$inferSelect
export type ApiKeyLine = Omit<ApiKeyRow, 'hash' | 'user' | 'scopes'> & { scopes: Scope[] }

export interface ApiKeys {
  /** @returns the key's text, for the only time  @throws ApiKeyLimitError */
  make(user: string, name: string, scopes: readonly Scope[]): Promise<ApiKeyLine & { key: string }>
  /** Oldest first, revoked ones too. @param after id of the last one seen */
  list(user: string, limit: number, after?: string): Promise<ApiKeyLine[]>
  /** Everybody's, newest first: for the machine's own operator. @param user of whom alone; null of all */
  all(limit: number, user: string | null): Promise<(ApiKeyLine & { user: string })[]>
  /** @param user whose key it must be; null on the machine itself  @throws ApiKeyUnknownError */
  revoke(user: string | null, id: string): Promise<void>
  /** @throws TokenError · TokenRevokedError */
  authenticate(text: string): Promise<{ id: string; user: string; scopes: Scope[] }>
  /** Whether the key is there and not revoked. */
  holds(id: string): Promise<boolean>
  forget(id: string): void
}

export interface ApiKeyOptions {
  readonly db: Database
  readonly audit: Pick<Audit, 'transact'>
  readonly revocations: Pick<Revocations, 'publish'>
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  /** Told when `last used` could not be written: nothing depends on it. */
  readonly onMiss?: (error: unknown) => void
}

export function createApiKeys({ db, audit, revocations, now, random, onMiss }: ApiKeyOptions): ApiKeys {
  const cache = briefCache<ApiKeyRow>(async (id) => {
    const [row] = await db.select().from(table).where(eq(table.id, id))
    return row ?? null
  }, now)

  return {
    forget: cache.forget,
    holds: async (id) => (await cache.get(id))?.revokedAt === null,

    make: (user, name, scopes) =>
      audit.transact(async (tx, write) => {
        const { id, key, hash } = makeApiKey(random)
        // First the entry: its lock makes two at once count one after the other.
        await write({ event: 'key-made', user, data: { key: id, name, scopes } })
        const [counted] = await tx
          .select({ count: sql<number>`count(*)::int` })
          .from(table)
          .where(and(eq(table.user, user), isNull(table.revokedAt)))
        if (counted!.count >= MOST_KEYS) {
          throw new ApiKeyLimitError({
            what: `You have ${MOST_KEYS} working API keys, the most one may have.`,
            fix: 'Revoke one that you no longer use.',
            data: { most: MOST_KEYS },
          })
        }
        const [row] = await tx
          .insert(table)
          .values({ id, user, name, scopes: [...new Set(scopes)], hash, createdAt: now() })
          .returning()
        return { ...lineOf(row!), key }
      }),

    async list(user, limit, after) {
      const [last] = after === undefined ? [] : await db.select().from(table).where(eq(table.id, after))
      const own = eq(table.user, user)
      const later =
        last === undefined ? own : and(own, sql`(${table.createdAt}, ${table.id}) > (${last.createdAt}, ${last.id})`)
      const rows = await db.select().from(table).where(later).orderBy(asc(table.createdAt), asc(table.id)).limit(limit)
      return rows.map(lineOf)
    },

    async all(limit, user) {
      const of = user === null ? undefined : eq(table.user, user)
      const rows = await db.select().from(table).where(of).orderBy(desc(table.createdAt), desc(table.id)).limit(limit)
      return rows.map((row) => ({ ...lineOf(row), user: row.user }))
    },

    async revoke(user, id) {
      const known = await audit.transact(async (tx, write) => {
        const own = user === null ? eq(table.id, id) : and(eq(table.id, id), eq(table.user, user))
        const [row] = await tx.select().from(table).where(own)
        if (row === undefined || row.revokedAt !== null) return row !== undefined
        await tx.update(table).set({ revokedAt: now() }).where(eq(table.id, id))
        await write({ event: 'key-revoked', user: row.user, data: { key: id, by: user ?? 'operator' } })
        return true
      })
      // Another's key is answered as one that is not there.
      if (!known) {
        throw new ApiKeyUnknownError({
          what: 'You have no API key of that id.',
          fix: 'List yours: GET /api/v1/user/api-keys.',
        })
      }
      cache.forget(id)
      revocations.publish({ kind: 'key', key: id })
    },

    async authenticate(text) {
      const key = parseApiKey(text)
      const row = key === null ? null : await cache.get(key.id)
      if (key === null || !isApiKey(key, row?.hash ?? null)) {
        throw new TokenError({ what: 'That is no API key of this gateway.', fix: 'Make one on the page, under Keys.' })
      }
      if (row!.revokedAt !== null) {
        throw new TokenRevokedError({
          what: 'That API key was revoked.',
          fix: 'Make a new one on the page, under Keys.',
        })
      }
      noteUse(row!)
      return { id: row!.id, user: row!.user, scopes: scopesOf(row!) }
    },
  }

  function noteUse(row: ApiKeyRow): void {
    const at = now() - (now() % LAST_USED_STEP_MS)
    if ((row.lastUsedAt ?? 0) >= at) return
    row.lastUsedAt = at
    db.update(table)
      .set({ lastUsedAt: at })
      .where(eq(table.id, row.id))
      .catch((error) => onMiss?.(error))
  }
}

const scopesOf = (row: ApiKeyRow): Scope[] => row.scopes.map((each) => scope.parse(each))

function lineOf(row: ApiKeyRow): ApiKeyLine {
  const { hash: _, user: __, ...line } = row
  return { ...line, scopes: scopesOf(row) }
}
