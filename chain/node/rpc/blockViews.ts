/** Blocks and chunks as nearcore's RPC shows them; what a chain of one producer lacks is zero or empty. */
import { bytesToBase58, utf8ToBytes } from '../../lib/bytes.ts'
import { sha256, ZERO_HASH } from '../../lib/hash.ts'
import { type Block, epochIdOf } from '../block.ts'
import { EPOCH_LENGTH, GAS_LIMIT, ROOT_ACCOUNT } from '../genesis.ts'
import type { Ledger } from '../ledger.ts'
import { blockOutcomeRoot, outcomeRoot } from './outcomeProof.ts'
import { receiptView, transactionView } from './views.ts'

const SIGNATURE = `ed25519:${bytesToBase58(new Uint8Array(64))}`

/** A chunk is found by this hash: there is one in each block. */
export const chunkHashOf = (block: Block): string => bytesToBase58(sha256(utf8ToBytes(`chunk ${block.header.hash}`)))

export function blockView(ledger: Ledger, block: Block) {
  const { header } = block
  const parent = ledger.blockByHash(header.prevHash)
  return {
    author: ROOT_ACCOUNT,
    header: {
      height: Number(header.height),
      prev_height: parent === undefined ? null : Number(parent.header.height),
      epoch_id: epochIdOf(header.height),
      next_epoch_id: epochIdOf(header.height + EPOCH_LENGTH),
      hash: header.hash,
      prev_hash: header.prevHash,
      prev_state_root: parent?.header.stateRoot ?? ZERO_HASH,
      block_body_hash: ZERO_HASH,
      chunk_receipts_root: ZERO_HASH,
      chunk_headers_root: ZERO_HASH,
      chunk_tx_root: ZERO_HASH,
      outcome_root: blockOutcomeRoot(parent),
      chunks_included: 1,
      challenges_root: ZERO_HASH,
      // Nanoseconds as a JSON number lose the last digits, as they do on nearcore; timestamp_nanosec is exact.
      timestamp: Number(header.timestampNs),
      timestamp_nanosec: header.timestampNs.toString(),
      random_value: header.randomValue,
      validator_proposals: [],
      chunk_mask: [true],
      gas_price: header.gasPrice.toString(),
      block_ordinal: Number(header.height),
      rent_paid: '0',
      validator_reward: '0',
      total_supply: header.totalSupply.toString(),
      challenges_result: [],
      last_final_block: header.prevHash,
      last_ds_final_block: header.prevHash,
      next_bp_hash: ZERO_HASH,
      block_merkle_root: ZERO_HASH,
      epoch_sync_data_hash: null,
      approvals: [],
      signature: SIGNATURE,
      latest_protocol_version: ledger.genesis.protocolVersion,
      chunk_endorsements: null,
    },
    chunks: [chunkHeaderView(ledger, block)],
  }
}

/** As on nearcore, a chunk brings the receipts that the blocks before it sent: what is executed here at the earliest. */
export function chunkView(ledger: Ledger, block: Block) {
  const parent = ledger.blockByHash(block.header.prevHash)
  return {
    author: ROOT_ACCOUNT,
    header: chunkHeaderView(ledger, block),
    transactions: block.transactions.map(transactionView),
    receipts: parent === undefined ? [] : parent.outgoing.map((index) => receiptView(parent.receipts[index]!)),
  }
}

function chunkHeaderView(ledger: Ledger, block: Block) {
  const { header } = block
  const parent = ledger.blockByHash(header.prevHash)
  return {
    chunk_hash: chunkHashOf(block),
    prev_block_hash: header.prevHash,
    outcome_root: parent === undefined ? ZERO_HASH : outcomeRoot(parent),
    prev_state_root: parent?.header.stateRoot ?? ZERO_HASH,
    encoded_merkle_root: ZERO_HASH,
    encoded_length: 0,
    height_created: Number(header.height),
    height_included: Number(header.height),
    shard_id: 0,
    gas_used: Number(header.gasUsed),
    gas_limit: Number(GAS_LIMIT),
    rent_paid: '0',
    validator_reward: '0',
    balance_burnt: header.burnt.toString(),
    outgoing_receipts_root: ZERO_HASH,
    tx_root: ZERO_HASH,
    validator_proposals: [],
    congestion_info: null,
    bandwidth_requests: null,
    signature: SIGNATURE,
  }
}
