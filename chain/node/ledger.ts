/** Everything a node remembers: the state with its recent past, the blocks, and what is looked up by id. */
import { BorshReader, BorshWriter } from '../lib/borsh.ts'
import { ZERO_HASH } from '../lib/hash.ts'
import type { Outcome } from '../runtime/outcome.ts'
import type { Receipt } from '../runtime/receipt.ts'
import { Overlay, State, type StateChanges } from '../runtime/state.ts'
import { type Block, decodeBlock, encodeBlock, isEmpty, readChanges, writeChanges } from './block.ts'
import { type Genesis, genesisFromJson, genesisToJson } from './genesis.ts'

/** Blocks whose state can still be viewed; older ones answer GARBAGE_COLLECTED_BLOCK. */
const STATE_HISTORY = 1_000
/** Empty blocks kept, counted back from the head, as a day of nothing has many; genesis and blocks with content stay. */
const EMPTY_KEPT = 20_000n

export interface TransactionPlace {
  block: Block
  index: number
}

export class Ledger {
  readonly genesis: Genesis
  readonly state = new State()
  readonly #blocks = new Map<bigint, Block>()
  readonly #byHash = new Map<string, Block>()
  readonly #transactions = new Map<string, TransactionPlace>()
  readonly #outcomes = new Map<string, { outcome: Outcome; block: Block }>()
  readonly #receipts = new Map<string, Receipt>()
  readonly #origins = new Map<string, string>()
  readonly #undo = new Map<bigint, StateChanges>()
  #head: Block
  /** Height of the earliest block whose state can still be seen. */
  #oldestState: bigint

  constructor(genesis: Genesis, first: Block, changes: StateChanges) {
    this.genesis = genesis
    this.state.apply(changes)
    this.#index(first)
    this.#head = first
    this.#oldestState = first.header.height
  }

  get head(): Block {
    return this.#head
  }

  /** Receipts that the next block begins with. */
  get incoming(): Receipt[] {
    return this.#head.outgoing.map((index) => this.#head.receipts[index]!)
  }

  append(block: Block, changes: StateChanges): void {
    this.#undo.set(block.header.height, this.state.apply(changes))
    if (this.#undo.size > STATE_HISTORY) {
      const [oldest] = this.#undo.keys()
      this.#undo.delete(oldest!)
      this.#oldestState = oldest!
    }
    this.#index(block)
    this.#head = block
    const old = this.#blocks.get(block.header.height - EMPTY_KEPT)
    if (old !== undefined && isEmpty(old) && old.header.prevHash !== ZERO_HASH) this.#forget(old)
  }

  /** Takes back every block above `height`. @returns false, and nothing changed, when that is too long ago */
  revert(height: bigint): boolean {
    const target = this.#blocks.get(height)
    if (target === undefined || height < this.#oldestState) return false
    for (const [h, undo] of [...this.#undo].reverse()) {
      if (h <= height) break
      this.state.apply(undo)
      this.#undo.delete(h)
      this.#forget(this.#blocks.get(h)!)
    }
    this.#head = target
    return true
  }

  blockAt(height: bigint): Block | undefined {
    return this.#blocks.get(height)
  }

  blockByHash(hash: string): Block | undefined {
    return this.#byHash.get(hash)
  }

  /** Blocks from a height on, ascending; heights of dropped empty blocks are skipped. */
  *blocksFrom(height: bigint): Generator<Block> {
    for (let h = height; h <= this.#head.header.height; h++) {
      const block = this.#blocks.get(h)
      if (block !== undefined) yield block
    }
  }

  transaction(hash: string): TransactionPlace | undefined {
    return this.#transactions.get(hash)
  }

  outcome(id: string): { outcome: Outcome; block: Block } | undefined {
    return this.#outcomes.get(id)
  }

  receipt(id: string): Receipt | undefined {
    return this.#receipts.get(id)
  }

  /** Hash of the transaction from which a receipt descends. */
  originOf(receiptId: string): string | undefined {
    return this.#origins.get(receiptId)
  }

  /** State after a block, or null when it is too far back. Writes to the view are the caller's own. */
  stateAt(height: bigint): Overlay | null {
    if (height < this.#oldestState) return null
    const back: StateChanges = new Map()
    for (const [h, undo] of [...this.#undo].reverse()) {
      if (h <= height) break
      for (const [key, value] of undo) back.set(key, value)
    }
    return new Overlay(this.state, back)
  }

  /** What a new file begins with: genesis, state, kept blocks. */
  snapshot(): Uint8Array[] {
    const writer = new BorshWriter()
    writer.string(genesisToJson(this.genesis))
    writeChanges(writer, new Map(this.state.entries()))
    return [writer.finish(), ...[...this.#blocks.values()].map((block) => encodeBlock(block, new Map()))]
  }

  /** Inverse of `snapshot`. */
  static restore([head, ...blocks]: Uint8Array[]): Ledger {
    const reader = new BorshReader(head!)
    const genesis = genesisFromJson(reader.string())
    const state = readChanges(reader)
    const [first, ...rest] = blocks.map((bytes) => decodeBlock(bytes).block)
    const ledger = new Ledger(genesis, first!, state)
    for (const block of rest) {
      ledger.#index(block)
      ledger.#head = block
      ledger.#oldestState = block.header.height
    }
    return ledger
  }

  #index(block: Block): void {
    this.#blocks.set(block.header.height, block)
    this.#byHash.set(block.header.hash, block)
    for (const [index, { id }] of block.transactions.entries()) this.#transactions.set(id, { block, index })
    for (const outcome of block.outcomes) {
      this.#outcomes.set(outcome.id, { outcome, block })
      const origin = outcome.kind === 'transaction' ? outcome.id : this.#origins.get(outcome.id)
      if (origin !== undefined) for (const id of outcome.receiptIds) this.#origins.set(id, origin)
    }
    for (const receipt of block.receipts) this.#receipts.set(receipt.receiptId, receipt)
  }

  #forget(block: Block): void {
    this.#blocks.delete(block.header.height)
    this.#byHash.delete(block.header.hash)
    for (const { id } of block.transactions) this.#transactions.delete(id)
    for (const { id } of block.outcomes) this.#outcomes.delete(id)
    for (const { receiptId } of block.receipts) {
      this.#receipts.delete(receiptId)
      this.#origins.delete(receiptId)
    }
  }
}
