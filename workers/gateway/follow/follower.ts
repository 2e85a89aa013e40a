/** Follows final blocks into schema `chain`: reads pages, applies them in order, commits rows and cursor together. */

import type { BlockSource, SourceBlock } from '../../../chain/client/near/source/index.ts'
import type { OpenedDatabase } from '../database/index.ts'
import type { Head, Log } from '../types.ts'
import { applyBlock, type ReadBlock, readBlock, touchedBy } from './applyBlock.ts'
import type { Contracts } from './calls.ts'
import { IndexMovedError } from './errors.ts'
import { createHead } from './head.ts'
import { keepFollowing } from './keepFollowing.ts'
import { loadRows, openRows } from './loadRows.ts'
import { blocksAbove } from './missedBlocks.ts'
import { openPosition } from './position.ts'
import { cursorOf } from './readTables.ts'
import type { Rows } from './rows.ts'
import type { Views } from './views.ts'
import { watchedSource } from './watchedSource.ts'
import { indexMoved, type Position, writeRows } from './writeRows.ts'

export interface FollowerOptions {
  readonly db: OpenedDatabase
  readonly source: BlockSource
  readonly views: Views
  readonly contracts: Contracts
  readonly log: Log
  /** ms since the Unix epoch. */
  readonly now: () => number
  /** First block that may hold events: the one before the contracts were deployed. */
  readonly startHeight?: number
  /** Wait between questions at the head, ms. */
  readonly pollMs?: number
  /** Told after each commit. */
  readonly onProgress?: (progress: { height: number; head: number; blocks: number; events: number }) => void
}

export interface Follower {
  readonly head: Head
  /** Blocks behind the newest final one that is known. */
  lag(): number
  /** Whether the chain answers, whatever holds the index up. */
  chainAnswers(): boolean
  /** Follows until everything final is in. @throws OtherChainError EventInvalidError IndexedReceiptError, source and database errors */
  catchUp(signal?: AbortSignal): Promise<Position>
  /** Follows until the signal: waits out what passes, such as a chain or database away. @throws what no waiting mends */
  run(signal: AbortSignal): Promise<void>
}

/** Blocks asked for at a time, and items of events in one transaction. */
const PAGE = 1_000
const BATCH_ITEMS = 4_000
/** Views asked at a time. */
const ASKED_AT_ONCE = 8
/** Where nothing happens, the chain is still asked this often whether it is the same one, ms. */
const CHECK_MS = 10_000
/** Without events the cursor is moved this seldom, in blocks. */
const IDLE_BLOCKS = 200
const POLL_MS = 100
/** Accounts kept in hand; beyond, they are loaded again when needed. */
const MAX_ACCOUNTS = 50_000

export function createFollower(given: FollowerOptions): Follower {
  const source = watchedSource(given.source, given.now)
  const options = { ...given, source }
  const { db, contracts, log, pollMs = POLL_MS } = options
  const head = createHead(options.now, log)
  /** Null: to be read from the database. */
  let state: { rows: Rows; position: Position; next: number } | null = null
  let newest = -1
  /** Everything below is in, as far as is known while the state is being read again. */
  let reached = 0
  /** When the chain was last known to be the one of this index, ms. */
  let checkedAt = Number.NEGATIVE_INFINITY
  /** Listeners know of all blocks up to this one; null before the first. */
  let told: number | null = null

  async function open(signal?: AbortSignal) {
    if (state !== null) return state
    const position = await openPosition(options, signal)
    checkedAt = options.now()
    state = { rows: await openRows(db.db), position, next: position.height + 1 }
    // The cursor lags behind what was read by what an idle chain lets it; further back, the index is being made anew.
    if (state.next > reached || state.next + IDLE_BLOCKS < reached) reached = state.next
    head.moved(position)
    const missed = told !== null && position.height > told ? await blocksAbove(db.db, told) : []
    for (const block of missed) head.tell(block)
    told = Math.max(position.height, missed.at(-1)?.height ?? 0)
    return state
  }

  /** A node may come back as another one between two questions: it is asked before anything of its is written. */
  async function requireSameChain(signal?: AbortSignal): Promise<void> {
    await openPosition(options, signal)
    checkedAt = options.now()
  }

  /** One page. @returns whether everything final is in */
  async function step(signal?: AbortSignal): Promise<boolean> {
    const at = await open(signal)
    const tip = await source.head(signal)
    if (tip.height < newest || options.now() - checkedAt > CHECK_MS) await requireSameChain(signal)
    newest = Math.max(newest, tip.height)
    let page = await source.blocks(at.next, PAGE, signal)
    for (;;) {
      signal?.throwIfAborted()
      const more = page.next <= page.head
      // The next page travels while this one is written.
      const ahead = more ? source.blocks(page.next, PAGE, signal) : null
      ahead?.catch(() => {}) // thrown where it is awaited
      newest = Math.max(newest, page.head)
      if (page.blocks.length > 0) await requireSameChain(signal)
      for (const batch of batches(page.blocks, contracts)) await commit(at, batch, signal)
      at.next = page.next
      reached = page.next
      if (ahead === null) break
      page = await ahead
    }
    if (tip.height > at.position.height) {
      if (tip.height - at.position.height >= IDLE_BLOCKS) {
        await requireSameChain(signal)
        await move(at, tip)
      }
      head.moved(tip)
    }
    head.heard()
    return at.next > newest
  }

  async function commit(at: NonNullable<typeof state>, batch: ReadBlock[], signal?: AbortSignal): Promise<void> {
    const { rows } = at
    const touched = touchedBy(batch)
    try {
      if (rows.accounts.size > MAX_ACCOUNTS) rows.accounts.clear()
      await loadRows(db.db, rows, touched)
      await inParallel([...touched.created], async (id) => {
        rows.taskFacts.set(id, await options.views.task(id, signal))
      })
      await inParallel([...touched.staked], async (account) => {
        rows.nodeFacts.set(account, await options.views.node(account, signal))
      })
      for (const each of batch) applyBlock(rows, each)
      tellUnknown(batch)
      const last = batch.at(-1)!.block
      const events = rows.inserted.events.length
      await writeRows(db, rows, at.position.height, last)
      rows.written()
      at.position = { height: last.height, hash: last.hash, at: last.at }
      options.onProgress?.({ height: last.height, head: newest, blocks: batch.length, events })
    } catch (error) {
      state = null // rows in hand are ahead of the database now
      throw await blamed(error, at.position.height, batch.at(-1)!.block.height)
    }
    head.moved(at.position)
    for (const each of batch) {
      const { tasks, accounts } = touchedBy([each])
      head.tell({ height: each.block.height, at: each.block.at, tasks: [...tasks], accounts: [...accounts] })
    }
    told = at.position.height
  }

  /**
   * Rows are read after the cursor: where another process wrote in between, blocks meet rows that hold them already, and
   * whatever fails then is no fault of theirs.
   */
  async function blamed(error: unknown, from: number, to: number): Promise<unknown> {
    const now = await cursorOf(db.db).catch(() => null)
    return now !== null && now.height !== from ? indexMoved(from, to) : error
  }

  async function move(at: NonNullable<typeof state>, tip: Position): Promise<void> {
    try {
      await writeRows(db, at.rows, at.position.height, tip)
      at.position = { height: tip.height, hash: tip.hash, at: tip.at }
    } catch (error) {
      state = null
      throw error
    }
  }

  function tellUnknown(batch: readonly ReadBlock[]): void {
    for (const { block, calls } of batch) {
      for (const { raw, contract } of calls) {
        const names = new Set(raw.filter(({ known }) => !known).map(({ name }) => name))
        for (const name of names) log.warn('event of a newer contract', { name, contract, height: block.height })
      }
    }
  }

  return {
    head,
    chainAnswers: source.answers,
    lag: () => Math.max(0, newest + 1 - reached),
    async catchUp(signal) {
      while (!(await step(signal))) signal?.throwIfAborted()
      return (await open(signal)).position
    },
    run: (signal) =>
      keepFollowing({
        signal,
        pollMs,
        log,
        step: () => step(signal),
        // After a silence the node may be another one: the chain is checked again.
        forget: (error) => {
          state = null
          if (!(error instanceof IndexMovedError)) head.lost()
        },
      }).finally(() => head.lost()),
  }
}

/** Groups of whole blocks, each for one transaction. */
function* batches(blocks: readonly SourceBlock[], contracts: Contracts): Generator<ReadBlock[]> {
  let batch: ReadBlock[] = []
  let items = 0
  for (const block of blocks) {
    const read = readBlock(block, contracts)
    batch.push(read)
    items += read.calls.reduce((sum, { raw }) => sum + raw.length, 0)
    if (items < BATCH_ITEMS) continue
    yield batch
    batch = []
    items = 0
  }
  if (batch.length > 0) yield batch
}

async function inParallel<T>(list: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < list.length) await work(list[next++]!)
  }
  await Promise.all(Array.from({ length: Math.min(ASKED_AT_ONCE, list.length) }, worker))
}
