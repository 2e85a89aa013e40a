/** Schema `app`, identity's part: who signed in, which keys they made, and what happened. Times are ms. */
import { bigint, index, integer, pgSchema, text } from 'drizzle-orm/pg-core'

export const appSchema = pgSchema('app')

const ms = (name: string) => bigint(name, { mode: 'number' })

export const users = appSchema.table('users', {
  /** `near:alice.near` or `evm:0x…`. */
  id: text('id').primaryKey(),
  kind: text('kind').notNull(),
  createdAt: ms('created_at').notNull(),
  seenAt: ms('seen_at').notNull(),
})

/** One EVM address, one NEAR account. */
export const links = appSchema.table('links', {
  /** Checksummed address. */
  evm: text('evm').primaryKey(),
  near: text('near').notNull().unique(),
  linkedAt: ms('linked_at').notNull(),
})

/** One sign-in on one page: the family of its refresh tokens. */
export const sessions = appSchema.table(
  'sessions',
  {
    id: text('id').primaryKey(),
    user: text('user').notNull(),
    /** The NEAR key that signed in: the session ends with it. */
    publicKey: text('public_key'),
    /** 32 bytes, hex; with the gateway's own key it gives the refresh tokens. */
    seed: text('seed').notNull(),
    /** Number of the refresh token that is good now. */
    generation: integer('generation').notNull(),
    rotatedAt: ms('rotated_at').notNull(),
    /** Hash of seed and network address of the last rotation. */
    rotatedFrom: text('rotated_from').notNull(),
    createdAt: ms('created_at').notNull(),
    expiresAt: ms('expires_at').notNull(),
    revokedAt: ms('revoked_at'),
    reason: text('reason'),
  },
  (t) => [index('sessions_user').on(t.user, t.createdAt)],
)

export const apiKeys = appSchema.table(
  'api_keys',
  {
    id: text('id').primaryKey(),
    user: text('user').notNull(),
    name: text('name').notNull(),
    scopes: text('scopes').array().notNull(),
    /** sha256 of the secret, hex. */
    hash: text('hash').notNull(),
    createdAt: ms('created_at').notNull(),
    lastUsedAt: ms('last_used_at'),
    revokedAt: ms('revoked_at'),
  },
  (t) => [index('api_keys_user').on(t.user, t.createdAt, t.id)],
)

/** Append-only by trigger; each row holds the hash of the one before. */
export const audit = appSchema.table(
  'audit',
  {
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    at: ms('at').notNull(),
    event: text('event').notNull(),
    user: text('user'),
    /** Canonical JSON, as it was hashed. */
    data: text('data').notNull(),
    previous: text('previous').notNull().unique(),
    hash: text('hash').notNull(),
  },
  (t) => [index('audit_user').on(t.user, t.seq)],
)
