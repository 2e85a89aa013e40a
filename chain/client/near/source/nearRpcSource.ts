/**
 * Blocks over any NEAR node's plain RPC: `block`, `chunk` and `EXPERIMENTAL_tx_status`.
 *
 * NEAR's RPC finds no receipts by account and no transaction by receipt. So chunks are read one by one: a transaction to
 * a wanted contract is followed, and a receipt to one is traced to the recent transactions of the key that it names.
 * Order within a block comes from the outcomes' Merkle proofs, exact for each contract; of contracts in different shards
 * it is fixed, and says nothing.
 *
 * What it misses: calls through other contracts whose transaction is more than `lookbackBlocks` old, which anybody can
 * bring about, and what a balancer over nodes of different heights hides. Both are told to `onMissed`. Ask one archival
 * node, not a balancer; where every such call counts, read from an indexer.
 * PERF: 1 + shards requests a block, one for each transaction followed; `lookbackBlocks` blocks more at the start.
 */
import { z } from 'zod'
import { NearRpcError } from '../errors.ts'
import type { Rpc } from '../rpc.ts'
import { ask, chainFacts, nanosecondsToMs } from './ask.ts'
import { SourceGapError, SourceMissedError } from './errors.ts'
import { blockReply, chunkReply, transactionReply } from './nearReplies.ts'
import { type MissedReceipt, type TransactionTrees, transactionTrees } from './transactionTrees.ts'
import type { BlockSource, SourceBlock } from './types.ts'

export interface NearRpcSourceOptions {
  /** Blocks for which transactions are remembered. One lives longer only by intent: 1,000 TGas pay for 850 empty hops, 1.2 TGas each. */
  lookbackBlocks?: number
  /** Heights looked at in one call of `blocks`. */
  pageBlocks?: number
  /** Blocks or transactions asked for at once. */
  parallel?: number
  /** A receipt whose events are not given. Throws unless told otherwise: an index with holes should not look whole. */
  onMissed?: (receipt: MissedReceipt) => void
}

/** Where a reader stands. */
interface Reader {
  trees: TransactionTrees
  /** Up to here all blocks are read. */
  scanned: number
  last: { height: number; hash: string } | null
  /** Read and not given yet. */
  ready: SourceBlock[]
  /** Where the next call must go on for this state to serve it. */
  next: number
}

type Header = Omit<SourceBlock, 'events'> & { previousHeight: number | null }

const genesisReply = z.object({ genesis_height: z.number().int() })

/** @param contracts accounts whose events are wanted  @throws SourceGapError, SourceMissedError, and as BlockSource */
export function nearRpcSource(
  rpc: Rpc,
  contracts: readonly string[],
  { lookbackBlocks = 256, pageBlocks = 64, parallel = 4, onMissed = refuse }: NearRpcSourceOptions = {},
): BlockSource {
  const facts = chainFacts(rpc)
  let reader: Reader | null = null
  let genesisHeight: number | null = null

  /** Null where no block was made. */
  const load = async (height: number, trees: TransactionTrees, signal?: AbortSignal): Promise<Header | null> => {
    try {
      const { header, chunks } = await ask(rpc, blockReply, 'block', { block_id: height }, signal)
      const fresh = chunks.filter(({ height_included: included }) => included === height)
      const found = await inBatches(fresh, parallel, ({ shard_id }) =>
        ask(rpc, chunkReply, 'chunk', { block_id: height, shard_id }, signal),
      )
      for (const chunk of found) trees.see(height, chunk)
      const { hash, prev_hash: previousHash, prev_height, timestamp_nanosec } = header
      return { height, hash, previousHash, previousHeight: prev_height ?? null, at: nanosecondsToMs(timestamp_nanosec) }
    } catch (error) {
      if (error instanceof NearRpcError && error.data.cause === 'UNKNOWN_BLOCK') return null
      throw error
    }
  }
  const scan = async (from: number, to: number, trees: TransactionTrees, signal?: AbortSignal): Promise<Header[]> => {
    const heights = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
    const found = await inBatches(heights, parallel, (height) => load(height, trees, signal))
    return found.filter((header) => header !== null)
  }

  const begin = async (fromHeight: number, signal?: AbortSignal): Promise<Reader> => {
    genesisHeight ??= (await ask(rpc, genesisReply, 'EXPERIMENTAL_genesis_config', {}, signal)).genesis_height
    const start = Math.max(fromHeight, genesisHeight)
    const trees = transactionTrees(contracts)
    const before = await scan(Math.max(genesisHeight, start - lookbackBlocks), start - 1, trees, signal)
    trees.missed(() => {}) // what came before the start is not ours to give
    return { trees, scanned: start - 1, last: before.at(-1) ?? null, ready: [], next: fromHeight }
  }

  const advance = async (reader: Reader, to: number, signal?: AbortSignal): Promise<void> => {
    const { trees } = reader
    const headers = await scan(reader.scanned + 1, to, trees, signal)
    let { last } = reader
    for (const header of headers) {
      requireParent(header, last, reader.scanned + 1)
      last = header
    }
    await inBatches(trees.asked(), parallel, async ({ hash, signerId }) => {
      const asked = { tx_hash: hash, sender_account_id: signerId, wait_until: 'INCLUDED' }
      trees.learn(hash, await ask(rpc, transactionReply, 'EXPERIMENTAL_tx_status', asked, signal))
    })
    trees.missed(onMissed)
    for (const { previousHeight: _, ...header } of headers) {
      const events = trees.eventsOf(header.hash, header.height)
      if (events.length > 0) reader.ready.push({ ...header, events })
    }
    Object.assign(reader, { last, scanned: to })
    trees.forget(to - lookbackBlocks)
  }

  const page: BlockSource['blocks'] = async (fromHeight, limit, signal) => {
    const { height: head } = await facts.head(signal)
    const at = reader?.next === fromHeight ? reader : await begin(fromHeight, signal)
    reader = at
    const to = Math.min(head, at.scanned + pageBlocks)
    if (at.ready.length < limit && to > at.scanned) await advance(at, to, signal)
    const blocks = at.ready.splice(0, limit)
    at.next = Math.max(fromHeight, at.ready[0]?.height ?? at.scanned + 1)
    return { blocks, next: at.next, head }
  }

  // One at a time: a caller that gave up on a page may ask again while the page is still on its way.
  let turn: Promise<unknown> = Promise.resolve()
  return {
    ...facts,
    blocks(fromHeight, limit, signal) {
      const mine = turn.then(() => page(fromHeight, limit, signal))
      turn = mine.catch(() => {})
      return mine
    },
  }
}

/** Heights may be empty; a block whose parent was not read means that the node has dropped what lay between. */
function requireParent({ height, previousHash, previousHeight }: Header, last: Reader['last'], start: number): void {
  if (last !== null ? previousHash === last.hash : previousHeight === null || previousHeight < start) return
  throw new SourceGapError({
    what: `The node has block ${height} and not its parent, which comes after ${last?.height ?? start - 1}.`,
    fix: 'Point --rpc at an archival node.',
    data: { height, after: last?.height ?? start - 1 },
  })
}

function refuse({ receiptId, signerId, contract }: MissedReceipt): never {
  throw new SourceMissedError({
    what: `Receipt ${receiptId} of ${signerId} called ${contract}, and its transaction is not among the recent ones.`,
    fix: 'Look back further, or read the contract’s events from an indexer.',
    data: { receiptId, signerId, contract },
  })
}

/** In order of the items, `size` at a time. */
async function inBatches<T, R>(items: readonly T[], size: number, each: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = []
  for (let at = 0; at < items.length; at += size) {
    done.push(...(await Promise.all(items.slice(at, at + size).map(each))))
  }
  return done
}
