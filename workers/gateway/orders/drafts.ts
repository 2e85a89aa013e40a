/**
 * Prepared orders. Everything that workers will fetch is stored, and every key that this gateway promised to open is kept,
 * before the requester gets anything to sign; what nobody signs is dropped again.
 */
import { and, arrayOverlaps, count, eq, isNull, lt, ne, sum } from 'drizzle-orm'
import type { DraftBody, DraftReply, QuoteReply } from '../../../chain/client/gateway/index.ts'
import type { ContentStore } from '../../storage/types.ts'
import { tasks } from '../database/schema/chain.ts'
import { drafts, roundKeys } from '../database/schema/drafts.ts'
import type { Database, Parts } from '../types.ts'
import { type DraftParts, draftParts } from './draftParts.ts'
import {
  DraftsFullError,
  OrderConflictError,
  OrderInvalidError,
  PoolTooSmallError,
  TooManyDraftsError,
} from './errors.ts'
import { quoteMessage } from './quote.ts'
import type { RuntimeId } from './runtimeId.ts'
import { storageDeposits, transferCall } from './transactions.ts'
import type { Vault } from './vault.ts'

/** Time to sign. */
export const SIGN_MS = 60 * 60_000
/** A signed transaction is valid for a day after its block, so content outlives the time to sign by more than that. */
const KEEP_MS = 26 * 60 * 60_000
/** Unsigned orders that one account may have here. */
const MAX_OPEN = 8
/** Bytes of all unsigned orders together. */
const MAX_OPEN_BYTES = 2 ** 30

export interface DraftsOptions {
  readonly parts: Pick<Parts, 'chain' | 'config' | 'db' | 'head' | 'log' | 'now' | 'random'>
  readonly store: Pick<ContentStore, 'add' | 'unpin' | 'urls'>
  readonly vault: Vault
  readonly runtime: RuntimeId
  /** Where workers fetch what is stored; the store's own door unless told. */
  readonly peer?: string
  /** Whether this gateway can open keys: it needs an account to sign with. */
  readonly opens?: boolean
}

export interface Drafts {
  /** Stores an order and says what to sign. The same body again gives the same answer. */
  make(account: string, body: DraftBody): Promise<DraftReply>
  /** Notes which orders have become tasks. */
  settle(): Promise<void>
  /** Drops what nobody signed in time. @returns how many */
  expire(): Promise<number>
  peer(): string
}

type Row = typeof drafts.$inferSelect

export function createDrafts({ parts, store, vault, runtime, peer: told, opens = true }: DraftsOptions): Drafts {
  const { chain, config, db, head, log, now, random } = parts
  const peer = (): string => told ?? store.urls.gateway ?? ''
  const find = async (account: string, nonce: bigint): Promise<Row | undefined> =>
    (
      await db
        .select()
        .from(drafts)
        .where(and(eq(drafts.account, account), eq(drafts.nonce, nonce)))
    )[0]

  /** The row before any content: what a crash leaves behind is found by it. */
  const enter = async (
    account: string,
    body: DraftBody,
    prepared: DraftParts,
    quote: QuoteReply,
  ): Promise<Row | null> => {
    const { choice, contents, bytes, message, keys } = prepared
    await settle() // what was signed meanwhile takes no room
    return db.transaction(async (tx) => {
      await requireRoom(tx as unknown as Database, account, bytes)
      const [row] = await tx
        .insert(drafts)
        .values({
          id: Buffer.from(random(12)).toString('hex'),
          account,
          nonce: choice.nonce,
          head: body.heldOut.head,
          spec: String(message.spec),
          message,
          quote,
          cids: [...new Set(contents.map(({ cid }) => cid))],
          bytes,
          opener: body.opener,
          stored: false,
          createdAt: now(),
          expiresAt: now() + SIGN_MS,
        })
        .onConflictDoNothing()
        .returning()
      if (row === undefined) return null
      if (keys !== null) {
        const sealed = keys.map((key, round) => {
          const place = { head: body.heldOut.head, round }
          return { ...place, account, sealed: vault.seal(place, key) }
        })
        await tx.insert(roundKeys).values(sealed).onConflictDoNothing()
      }
      return row
    })
  }

  const make: Drafts['make'] = async (account, body) => {
    if (body.opener === 'gateway' && !opens) {
      throw new OrderInvalidError({
        what: 'This gateway has no account to open rounds with.',
        fix: 'Open the rounds yourself, from this tab.',
        data: { field: 'opener' },
      })
    }
    const prepared = draftParts(body, { embedded: config.embedded, runtime, peer: peer() })
    const { choice, contents, message, stored } = prepared
    await requireFree(db, account, choice.nonce)
    const quote = await quoteMessage(parts, message, body.order)
    if (!quote.smallPool && quote.operatorsNow < quote.operatorsNeeded) throw poolTooSmall(quote)
    // The same request twice at once: one enters, both go on with its row.
    const row =
      (await find(account, choice.nonce)) ??
      (await enter(account, body, prepared, quote)) ??
      (await find(account, choice.nonce))
    if (row === undefined) throw conflict('dropped just now')
    if (row.spec !== message.spec || row.opener !== body.opener) throw conflict('prepared with other contents')
    for (const content of contents) await store.add(content.bytes)
    await db
      .update(drafts)
      .set({ stored: true, message, quote, expiresAt: now() + SIGN_MS })
      .where(eq(drafts.id, row.id))
    log.info('order prepared', { draft: row.id, account, bytes: prepared.bytes, opener: body.opener })
    return {
      draft: row.id,
      transactions: [
        ...(await storageDeposits(chain, config.contracts, account, BigInt(quote.storageYocto))),
        transferCall(config.contracts, BigInt(quote.bountyAtto), { task: message }),
      ],
      message,
      quote,
      data: stored.training,
      runtime,
      expiresAt: now() + SIGN_MS,
    }
  }

  const settle: Drafts['settle'] = async () => {
    const made = await db
      .select({ id: drafts.id, task: tasks.id })
      .from(drafts)
      .innerJoin(tasks, and(eq(tasks.requester, drafts.account), eq(tasks.nonce, drafts.nonce)))
      .where(isNull(drafts.task))
    for (const { id, task } of made) await db.update(drafts).set({ task }).where(eq(drafts.id, id))
  }

  const expire: Drafts['expire'] = async () => {
    // An index that lags does not know yet what became a task.
    if (head.asOf().stale) return 0
    await settle()
    const late = await db
      .select()
      .from(drafts)
      .where(and(isNull(drafts.task), lt(drafts.expiresAt, now() - (KEEP_MS - SIGN_MS))))
    for (const draft of late) {
      const others = await db
        .select({ cids: drafts.cids })
        .from(drafts)
        .where(and(ne(drafts.id, draft.id), arrayOverlaps(drafts.cids, draft.cids)))
      const kept = new Set(others.flatMap(({ cids }) => cids))
      await store.unpin(draft.cids.filter((cid) => !kept.has(cid)))
      await db.transaction(async (tx) => {
        await tx.delete(roundKeys).where(and(eq(roundKeys.head, draft.head), eq(roundKeys.account, draft.account)))
        await tx.delete(drafts).where(eq(drafts.id, draft.id))
      })
      log.info('unsigned order dropped', { draft: draft.id, account: draft.account })
    }
    return late.length
  }

  return { make, settle, expire, peer }
}

async function requireRoom(db: Database, account: string, bytes: number): Promise<void> {
  const open = isNull(drafts.task)
  const [own] = await db
    .select({ n: count() })
    .from(drafts)
    .where(and(open, eq(drafts.account, account)))
  if (own!.n >= MAX_OPEN) {
    throw new TooManyDraftsError({
      what: `${account} has ${own!.n} unsigned orders here; ${MAX_OPEN} are the most.`,
      fix: 'Sign one of them, or wait until they are dropped, a day after they were made.',
    })
  }
  const [all] = await db
    .select({ bytes: sum(drafts.bytes) })
    .from(drafts)
    .where(open)
  if (Number(all!.bytes ?? 0) + bytes <= MAX_OPEN_BYTES) return
  throw new DraftsFullError({
    what: 'This gateway holds as many unsigned orders as it may.',
    fix: 'Try again later, or order with `blyan task create`, which serves the text itself.',
  })
}

async function requireFree(db: Database, account: string, nonce: bigint): Promise<void> {
  const [task] = await db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.requester, account), eq(tasks.nonce, nonce)))
  if (task) throw conflict(`placed as task ${task.id}`)
}

const conflict = (how: string): OrderConflictError =>
  new OrderConflictError({
    what: `An order with this sealed test text was ${how}.`,
    fix: 'Seal the test text anew: keys are used once.',
    data: { field: 'heldOut.head' },
  })

const poolTooSmall = ({ operatorsNow, operatorsNeeded }: QuoteReply): PoolTooSmallError =>
  new PoolTooSmallError({
    what: `${operatorsNow} operators could take this now; the stated odds need ${operatorsNeeded}.`,
    fix: 'Accept a small pool, or order fewer trainers or less certainty.',
    data: { field: 'smallPool', operatorsNow, operatorsNeeded },
  })
