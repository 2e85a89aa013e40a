/** The oracle's interface as one table: parsed with in the contract, and the source of its ABI and its typed client. */
import { type ContractSchema, t } from '../lib/schema.ts'
import { ORACLE_ERRORS } from './errors.ts'

const MAX_LIST = 16

/** NearDefi's asset ids are accounts by habit, but any text; 64 keeps the events of 16 assets far under NEAR's 16 KiB. */
const assetId = t.string(64)
const wirePrice = t.object({ multiplier: t.u128, decimals: t.integer(0, 77) })
const assetIds = t.optional(t.list(assetId, MAX_LIST))
const poolId = t.integer(0, 4_294_967_295)
const page = { from_index: t.optional(t.integer(0, MAX_LIST)), limit: t.optional(t.integer(0, 10_000)) }
const report = t.object({ oracle_id: t.account, timestamp: t.u64, price: wirePrice })
const asset = t.object({ reports: t.list(report, MAX_LIST), emas: t.list(t.json, 0) })
const oracle = t.object({ last_report: t.u64, price_reports: t.integer(0, 2 ** 53), last_near_claim: t.u64 })
const priceData = t.object({
  timestamp: t.u64,
  recency_duration_sec: t.integer(1, 86_400),
  prices: t.list(t.object({ asset_id: assetId, price: t.nullable(wirePrice) }), MAX_LIST),
})

const own = { standard: 'blyan_oracle', version: '1.0.0' } as const
const priced = { multiplier: t.u128, decimals: t.integer(0, 77) }

export const ORACLE_SCHEMA = {
  name: 'oracle',
  doc: 'Prices for integrators by the interface of NearDefi’s oracle, and a time-weighted price of a pool. No money of the protocol reads them.',
  methods: {
    init: {
      kind: 'init',
      args: {
        owner_id: t.account,
        guardian_id: t.optional(t.account),
        dex_id: t.account,
        recency_duration_sec: t.optional(t.integer(1, 86_400)),
        deviation_bps: t.optional(t.integer(1, 10_000)),
        max_step_bps: t.optional(t.integer(1, 10_000)),
      },
      returns: t.unit,
      gasTGas: 10,
      doc: 'Sets the oracle up, once.',
    },
    admit_feeder: {
      kind: 'call',
      payable: '1yocto',
      args: { account_id: t.account },
      returns: t.unit,
      gasTGas: 10,
      doc: 'The owner lets an account join.',
    },
    remove_feeder: {
      kind: 'call',
      payable: '1yocto',
      args: { account_id: t.account },
      returns: t.unit,
      gasTGas: 60,
      doc: 'Owner or guardian ends a feeder’s part; its deposit returns.',
    },
    join_feeder: {
      kind: 'call',
      payable: 'any',
      args: {},
      returns: t.unit,
      gasTGas: 10,
      doc: 'Takes up an admission with the deposit of get_config; what is attached beyond it returns.',
    },
    leave_feeder: {
      kind: 'call',
      payable: '1yocto',
      args: {},
      returns: t.unit,
      gasTGas: 60,
      doc: 'Ends the caller’s part: its reports go, its deposit returns.',
    },
    add_asset: {
      kind: 'call',
      payable: '1yocto',
      args: { asset_id: assetId },
      returns: t.unit,
      gasTGas: 10,
      doc: 'The owner lists an asset.',
    },
    watch_pool: {
      kind: 'call',
      payable: '1yocto',
      args: { pool_id: poolId, base: t.account, quote: t.account, quote_decimals: t.integer(0, 36) },
      returns: t.unit,
      gasTGas: 10,
      doc: 'The owner lets a pool of the dex be observed, pricing base in quote.',
    },
    report_prices: {
      kind: 'call',
      open: true,
      args: { prices: t.list(t.object({ asset_id: assetId, price: wirePrice }), MAX_LIST, 1) },
      returns: t.unit,
      gasTGas: 100,
      doc: 'A feeder’s prices; each replaces what the same feeder said before.',
    },
    oracle_call: {
      kind: 'call',
      payable: '1yocto',
      open: true,
      args: { receiver_id: t.account, asset_ids: assetIds, msg: t.string(16_384) },
      returns: t.json,
      gasTGas: 100,
      doc: 'Calls oracle_on_call(sender_id, data, msg) of the receiver with the prices; its result is the result.',
    },
    observe: {
      kind: 'call',
      args: { pool_id: poolId },
      returns: t.boolean,
      gasTGas: 40,
      doc: 'Takes a snapshot of a watched pool, one a minute at most. Result: whether it was stored.',
    },
    on_pool: {
      kind: 'call',
      private: true,
      args: { pool_id: poolId },
      returns: t.boolean,
      doc: 'Callback of observe with the dex’s get_pool.',
    },
    get_price_data: {
      kind: 'view',
      open: true,
      args: { asset_ids: assetIds },
      returns: priceData,
      doc: 'Prices of the asked assets, of all without a list; null without a quorum of fresh reports.',
    },
    get_oracle_price_data: {
      kind: 'view',
      open: true,
      args: { account_id: t.account, asset_ids: assetIds, recency_duration_sec: t.optional(t.integer(1, 86_400)) },
      returns: priceData,
      doc: 'What one feeder alone says; null where its report is missing or old.',
    },
    get_asset: {
      kind: 'view',
      open: true,
      args: { asset_id: assetId },
      returns: t.nullable(asset),
      doc: 'The last report of each feeder on one asset.',
    },
    get_assets: {
      kind: 'view',
      open: true,
      args: page,
      returns: t.list(t.json, MAX_LIST),
      doc: 'Pairs of asset id and asset.',
    },
    get_oracle: {
      kind: 'view',
      open: true,
      args: { account_id: t.account },
      returns: t.nullable(oracle),
      doc: 'One feeder that has joined.',
    },
    get_oracles: {
      kind: 'view',
      open: true,
      args: page,
      returns: t.list(t.json, MAX_LIST),
      doc: 'Pairs of account and feeder.',
    },
    get_twap: {
      kind: 'view',
      open: true,
      args: { pool_id: t.optional(poolId), window_sec: t.optional(t.integer(60, 86_400)) },
      returns: t.nullable(
        t.object({
          pool_id: poolId,
          base: t.account,
          quote: t.account,
          price: wirePrice,
          snapshots: t.integer(0, 120),
          from: t.u64,
          until: t.u64,
        }),
      ),
      doc: 'Time-weighted price of a pool over at least 30 snapshots; null with fewer or with none of late.',
    },
    get_pools: {
      kind: 'view',
      open: true,
      args: {},
      returns: t.list(
        t.object({
          pool_id: poolId,
          base: t.account,
          quote: t.account,
          snapshots: t.integer(0, 2 ** 53),
          last: t.nullable(t.object({ price: wirePrice, timestamp: t.u64 })),
        }),
        8,
      ),
      doc: 'Watched pools and the last snapshot of each.',
    },
    get_config: {
      kind: 'view',
      open: true,
      args: {},
      returns: t.object({
        owner_id: t.account,
        guardian_id: t.account,
        dex_id: t.account,
        recency_duration_sec: t.integer(1, 86_400),
        deviation_bps: t.integer(1, 10_000),
        max_step_bps: t.integer(1, 10_000),
        feeder_deposit: t.u128,
        quorum: t.integer(3, 9),
      }),
      doc: 'Limits, quorum and the feeder’s deposit.',
    },
    contract_source_metadata: {
      kind: 'view',
      open: true,
      args: {},
      returns: t.openObject({
        version: t.nullable(t.string()),
        link: t.nullable(t.string()),
        standards: t.list(t.object({ standard: t.string(32), version: t.string(32) }), 16),
      }),
      doc: 'NEP-330: version and standards of this contract.',
    },
  },
  errors: ORACLE_ERRORS,
  events: {
    feeder_admitted: { ...own, data: { oracle_id: t.account }, doc: 'The owner let an account join.' },
    feeder_joined: { ...own, data: { oracle_id: t.account }, doc: 'A feeder left its deposit and feeds.' },
    feeder_left: { ...own, data: { oracle_id: t.account }, doc: 'A feeder’s part ended; its deposit went back.' },
    asset_added: { ...own, data: { asset_id: assetId }, doc: 'An asset was listed.' },
    price_reported: {
      ...own,
      data: { oracle_id: t.account, asset_id: assetId, ...priced },
      doc: 'A feeder’s word on an asset.',
    },
    price_accepted: {
      ...own,
      data: { asset_id: assetId, ...priced },
      doc: 'The median that later reports are measured by moved on.',
    },
    pool_watched: {
      ...own,
      data: { pool_id: poolId, base: t.account, quote: t.account },
      doc: 'A pool may be observed.',
    },
    pool_observed: {
      ...own,
      data: { pool_id: poolId, ...priced, capped: t.boolean },
      doc: 'A snapshot was stored; capped where the pool had moved further than one snapshot may follow.',
    },
  },
} as const satisfies ContractSchema
