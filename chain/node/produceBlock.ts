/** The next block, from the ledger, the mempool and the time: pure but for reading the ledger. */
import { base58ToBytes, bytesToBase58, u64ToBytes, utf8ToBytes } from '../lib/bytes.ts'
import { sha256, ZERO_HASH } from '../lib/hash.ts'
import type { SignedTransaction } from '../lib/transaction.ts'
import { applyBlock, type BlockResult } from '../runtime/applyBlock.ts'
import type { RuntimeDeps } from '../runtime/context.ts'
import { nextStateRoot, type StateChanges } from '../runtime/state.ts'
import { type Block, type BlockHeader, blockHash, epochOf } from './block.ts'
import { GAS_LIMIT, type Genesis, genesisState, MAX_GAS_PRICE, MIN_GAS_PRICE, totalSupplyOf } from './genesis.ts'
import type { Ledger } from './ledger.ts'

export function genesisBlock(genesis: Genesis): { block: Block; changes: StateChanges } {
  const changes = genesisState(genesis)
  const header = seal(
    {
      height: 1n,
      prevHash: ZERO_HASH,
      timestampNs: BigInt(genesis.timeMs) * 1_000_000n,
      randomValue: bytesToBase58(sha256(utf8ToBytes(genesis.seed))),
      stateRoot: bytesToBase58(nextStateRoot(sha256(utf8ToBytes(genesis.chainId)), changes)),
      gasPrice: MIN_GAS_PRICE,
      gasUsed: 0n,
      burnt: 0n,
      totalSupply: totalSupplyOf(genesis),
    },
    [],
    [],
  )
  return { block: { header, transactions: [], outcomes: [], receipts: [], outgoing: [] }, changes }
}

export interface BlockWish {
  transactions?: readonly SignedTransaction[]
  /** The clock's time; a block is at least one nanosecond younger than its parent. */
  nowMs: number
  /** Heights to leave out, for a jump forward. */
  skip?: bigint
  /** State to put in place after the block's own changes. */
  patch?: StateChanges
}

export function produceBlock(
  ledger: Ledger,
  { transactions = [], nowMs, skip = 0n, patch }: BlockWish,
  deps: RuntimeDeps,
): { block: Block; changes: StateChanges; rejected: BlockResult['rejected'] } {
  const parent = ledger.head.header
  const height = parent.height + 1n + skip
  const now = BigInt(Math.trunc(nowMs)) * 1_000_000n
  const timestampNs = now > parent.timestampNs ? now : parent.timestampNs + 1n
  const gasPrice = nextGasPrice(parent.gasPrice, parent.gasUsed)
  const randomValue = sha256(utf8ToBytes(ledger.genesis.seed), base58ToBytes(parent.hash), u64ToBytes(height))
  const result = applyBlock(
    ledger.state,
    { incoming: ledger.incoming, transactions },
    {
      chainId: ledger.genesis.chainId,
      height,
      timestampNs,
      epochHeight: epochOf(height),
      gasPrice,
      gasLimit: GAS_LIMIT,
      randomValue,
      protocolVersion: ledger.genesis.protocolVersion,
    },
    deps,
  )
  for (const [key, value] of patch ?? []) result.changes.set(key, value)
  const header = seal(
    {
      height,
      prevHash: parent.hash,
      timestampNs,
      randomValue: bytesToBase58(randomValue),
      stateRoot: bytesToBase58(nextStateRoot(base58ToBytes(parent.stateRoot), result.changes)),
      gasPrice,
      gasUsed: result.gasUsed,
      burnt: result.burnt,
      totalSupply: parent.totalSupply - result.burnt + result.subsidized,
    },
    result.included,
    result.outcomes,
  )
  const places = new Map(result.born.map((receipt, index) => [receipt, index]))
  const block: Block = {
    header,
    transactions: result.included,
    outcomes: result.outcomes,
    receipts: result.born,
    outgoing: result.outgoing.map((receipt) => places.get(receipt)!),
  }
  return { block, changes: result.changes, rejected: result.rejected }
}

/** price · (1 + (used/limit − ½) · 1/50), never below the minimum. Source: nearcore `compute_next_gas_price`, rate 1/100. */
export function nextGasPrice(price: bigint, gasUsed: bigint): bigint {
  const denominator = 2n * 100n * GAS_LIMIT
  const next = (price * (denominator + 2n * gasUsed - GAS_LIMIT)) / denominator
  return next < MIN_GAS_PRICE ? MIN_GAS_PRICE : next > MAX_GAS_PRICE ? MAX_GAS_PRICE : next
}

function seal(
  header: Omit<BlockHeader, 'hash'>,
  transactions: readonly SignedTransaction[],
  outcomes: Block['outcomes'],
): BlockHeader {
  return { ...header, hash: blockHash(header, transactions, outcomes) }
}
