/** Prepared orders, and keys of sealed test text. Amounts are attoBLY, times ms. */
import { bigint, boolean, index, integer, jsonb, numeric, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm/sql'
import { appSchema } from './app.ts'

const ms = (name: string) => bigint(name, { mode: 'number' })

/** One order of one account: stored, priced, unsigned until `task` says what came of it. */
export const drafts = appSchema.table(
  'drafts',
  {
    id: text('id').primaryKey(),
    account: text('account').notNull(),
    nonce: numeric('nonce', { precision: 39, scale: 0, mode: 'bigint' }).notNull(),
    /** Of the key chain. */
    head: text('head').notNull(),
    /** Address of the task document. */
    spec: text('spec').notNull(),
    message: jsonb('message').notNull(),
    quote: jsonb('quote').notNull(),
    /** Everything that was stored for it. */
    cids: text('cids').array().notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    opener: text('opener').notNull(),
    /** False while its content is being written: what a crash left is dropped like what nobody signed. */
    stored: boolean('stored').notNull(),
    createdAt: ms('created_at').notNull(),
    expiresAt: ms('expires_at').notNull(),
    task: bigint('task', { mode: 'number' }),
  },
  (t) => [unique().on(t.account, t.nonce), index('drafts_open').on(t.expiresAt).where(sql`${t.task} is null`)],
)

/** Keys that the gateway opens for people who are away; useless without the file that encrypts them. */
export const roundKeys = appSchema.table(
  'round_keys',
  {
    head: text('head').notNull(),
    round: integer('round').notNull(),
    account: text('account').notNull(),
    /** Base64 of nonce, ciphertext and tag: AES-256-GCM. */
    sealed: text('sealed').notNull(),
    openedAt: ms('opened_at'),
    tx: text('tx'),
  },
  (t) => [
    primaryKey({ columns: [t.head, t.round] }),
    index('round_keys_closed').on(t.head).where(sql`${t.openedAt} is null`),
  ],
)
