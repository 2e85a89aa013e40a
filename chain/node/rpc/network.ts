/** Blocks, gas price, validators and the node itself. Source: nearcore chain/jsonrpc. */
import { z } from 'zod'
import { runtimeParams } from '../../runtime/params.ts'
import { EMPTY_PUBLIC_KEY } from '../../runtime/receipt.ts'
import type { Block } from '../block.ts'
import { epochIdOf, epochOf } from '../block.ts'
import type { Chain } from '../chain.ts'
import {
  EPOCH_LENGTH,
  GAS_LIMIT,
  MAX_GAS_PRICE,
  MIN_GAS_PRICE,
  ROOT_ACCOUNT,
  TRANSACTION_VALIDITY_PERIOD,
  totalSupplyOf,
} from '../genesis.ts'
import { nextGasPrice } from '../produceBlock.ts'
import { blockView, chunkHashOf, chunkView } from './blockViews.ts'
import { handlerError } from './errors.ts'
import { blockId, blockReference, findBlock, parseParams, type RpcMethod } from './request.ts'

export const block: RpcMethod = (chain, params) => {
  const asked = parseParams(
    z.union([blockReference, z.tuple([blockId]).transform(([id]) => ({ block_id: id, finality: undefined }))]),
    params,
  )
  return blockView(chain.ledger, findBlock(chain, asked))
}

export const chunk: RpcMethod = (chain, params) => {
  const byPlace = z.object({ block_id: blockId, shard_id: z.number() })
  const byHash = z.object({ chunk_id: z.string() })
  const asked = parseParams(
    z.union([
      byPlace,
      byHash,
      z
        .tuple([z.union([z.string(), z.tuple([blockId, z.number()])])])
        .transform(([id]) => (typeof id === 'string' ? { chunk_id: id } : { block_id: id[0], shard_id: id[1] })),
    ]),
    params,
  )
  if ('chunk_id' in asked) {
    for (const candidate of chain.ledger.blocksFrom(0n)) {
      if (chunkHashOf(candidate) === asked.chunk_id) return chunkView(chain.ledger, candidate)
    }
    throw handlerError('UNKNOWN_CHUNK', { chunk_hash: asked.chunk_id })
  }
  if (asked.shard_id !== 0) throw handlerError('INVALID_SHARD_ID', { shard_id: asked.shard_id })
  return chunkView(chain.ledger, findBlock(chain, { block_id: asked.block_id }))
}

export const gasPrice: RpcMethod = (chain, params) => {
  const asked = parseParams(
    z.union([
      z.object({ block_id: blockId.nullish() }),
      z.array(blockId.nullable()).transform(([id]) => ({ block_id: id })),
    ]),
    params ?? {},
  )
  const { header } = findBlock(chain, asked)
  return { gas_price: nextGasPrice(header.gasPrice, header.gasUsed).toString() }
}

export const status: RpcMethod = (chain) => {
  const { ledger } = chain
  const first = ledger.blocksFrom(0n).next().value as Block
  const { header } = ledger.head
  const time = (block: Block) => new Date(Number(block.header.timestampNs / 1_000_000n)).toISOString()
  return {
    version: { version: '0.1.0', build: 'blyan', commit: '', rustc_version: '' },
    chain_id: ledger.genesis.chainId,
    protocol_version: ledger.genesis.protocolVersion,
    latest_protocol_version: ledger.genesis.protocolVersion,
    genesis_hash: first.header.hash,
    rpc_addr: null,
    validators: [{ account_id: ROOT_ACCOUNT }],
    sync_info: {
      latest_block_hash: header.hash,
      latest_block_height: Number(header.height),
      latest_state_root: header.stateRoot,
      latest_block_time: time(ledger.head),
      syncing: false,
      earliest_block_hash: first.header.hash,
      earliest_block_height: Number(first.header.height),
      earliest_block_time: time(first),
      epoch_id: epochIdOf(header.height),
      epoch_start_height: Number(epochOf(header.height) * EPOCH_LENGTH),
    },
    validator_account_id: ROOT_ACCOUNT,
    validator_public_key: producerKey(chain),
    node_key: null,
    node_public_key: producerKey(chain),
    uptime_sec: Math.floor(process.uptime()),
  }
}

export const validators: RpcMethod = (chain) => {
  const { height } = chain.ledger.head.header
  const producer = { account_id: ROOT_ACCOUNT, public_key: producerKey(chain), stake: '0' }
  return {
    current_validators: [
      {
        ...producer,
        is_slashed: false,
        shards: [0],
        num_produced_blocks: Number(height),
        num_expected_blocks: Number(height),
      },
    ],
    next_validators: [{ ...producer, shards: [0] }],
    current_fishermen: [],
    next_fishermen: [],
    current_proposals: [],
    prev_epoch_kickout: [],
    epoch_start_height: Number(epochOf(height) * EPOCH_LENGTH),
    epoch_height: Number(epochOf(height)),
  }
}

export const networkInfo: RpcMethod = () => ({
  active_peers: [],
  num_active_peers: 0,
  peer_max_count: 0,
  sent_bytes_per_sec: 0,
  received_bytes_per_sec: 0,
  known_producers: [],
})

export const protocolConfig: RpcMethod = (chain) => {
  const { genesis } = chain.ledger
  const params = runtimeParams(genesis.protocolVersion)
  return {
    ...chainConfig(chain),
    runtime_config: {
      storage_amount_per_byte: params.storageAmountPerByte.toString(),
      transaction_costs: {
        burnt_gas_reward: params.burntGasReward.map(Number),
        pessimistic_gas_price_inflation_ratio: [1, 1],
        storage_usage_config: {
          num_bytes_account: Number(params.storageBytesAccount),
          num_extra_bytes_record: Number(params.storageBytesRecord),
        },
      },
      account_creation_config: {
        min_allowed_top_level_account_length: params.minTopLevelAccountLength,
        registrar_account_id: params.registrarAccountId,
      },
    },
  }
}

export const genesisConfig: RpcMethod = (chain) => ({
  ...chainConfig(chain),
  total_supply: totalSupplyOf(chain.ledger.genesis).toString(),
  validators: [{ account_id: ROOT_ACCOUNT, public_key: producerKey(chain), amount: '0' }],
})

const chainConfig = ({ ledger: { genesis } }: Chain) => ({
  protocol_version: genesis.protocolVersion,
  genesis_time: new Date(genesis.timeMs).toISOString(),
  chain_id: genesis.chainId,
  genesis_height: 1,
  num_block_producer_seats: 1,
  num_block_producer_seats_per_shard: [1],
  avg_hidden_validator_seats_per_shard: [0],
  dynamic_resharding: false,
  protocol_upgrade_stake_threshold: [4, 5],
  epoch_length: Number(EPOCH_LENGTH),
  gas_limit: Number(GAS_LIMIT),
  min_gas_price: MIN_GAS_PRICE.toString(),
  max_gas_price: MAX_GAS_PRICE.toString(),
  block_producer_kickout_threshold: 0,
  chunk_producer_kickout_threshold: 0,
  online_min_threshold: [9, 10],
  online_max_threshold: [99, 100],
  gas_price_adjustment_rate: [1, 100],
  transaction_validity_period: Number(TRANSACTION_VALIDITY_PERIOD),
  protocol_reward_rate: [0, 1],
  max_inflation_rate: [0, 1],
  num_blocks_per_year: 31_536_000,
  protocol_treasury_account: ROOT_ACCOUNT,
  fishermen_threshold: '0',
  minimum_stake_divisor: 10,
  minimum_stake_ratio: [1, 6250],
})

const producerKey = ({ ledger }: Chain): string =>
  ledger.genesis.accounts.find(({ accountId }) => accountId === ROOT_ACCOUNT)?.publicKeys[0] ?? EMPTY_PUBLIC_KEY
