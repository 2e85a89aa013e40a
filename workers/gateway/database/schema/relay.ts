/** Schema `app`, the relay's part. Amounts are yoctoNEAR. */
import { bigint, numeric, primaryKey, text } from 'drizzle-orm/pg-core'
import { appSchema } from './app.ts'

export const relaySpend = appSchema.table(
  'relay_spend',
  {
    /** UTC, as 2026-11-21. */
    day: text('day').notNull(),
    /** `*` is the sum of all. */
    account: text('account').notNull(),
    yocto: numeric('yocto', { precision: 39, scale: 0, mode: 'bigint' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.account] })],
)

export const relaySeen = appSchema.table('relay_seen', {
  hash: text('hash').primaryKey(),
  account: text('account').notNull(),
  at: bigint('at', { mode: 'number' }).notNull(),
  tx: text('tx'),
})
