/** The JSON-RPC methods by name. */
import { events } from './events.ts'
import { block, chunk, gasPrice, genesisConfig, networkInfo, protocolConfig, status, validators } from './network.ts'
import { query } from './query.ts'
import type { RpcMethod } from './request.ts'
import { advanceTime, fastForward, mine, patchState, revert, snapshot } from './sandbox.ts'
import {
  broadcastAsync,
  broadcastCommit,
  receipt,
  sendTransaction,
  transactionStatus,
  transactionStatusWithReceipts,
} from './transactions.ts'

export const METHODS: Readonly<Record<string, RpcMethod>> = {
  block,
  blyan_advance_time: advanceTime,
  blyan_events: events,
  blyan_mine: mine,
  blyan_revert: revert,
  blyan_snapshot: snapshot,
  broadcast_tx_async: broadcastAsync,
  broadcast_tx_commit: broadcastCommit,
  chunk,
  EXPERIMENTAL_genesis_config: genesisConfig,
  EXPERIMENTAL_protocol_config: protocolConfig,
  EXPERIMENTAL_receipt: receipt,
  EXPERIMENTAL_tx_status: transactionStatusWithReceipts,
  gas_price: gasPrice,
  genesis_config: genesisConfig,
  health: () => null,
  network_info: networkInfo,
  query,
  sandbox_fast_forward: fastForward,
  sandbox_patch_state: patchState,
  send_tx: sendTransaction,
  status,
  tx: transactionStatus,
  validators,
}
