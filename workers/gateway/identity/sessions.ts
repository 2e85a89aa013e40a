/**
 * Sessions: one a sign-in, kept alive by refresh tokens that change with each use. A token that comes back after its
 * successor was used, or later than a moment after it was made, is in two hands: the whole session ends.
 */
import { createHash } from 'node:crypto'
import { and, asc, eq, gt, isNull, lt } from 'drizzle-orm'
import { bytesToHex, hexToBytes, utf8ToBytes } from '../../../chain/lib/bytes.ts'
import { sessions as table } from '../database/schema/identity.ts'
import type { Database } from '../types.ts'
import type { Act, Audit, AuditEvent } from './audit.ts'
import { type BriefCache, briefCache } from './briefCache.ts'
import { RefreshError, RefreshRacedError, RefreshReusedError } from './errors.ts'
import type { KeyRing } from './keyRing.ts'
import { encodeRefresh, IDLE_MS, isRefresh, parseRefresh, refreshSecret, SESSION_MS } from './refreshToken.ts'
import type { Revocations } from './revocations.ts'

/**
 * Two tabs that wake together send the same token within moments; a page that lost the answer asks again. For so long the
 * token before gives its own successor once more, and only to the network address that rotated it: a copy that is used
 * elsewhere gets nothing, and from here the cookie itself would be at hand anyway.
 */
export const GRACE_MS = 10_000
/** Open at once for one user; the oldest ends when another is made. */
const MOST_OPEN = 20

export type Session = typeof table.$inferSelect

export interface Sessions {
  /** @returns the session and its first refresh token */
  open(tx: Database, write: Write, of: { user: string; publicKey: string | null; address: string }): Promise<Opened>
  /** @throws RefreshError · RefreshReusedError · RefreshRacedError */
  refresh(cookie: string | undefined, address: string): Promise<Opened>
  /** While it is open; read at most some seconds ago. */
  find(id: string): Promise<Session | null>
  end(id: string, event: AuditEvent, reason: string): Promise<void>
  forget(id: string): void
}
export interface Opened {
  readonly session: Session
  readonly token: string
  /** Sessions that had to end for it; told to the world after the transaction. */
  readonly ended: readonly string[]
}
type Write = (act: Act) => Promise<void>

export interface SessionOptions {
  readonly db: Database
  readonly audit: Pick<Audit, 'transact'>
  readonly ring: Pick<KeyRing, 'refresh'>
  readonly revocations: Pick<Revocations, 'publish'>
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
}

export function createSessions({ db, audit, ring, revocations, now, random }: SessionOptions): Sessions {
  const isOpen = (session: Session): boolean => session.revokedAt === null && session.expiresAt > now()
  const cache: BriefCache<Session> = briefCache(async (id) => {
    const [row] = await db.select().from(table).where(eq(table.id, id))
    return row ?? null
  }, now)
  const tokenOf = ({ id, seed, generation }: Session): string =>
    encodeRefresh({
      session: id,
      generation,
      secret: refreshSecret(ring.refresh, hexToBytes(seed), id, generation),
    })

  const end: Sessions['end'] = async (id, event, reason) => {
    const ended = await audit.transact(async (tx, write) => {
      const [row] = await tx
        .update(table)
        .set({ revokedAt: now(), reason })
        .where(and(eq(table.id, id), isNull(table.revokedAt)))
        .returning()
      if (row !== undefined) await write({ event, user: row.user, data: { session: id, reason } })
      return row !== undefined
    })
    if (ended) revocations.publish({ kind: 'session', session: id })
  }

  return {
    end,
    forget: cache.forget,

    async find(id) {
      const session = await cache.get(id)
      return session !== null && isOpen(session) ? session : null
    },

    async open(tx, write, { user, publicKey, address }) {
      const seed = bytesToHex(random(32))
      const at = now()
      await tx.delete(table).where(and(eq(table.user, user), lt(table.expiresAt, at - SESSION_MS)))
      const [session] = await tx
        .insert(table)
        .values({
          id: bytesToHex(random(16)),
          user,
          publicKey,
          seed,
          generation: 0,
          rotatedAt: at,
          rotatedFrom: hashAddress(seed, address),
          createdAt: at,
          expiresAt: at + IDLE_MS,
        })
        .returning()
      await write({ event: 'login', user, data: { session: session!.id, publicKey } })
      return { session: session!, token: tokenOf(session!), ended: await endOldest(tx, write, user) }
    },

    async refresh(cookie, address) {
      const token = parseRefresh(cookie ?? '')
      const [before] = token === null ? [] : await db.select().from(table).where(eq(table.id, token.session))
      if (token === null || before === undefined || !isRefresh(token, ring.refresh, hexToBytes(before.seed))) {
        throw refused('There is no refresh token of this gateway.')
      }
      if (!isOpen(before)) throw refused('That session has ended.')
      const from = hashAddress(before.seed, address)
      // Only one of several at once finds the generation as it was.
      const [rotated] = await db
        .update(table)
        .set({
          generation: token.generation + 1,
          rotatedAt: now(),
          rotatedFrom: from,
          expiresAt: Math.min(before.createdAt + SESSION_MS, now() + IDLE_MS),
        })
        .where(
          and(
            eq(table.id, token.session),
            eq(table.generation, token.generation),
            isNull(table.revokedAt),
            gt(table.expiresAt, now()),
          ),
        )
        .returning()
      if (rotated !== undefined) {
        cache.forget(rotated.id)
        return { session: rotated, token: tokenOf(rotated), ended: [] }
      }
      const [present] = await db.select().from(table).where(eq(table.id, token.session))
      if (present === undefined || !isOpen(present)) throw refused('That session has ended.')
      if (present.generation === token.generation + 1 && now() - present.rotatedAt <= GRACE_MS) {
        if (present.rotatedFrom === from) return { session: present, token: tokenOf(present), ended: [] }
        throw new RefreshRacedError({
          what: 'That refresh token has just been used, from another network address.',
          fix: 'Use the newer cookie, or sign in again.',
        })
      }
      await end(token.session, 'refresh-reused', `token ${token.generation} came after ${present.generation}`)
      throw new RefreshReusedError({
        what: 'That refresh token was used before: somebody may hold a copy, so the session has ended.',
        fix: 'Sign in again.',
      })
    },
  }

  async function endOldest(tx: Database, write: Write, user: string): Promise<string[]> {
    const mine = and(eq(table.user, user), isNull(table.revokedAt), gt(table.expiresAt, now()))
    const open = await tx.select({ id: table.id }).from(table).where(mine).orderBy(asc(table.createdAt), asc(table.id))
    const surplus = open.slice(0, Math.max(0, open.length - MOST_OPEN)).map(({ id }) => id)
    for (const id of surplus) {
      await tx.update(table).set({ revokedAt: now(), reason: 'too many sessions' }).where(eq(table.id, id))
      await write({ event: 'session-ended', user, data: { session: id, reason: 'too many sessions' } })
    }
    return surplus
  }
}

/** Tells whether two addresses are the same, without keeping either. */
const hashAddress = (seed: string, address: string): string =>
  createHash('sha256')
    .update(utf8ToBytes(`${seed}/${address}`))
    .digest('hex')
    .slice(0, 32)

const refused = (what: string): RefreshError => new RefreshError({ what, fix: 'Sign in.' })
