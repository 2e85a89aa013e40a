/** The running chain: takes transactions, mines until nothing is left to do, keeps it on disk, then answers. */
import { join } from 'node:path'
import { bytesToBase58 } from '../lib/bytes.ts'
import { BlyanError } from '../lib/errors.ts'
import type { SignedTransaction } from '../lib/transaction.ts'
import type { RuntimeDeps } from '../runtime/context.ts'
import { delayedCount } from '../runtime/delayedQueue.ts'
import type { InvalidTxError } from '../runtime/outcome.ts'
import { runtimeParams } from '../runtime/params.ts'
import type { StateChanges } from '../runtime/state.ts'
import { invalidForm } from '../runtime/transaction.ts'
import { decodeBlock, encodeBlock, isEmpty } from './block.ts'
import { type Clock, wallClock } from './clock.ts'
import { ChainGenesisMismatchError, ChainInternalError, TransactionRefusedError } from './errors.ts'
import { faultPoint } from './fault.ts'
import { type Genesis, TRANSACTION_VALIDITY_PERIOD } from './genesis.ts'
import { Ledger } from './ledger.ts'
import { Mempool, type Pending } from './mempool.ts'
import { type BlockWish, genesisBlock, produceBlock } from './produceBlock.ts'
import { RecordFile, type StoredChain } from './store.ts'
import { satisfies, type TransactionResult, transactionResult, type WaitLevel } from './transactionStatus.ts'

/** Blocks mined before waiting callers get a turn: contracts may call each other without end. */
const BLOCKS_PER_TURN = 64
/** Time that a skipped height stands for; nearcore's minimum on mainnet. */
const BLOCK_MS = 600

export interface ChainOptions {
  genesis: Genesis
  deps: RuntimeDeps
  clock?: Clock
  /** Folder for the chain's file; without it the chain lives in memory. */
  dir?: string
  /** Milliseconds between blocks when nothing happens; 0 mines only on demand. */
  intervalMs?: number
}

interface Waiter {
  hash: string
  level: WaitLevel
  resolve(result: TransactionResult): void
  reject(error: unknown): void
}

export class Chain {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly deps: RuntimeDeps
  readonly #store: RecordFile | null
  readonly #mempool = new Mempool()
  #holdTimer: NodeJS.Timeout | null = null
  /** Blocks asked for whatever the mempool holds. */
  #wishes: Partial<BlockWish>[] = []
  /** In a block, not yet on disk. */
  #accepted: Pending[] = []
  /** Settles when the blocks that are not yet on disk are. */
  #unsynced: PromiseWithResolvers<void> | null = null
  /** A block with content is waiting for the disk; empty ones need only reach the system's cache. */
  #mustSync = false
  #waiters = new Set<Waiter>()
  #mining: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  #closed = false
  #offsetMs = 0
  /** Set once the chain can neither go on nor be trusted to be on disk. */
  #halted: BlyanError | null = null

  private constructor(ledger: Ledger, store: RecordFile | null, { deps, clock = wallClock }: ChainOptions) {
    this.ledger = ledger
    this.#store = store
    this.deps = deps
    this.clock = clock
    // A chain that once jumped ahead of the clock goes on from where it was.
    const headMs = Number(ledger.head.header.timestampNs / 1_000_000n)
    this.#offsetMs = Math.max(0, headMs - clock.now())
  }

  /** Opens the chain in `dir`, or starts one. The caller holds the folder's lock. @throws ChainStoreCorruptError */
  static async open(options: ChainOptions): Promise<Chain> {
    const path = options.dir === undefined ? null : join(options.dir, 'chain.log')
    const stored = path === null ? null : await RecordFile.open(path)
    let chain: Chain
    if (stored !== null) {
      const ledger = await restore(stored, options.genesis.chainId)
      chain = new Chain(ledger, stored.store, options)
    } else {
      const { block, changes } = genesisBlock(options.genesis)
      const ledger = new Ledger(options.genesis, block, changes)
      const store = path === null ? null : await RecordFile.create(path, ledger.snapshot())
      chain = new Chain(ledger, store, options)
    }
    if ((options.intervalMs ?? 0) > 0) chain.#startInterval(options.intervalMs!)
    if (chain.#hasWork) void chain.#mine()
    return chain
  }

  get #hasWork(): boolean {
    return (
      this.#wishes.length > 0 ||
      this.#mempool.hasReady(this.ledger.state) ||
      this.ledger.head.outgoing.length > 0 ||
      delayedCount(this.ledger.state) > 0n
    )
  }

  /**
   * Takes a transaction and waits until it has come as far as `level`, on disk. The same transaction again is
   * answered by what became of it the first time.
   * @throws TransactionRefusedError with nearcore's InvalidTxError in `data.error`
   */
  async send(transaction: SignedTransaction, level: WaitLevel = 'EXECUTED_OPTIMISTIC', signal?: AbortSignal) {
    if (this.#halted !== null) throw this.#halted
    if (this.ledger.transaction(transaction.id) === undefined) {
      this.#refuseIfInvalid(transaction)
      const twin = this.#mempool.find(transaction.id)
      const included = twin?.included ?? this.#accept(transaction)
      if (level !== 'NONE') await included
      else included.catch(() => undefined)
    }
    return level === 'NONE' ? null : this.wait(transaction.id, level, signal)
  }

  /** Resolves once the transaction, included or still to come, has reached `level` and is on disk. */
  async wait(hash: string, level: WaitLevel, signal?: AbortSignal): Promise<TransactionResult> {
    await this.persisted()
    const now = transactionResult(this.ledger, hash)
    if (now !== null && satisfies(now.level, level)) return now
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { hash, level, resolve, reject }
      this.#waiters.add(waiter)
      signal?.addEventListener('abort', () => {
        this.#waiters.delete(waiter)
        reject(signal.reason)
      })
    })
  }

  /** Resolves when everything that can be seen is on disk: readers never see what a crash could take back. */
  async persisted(): Promise<void> {
    while (this.#unsynced !== null) await this.#unsynced.promise
    if (this.#halted !== null) throw this.#halted
  }

  /** Mines blocks even if they are empty, e.g. to let time pass. */
  async mineBlocks(count = 1): Promise<void> {
    for (let i = 0; i < count; i++) this.#wishes.push({})
    await this.#mineAndPersist()
  }

  async #mineAndPersist(): Promise<void> {
    do await this.#mine()
    while (this.#wishes.length > 0 && this.#halted === null)
    if (this.#halted !== null) throw this.#halted
  }

  /** The chain's time in milliseconds: the clock's, plus what was jumped over. */
  now(): number {
    return this.clock.now() + this.#offsetMs
  }

  /** Lets time pass at once, and mines a block so that views see it. */
  async advance(ms: number): Promise<void> {
    this.#offsetMs += ms
    await this.mineBlocks()
  }

  /** Jumps `heights` blocks ahead, and as much time as they would have taken. */
  async fastForward(heights: bigint): Promise<void> {
    this.#offsetMs += Number(heights) * BLOCK_MS
    this.#wishes.push({ skip: heights - 1n })
    await this.#mineAndPersist()
  }

  /** Puts records into the state, past all rules: for tests. */
  async patchState(patch: StateChanges): Promise<void> {
    this.#wishes.push({ patch })
    await this.#mineAndPersist()
  }

  /** Takes back every block above a height, on disk too. @returns false when its state is no longer kept */
  async revert(height: bigint): Promise<boolean> {
    await this.#mining
    if (!this.ledger.revert(height)) return false
    await this.#store?.compact(this.ledger.snapshot())
    return true
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#timer !== null) clearInterval(this.#timer)
    if (this.#holdTimer !== null) clearTimeout(this.#holdTimer)
    await this.#mining
    for (const { reject } of this.#waiters) reject(new Error('The chain was closed.'))
    await this.#store?.close()
  }

  #accept(transaction: SignedTransaction): Promise<void> {
    const pending = this.#mempool.add(transaction)
    faultPoint('chain.accepted')
    void this.#mine()
    return pending.included
  }

  #refuseIfInvalid(transaction: SignedTransaction): void {
    const { genesis, head } = this.ledger
    const error = invalidForm(transaction, runtimeParams(genesis.protocolVersion), this.deps.verify)
    if (error !== null) throw refused(error)
    const base = this.ledger.blockByHash(bytesToBase58(transaction.transaction.blockHash))
    if (base === undefined || base.header.height + TRANSACTION_VALIDITY_PERIOD < head.header.height) {
      throw refused('Expired')
    }
  }

  /** Starts mining unless it is under way; transactions sent in the same turn share a block. */
  #mine(): Promise<void> {
    this.#mining ??= this.#mineUntilIdle().finally(() => {
      this.#mining = null
      if (this.#closed || this.#halted !== null) return
      if (this.#hasWork) void this.#mine()
      else this.#mineWhenReleased()
    })
    return this.#mining
  }

  /** Looks again when a transaction that waits for an earlier nonce has waited long enough. */
  #mineWhenReleased(): void {
    const ms = this.#mempool.msUntilReady
    if (ms === null || this.#holdTimer !== null) return
    this.#holdTimer = setTimeout(() => {
      this.#holdTimer = null
      void this.#mine()
    }, ms)
  }

  async #mineUntilIdle(): Promise<void> {
    await Promise.resolve()
    try {
      do {
        for (let i = 0; i < BLOCKS_PER_TURN && this.#hasWork; i++) this.#mineOne()
        faultPoint('chain.executed')
        const sync = this.#mustSync
        this.#mustSync = false
        await this.#store?.flush(sync)
        this.#unsynced?.resolve()
        this.#unsynced = null
        for (const pending of this.#accepted.splice(0)) pending.settle(null)
        this.#answerWaiters()
        await this.#compactIfDue()
        // Readers that waited for the disk get their turn before the state moves on.
        if (this.#hasWork) await new Promise((resolve) => setImmediate(resolve))
      } while (this.#hasWork && !this.#closed)
    } catch (error) {
      // The ledger is ahead of the disk: nobody may be told that anything happened.
      const failure = error instanceof BlyanError ? error : internal(error)
      this.#halted = failure
      for (const pending of [...this.#accepted.splice(0), ...this.#mempool.takeAll()]) pending.settle(failure)
      for (const waiter of this.#waiters) waiter.reject(failure)
      this.#waiters.clear()
      this.#unsynced?.resolve()
      this.#unsynced = null
    }
  }

  #mineOne(): void {
    const wish = this.#wishes.shift() ?? {}
    const batch = this.#mempool.take(this.ledger.state)
    const produced = this.#produce(batch, wish)
    if (produced === null) return
    const { block, changes, rejected } = produced
    this.ledger.append(block, changes)
    this.#unsynced ??= Promise.withResolvers()
    this.#store?.append(encodeBlock(block, changes))
    const refusals = new Map(rejected.map(({ transaction, error }) => [transaction.id, error]))
    for (const pending of batch) {
      const error = refusals.get(pending.transaction.id)
      if (error !== undefined) pending.settle(refused(error))
    }
    this.#accepted.push(...batch.filter(({ transaction }) => !refusals.has(transaction.id)))
    if (!isEmpty(block)) this.#mustSync = true
  }

  /** A fault of ours must not stop the chain for the others: the transactions of the block are dropped and say so. */
  #produce(batch: Pending[], wish: Partial<BlockWish>) {
    try {
      const transactions = batch.map(({ transaction }) => transaction)
      return produceBlock(this.ledger, { ...wish, transactions, nowMs: this.now() }, this.deps)
    } catch (error) {
      if (batch.length === 0) throw error
      for (const pending of batch) pending.settle(internal(error))
      return null
    }
  }

  #answerWaiters(): void {
    for (const waiter of this.#waiters) {
      const result = transactionResult(this.ledger, waiter.hash)
      if (result === null || !satisfies(result.level, waiter.level)) continue
      this.#waiters.delete(waiter)
      waiter.resolve(result)
    }
  }

  async #compactIfDue(): Promise<void> {
    if (this.#store?.wantsSnapshot) await this.#store.compact(this.ledger.snapshot())
  }

  #startInterval(intervalMs: number): void {
    this.#timer = setInterval(() => {
      if (this.#mining !== null || this.#closed || this.#halted !== null) return
      const headMs = Number(this.ledger.head.header.timestampNs / 1_000_000n)
      if (this.now() - headMs < intervalMs) return
      this.#wishes.push({})
      void this.#mine()
    }, intervalMs)
  }
}

async function restore({ store, records }: StoredChain, chainId: string): Promise<Ledger> {
  try {
    const [snapshot, ...rest] = records
    const ledger = Ledger.restore(snapshot!.items)
    for (const { items } of rest) {
      for (const item of items) {
        const { block, changes } = decodeBlock(item)
        ledger.append(block, changes)
      }
    }
    if (ledger.genesis.chainId === chainId) return ledger
    throw new ChainGenesisMismatchError({
      what: `The folder holds the chain "${ledger.genesis.chainId}", not "${chainId}".`,
      fix: 'Use its own chain id, or another folder.',
    })
  } catch (error) {
    await store.close()
    throw error
  }
}

const refused = (error: InvalidTxError) =>
  new TransactionRefusedError({
    what: `The chain refused the transaction: ${typeof error === 'string' ? error : JSON.stringify(error)}.`,
    fix: 'Correct what it names and sign again.',
    data: { error },
  })

const internal = (error: unknown) =>
  new ChainInternalError({
    what: `A block could not be made: ${(error as Error).message}`,
    fix: 'Report this with the transaction; the chain itself goes on.',
    cause: error,
  })
