/** `GET /api/v1/receipts`, `/receipts/{n}`, `/receipts/{n}/proof`: evidence of accepted work, as anyone can check it. */
import { and, asc, desc, eq, gte, lt } from 'drizzle-orm'
import { z } from 'zod'
import {
  accountId,
  listOf,
  pageQuery,
  receiptLine,
  receiptProofReply,
  receiptReply,
  taskId,
} from '../../../chain/client/gateway/index.ts'
import { encodeReceipt } from '../../../chain/client/protocol.ts'
import { receiptSentence } from '../../../chain/client/words/index.ts'
import { receipts } from '../database/schema/chain.ts'
import { NotFoundError } from '../http/errors.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Database, Head, Parts } from '../types.ts'
import { decodeCursor, pageOf } from './cursor.ts'
import { createReceiptTree, type ReceiptTree } from './receiptTree.ts'

export type ReceiptRow = typeof receipts.$inferSelect
const place = z.object({ n: z.string().regex(/^(0|[1-9]\d{0,14})$/) })

export function receiptRoutes({ db, head }: Parts): Route[] {
  const tree = treeReader(db, head)
  const findReceipt = async (n: string): Promise<ReceiptRow> => {
    const [row] = await db
      .select()
      .from(receipts)
      .where(eq(receipts.index, Number(n)))
    if (row !== undefined) return row
    throw new NotFoundError({
      what: `There is no receipt ${n} up to block ${head.asOf().height}.`,
      fix: 'Receipts count from 0; /api/v1/receipts lists them.',
      data: { field: 'n' },
    })
  }
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/receipts',
      tag: 'receipts',
      summary: 'Work receipts, newest first',
      access: 'open',
      query: pageQuery.extend({ worker: accountId.optional(), task: taskId.optional() }),
      reply: listOf(receiptLine),
      cache: 'block',
      async handle({ query: { cursor, limit, worker, task } }) {
        const asOf = head.asOf()
        const before = decodeCursor('receipts', 1, cursor)
        const rows = await db
          .select()
          .from(receipts)
          .where(
            and(
              before === null ? undefined : lt(receipts.index, before[0]!),
              worker === undefined ? undefined : eq(receipts.worker, worker),
              task === undefined ? undefined : eq(receipts.task, Number(task)),
            ),
          )
          .orderBy(desc(receipts.index))
          .limit(limit + 1)
        return { ...pageOf(rows, limit, 'receipts', (row) => [row.index], toReceiptLine), asOf }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/receipts/{n}',
      tag: 'receipts',
      summary: 'A work receipt with its canonical bytes',
      access: 'open',
      params: place,
      reply: receiptReply,
      cache: 'block',
      lasts: () => true,
      async handle({ params: { n } }) {
        const asOf = head.asOf()
        const row = await findReceipt(n)
        const line = toReceiptLine(row)
        return {
          ...line,
          bytes: Buffer.from(receiptBytes(row)).toString('base64'),
          sentence: receiptSentence({ ...line, reward: row.reward }),
          asOf,
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/receipts/{n}/proof',
      tag: 'receipts',
      summary: 'Steps from a receipt to the root of the list, which the market states',
      access: 'open',
      params: place,
      reply: receiptProofReply,
      cache: 'block',
      async handle({ params: { n } }) {
        const asOf = head.asOf()
        const index = Number(n)
        let list = await tree()
        if (index >= list.size) {
          await findReceipt(n) // it came a moment ago, or never
          list = await tree()
        }
        return { index, leaf: list.leaf(index), size: list.size, root: list.root(), proof: list.proof(index), asOf }
      },
    }),
  ]
}

/** The tree of all receipts in the index, brought up to date by each call; begun anew when the index was dropped. */
function treeReader(db: Database, head: Head): () => Promise<ReceiptTree> {
  const PAGE = 10_000
  let tree = createReceiptTree()
  let upTo = -1
  let underway: Promise<ReceiptTree> = Promise.resolve(tree)
  const extend = async (): Promise<ReceiptTree> => {
    const version = head.version()
    if (version === upTo) return tree
    if (tree.size > 0) {
      const last = tree.size - 1
      const [row] = await db.select({ hash: receipts.hash }).from(receipts).where(eq(receipts.index, last))
      if (row?.hash !== tree.leaf(last)) tree = createReceiptTree()
    }
    for (;;) {
      const page = await db
        .select({ index: receipts.index, hash: receipts.hash })
        .from(receipts)
        .where(gte(receipts.index, tree.size))
        .orderBy(asc(receipts.index))
        .limit(PAGE)
      tree.append(page.map(({ hash }) => hash))
      if (page.length === PAGE) continue
      upTo = version
      return tree
    }
  }
  return () => {
    underway = underway.then(extend, extend)
    return underway
  }
}

export const toReceiptLine = (row: ReceiptRow): z.input<typeof receiptLine> => ({
  index: row.index,
  hash: row.hash,
  task: `${row.task}`,
  round: row.round,
  worker: row.worker,
  base: row.base,
  delta: row.delta,
  gainMicrobits: row.gain === null ? null : `${row.gain}`,
  validators: row.validators,
  samples: row.samples,
  certainty: row.certainty,
  pool: row.pool,
  smallPool: row.smallPool,
  profile: row.profile,
  beacon: row.beacon,
  rewardAtto: `${row.reward}`,
  settledAt: row.settledAt,
  previous: row.previous,
  height: row.height,
  tx: row.tx,
})

/** The one encoding of a receipt, whose keccak is its hash. */
export const receiptBytes = (row: ReceiptRow): Uint8Array =>
  encodeReceipt({
    version: 1,
    index: `${row.index}`,
    task: `${row.task}`,
    round: row.round,
    worker: row.worker,
    base: row.base,
    delta: row.delta,
    gain: row.gain === null ? null : `${row.gain}`,
    validators: row.validators,
    samples: row.samples,
    certainty: row.certainty,
    pool: row.pool,
    smallPool: row.smallPool,
    profile: row.profile as 'canonical' | 'native',
    beacon: row.beacon as 'near' | 'drand',
    reward: `${row.reward}`,
    settledAt: row.settledAt,
    previous: row.previous,
  })
