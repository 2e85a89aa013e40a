/**
 * The price oracle on NEAR: entry points only. Each parses its arguments by the schema and hands them to the rules beside it.
 * No money of the protocol reads a price from here.
 */
import { call, initialize, view } from 'near-sdk-js'
import { NearBindgen } from '../lib/bindgen.ts'
import { nearHost as host } from '../lib/nearHost.ts'
import { promiseReply, returnPromise, schedule, scheduleCallback, sendTransfers } from '../lib/promises.ts'
import { parseArgs } from '../lib/schema.ts'
import { addAsset } from './assets.ts'
import { admitFeeder, joinFeeder, leaveFeeder, removeFeeder } from './feeders.ts'
import { GAS_FOR_GET_POOL, GAS_FOR_ON_POOL } from './gas.ts'
import { init } from './init.ts'
import { SOURCE_METADATA } from './metadata.ts'
import { observe, onPool } from './observe.ts'
import { oracleCall } from './oracleCall.ts'
import { MAX_POOL_BYTES, watchPool } from './pools.ts'
import { getAsset, getAssets, getOracle, getOraclePriceData, getOracles, getPriceData } from './priceData.ts'
import { reportPrices } from './report.ts'
import { ORACLE_SCHEMA } from './schema.ts'
import { getTwap } from './twap.ts'
import { viewConfig, viewPools } from './views.ts'

const M = ORACLE_SCHEMA.methods

@NearBindgen({})
export class Oracle {
  @initialize({})
  init(args: unknown): void {
    init(host, parseArgs(M.init, args))
  }

  @call({ payableFunction: true })
  admit_feeder(args: unknown): void {
    admitFeeder(host, parseArgs(M.admit_feeder, args).account_id)
  }

  @call({ payableFunction: true })
  remove_feeder(args: unknown): void {
    sendTransfers(removeFeeder(host, parseArgs(M.remove_feeder, args).account_id))
  }

  @call({ payableFunction: true })
  join_feeder(args: unknown): void {
    parseArgs(M.join_feeder, args)
    sendTransfers(joinFeeder(host))
  }

  @call({ payableFunction: true })
  leave_feeder(args: unknown): void {
    parseArgs(M.leave_feeder, args)
    sendTransfers(leaveFeeder(host))
  }

  @call({ payableFunction: true })
  add_asset(args: unknown): void {
    addAsset(host, parseArgs(M.add_asset, args).asset_id)
  }

  @call({ payableFunction: true })
  watch_pool(args: unknown): void {
    watchPool(host, parseArgs(M.watch_pool, args))
  }

  @call({})
  report_prices(args: unknown): void {
    reportPrices(host, parseArgs(M.report_prices, args).prices)
  }

  @call({ payableFunction: true })
  oracle_call(args: unknown): void {
    const plan = oracleCall(host, parseArgs(M.oracle_call, args))
    returnPromise(schedule({ receiver: plan.receiver, method: 'oracle_on_call', args: plan.args, gas: 0n, weight: 1n }))
  }

  @call({})
  observe(args: unknown): void {
    const { pool_id } = parseArgs(M.observe, args)
    const { dex } = observe(host, pool_id)
    const asked = schedule({ receiver: dex, method: 'get_pool', args: { pool_id }, gas: GAS_FOR_GET_POOL })
    returnPromise(scheduleCallback(asked, { method: 'on_pool', args: { pool_id }, gas: GAS_FOR_ON_POOL }))
  }

  @call({})
  on_pool(args: unknown): boolean {
    return onPool(host, parseArgs(M.on_pool, args).pool_id, () => promiseReply(MAX_POOL_BYTES))
  }

  @view({})
  get_price_data(args: unknown) {
    return getPriceData(host, parseArgs(M.get_price_data, args).asset_ids)
  }

  @view({})
  get_oracle_price_data(args: unknown) {
    return getOraclePriceData(host, parseArgs(M.get_oracle_price_data, args))
  }

  @view({})
  get_asset(args: unknown) {
    return getAsset(host, parseArgs(M.get_asset, args).asset_id)
  }

  @view({})
  get_assets(args: unknown) {
    return getAssets(host, parseArgs(M.get_assets, args))
  }

  @view({})
  get_oracle(args: unknown) {
    return getOracle(host, parseArgs(M.get_oracle, args).account_id)
  }

  @view({})
  get_oracles(args: unknown) {
    return getOracles(host, parseArgs(M.get_oracles, args))
  }

  @view({})
  get_twap(args: unknown) {
    return getTwap(host, parseArgs(M.get_twap, args))
  }

  @view({})
  get_pools() {
    return viewPools(host)
  }

  @view({})
  get_config() {
    return viewConfig(host)
  }

  @view({})
  contract_source_metadata() {
    return SOURCE_METADATA
  }
}
