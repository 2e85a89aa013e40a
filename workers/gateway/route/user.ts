/** `GET /api/v1/user/billing`: the ledger's history of the visitor's account, as JSON or CSV. */
import { and, desc, eq, lt, or } from 'drizzle-orm'
import type { z } from 'zod'
import { billingLine, listOf, pageQuery } from '../../../chain/client/gateway/index.ts'
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'
import { ledger } from '../database/schema/chain.ts'
import { BytesReply, defineRoute, type Route } from '../http/route.ts'
import type { Parts } from '../types.ts'
import { csvOf } from './csv.ts'
import { decodeCursor, pageOf } from './cursor.ts'

/** An EVM account alone has no ledger; only a linked NEAR account has. */
export class NoLedgerAccountError extends BlyanError {
  static override readonly code: string = 'HTTP_NO_LEDGER_ACCOUNT'
  static override readonly fault: Fault = 'user'
  static readonly status = 409
}

type LedgerRow = typeof ledger.$inferSelect
const COLUMNS = ['at', 'height', 'tx', 'deltaAtto', 'reason', 'bucket', 'task', 'round'] as const
/** Lines of one CSV file. */
const MAX_CSV = 10_000

export const userRoutes = ({ db, head }: Parts): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/v1/user/billing',
    tag: 'user',
    summary: 'Every change of your ledger, newest first; as a file with Accept: text/csv',
    access: { scope: 'read' },
    query: pageQuery,
    reply: listOf(billingLine),
    produces: ['text/csv'],
    async handle({ visitor, query: { cursor, limit }, accept }) {
      const account = visitor!.account
      if (account === null) {
        throw new NoLedgerAccountError({
          what: 'Your EVM account is not linked to a NEAR account, and only that has a ledger.',
          fix: 'Link one on the page.',
        })
      }
      const asOf = head.asOf()
      const isCsv = /\btext\/csv\b/.test(accept)
      const before = decodeCursor('billing', 2, cursor)
      const after =
        before === null
          ? undefined
          : or(lt(ledger.height, before[0]!), and(eq(ledger.height, before[0]!), lt(ledger.index, before[1]!)))
      const most = isCsv ? MAX_CSV : limit
      const rows = await db
        .select()
        .from(ledger)
        .where(and(eq(ledger.account, account), after))
        .orderBy(desc(ledger.height), desc(ledger.index))
        .limit(most + 1)
      const page = pageOf(rows, most, 'billing', (row) => [row.height, row.index], toBillingLine)
      if (!isCsv) return { ...page, asOf }
      const lines = page.items.map((item) => ({ ...item, at: new Date(item.at).toISOString() }))
      return new BytesReply(Buffer.from(csvOf(COLUMNS, lines)), 'text/csv; charset=utf-8', `blyan-${account}.csv`)
    },
  }),
]

const toBillingLine = (row: LedgerRow): z.input<typeof billingLine> => ({
  at: row.at,
  height: row.height,
  tx: row.tx,
  deltaAtto: `${row.delta}`,
  reason: row.reason,
  bucket: row.bucket,
  task: row.task === null ? null : `${row.task}`,
  round: row.round,
})
