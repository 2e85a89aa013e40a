/** The price of an order as the market states it, the odds that it buys, and who could take it now. */
import { and, eq, gte, sql } from 'drizzle-orm'
import { z } from 'zod'
import { rawCid } from '../../../chain/client/content/index.ts'
import type { QuoteReply, TaskOrderBody } from '../../../chain/client/gateway/index.ts'
import {
  ADAMW_COUNTERS,
  caughtChance,
  choiceOf,
  MODEL_SIZES,
  taskDocuments,
} from '../../../chain/client/order/index.ts'
import { gpt } from '../../engine/index.ts'
import { nodes } from '../database/schema/chain.ts'
import type { Parts } from '../types.ts'

const amount = z.string().regex(/^\d{1,39}$/)
const quoteView = z.object({
  work: amount,
  fee: amount,
  reserve: amount,
  deposit: amount,
  bounty: amount,
  validators: z.number().int(),
  samples: z.number().int(),
  storage_yocto: amount,
})

/** One seat, attoBLY. Source: contracts/near/market/config.ts */
const SEAT_ATTO = 100n * 10n ** 18n
/** Share of all seats that the stated odds allow to be hostile. */
const HOSTILE = 1 / 3

type QuoteParts = Pick<Parts, 'chain' | 'config' | 'db' | 'head'>

/** What an order costs, before anything of it is stored: unknown addresses are as long as the real ones. */
export async function quoteOrder(parts: QuoteParts, order: TaskOrderBody, peer: string): Promise<QuoteReply> {
  const head = '00'.repeat(32)
  const choice = choiceOf(order, { embedded: parts.config.embedded, head })
  const cid = rawCid(new Uint8Array(0))
  const bytes = MODEL_SIZES[order.model].heldOutBytes
  const { message } = taskDocuments(choice, {
    training: { cid, bytes: 1, sha256: head },
    heldOut: { head, sets: [{ ciphertext: cid, root: head, bytes }] },
    first: { cid, sha256: head, parameters: gpt(choice.model).size },
    runtime: { version: '1.0.0', wasmSha256: head },
    counters: ADAMW_COUNTERS,
    peer,
  })
  return quoteMessage(parts, message, order)
}

/** Prices a task message. */
export async function quoteMessage(
  { chain, config, db, head }: QuoteParts,
  message: Record<string, unknown>,
  { payAtto, workers, rounds, smallPool }: Pick<TaskOrderBody, 'payAtto' | 'workers' | 'rounds' | 'smallPool'>,
): Promise<QuoteReply> {
  const quote = quoteView.parse(await chain.view(config.contracts.market, 'quote', { spec: message }))
  const { validators, samples } = quote
  const trainersAtto = BigInt(payAtto) * BigInt(workers * rounds)
  const caught = (faked: number): number => caughtChance({ faked, hostile: HOSTILE, validators, samples })
  return {
    bountyAtto: quote.bounty,
    trainersAtto: `${trainersAtto}`,
    validatorsAtto: `${BigInt(quote.work) - trainersAtto}`,
    feeAtto: quote.fee,
    reserveAtto: quote.reserve,
    depositAtto: quote.deposit,
    storageYocto: quote.storage_yocto,
    validators,
    samples,
    caughtTenth: caught(0.1),
    caughtAll: caught(1),
    operatorsNow: await operatorsNow(db),
    operatorsNeeded: workers + 2 * validators,
    smallPool,
    asOf: head.asOf(),
  }
}

/** Staked operators that are drawn at present. */
async function operatorsNow(db: Parts['db']): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(nodes)
    .where(and(eq(nodes.parked, false), gte(nodes.stake, SEAT_ATTO)))
  return row?.count ?? 0
}
