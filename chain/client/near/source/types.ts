/** Where followers of the chain get final blocks from. Implementations give the same blocks for the same chain. */

export interface SourceBlock {
  height: number
  /** base58. */
  hash: string
  previousHash: string
  /** Milliseconds since the Unix epoch, rounded down. */
  at: number
  /** In the order of their execution. */
  events: SourceEvent[]
}

export interface SourceEvent {
  txHash: string
  receiptId: string
  /** The account that logged it. */
  contract: string
  standard: string
  event: string
  /** NEP-297 data; a value that is no list is a list of one, none is empty. */
  data: unknown[]
  /** Place among the block's events of the wanted contracts, from 0. */
  index: number
}

export interface SourcePage {
  /** Ascending; only blocks with wanted events. */
  blocks: SourceBlock[]
  /** The height to go on from: above every block looked at. */
  next: number
  /** Height of the newest final block. */
  head: number
}

/** Reads final blocks only, so nothing it gave is ever taken back. Methods throw what the RPC throws. */
export interface BlockSource {
  /** What tells this chain from every other one. */
  genesis(signal?: AbortSignal): Promise<{ chainId: string; genesisHash: string }>
  /** The newest final block; `at` in milliseconds. */
  head(signal?: AbortSignal): Promise<{ height: number; hash: string; at: number }>
  /**
   * Blocks with wanted events from a height on. One call looks at a bounded number of blocks, so a page may be empty
   * with `next` ≤ `head`: go on from there.
   * @param limit blocks at most, 1 to 1,000  @throws SourceReplyError when the node's answer is no such answer
   */
  blocks(fromHeight: number, limit: number, signal?: AbortSignal): Promise<SourcePage>
}
