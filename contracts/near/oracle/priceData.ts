/** What integrators read, field for field as NearDefi's oracle answers. Source: github.com/NearDeFi/price-oracle, docs.near.org */
import type { Host } from '../lib/host.ts'
import type { WirePrice } from './price.ts'
import { priceOf, SECOND_NS } from './quorum.ts'
import { type Asset, findAsset, findFeeder, getConfig, listAssets, listFeeders, type Report } from './storage.ts'

export interface PriceData {
  /** Nanoseconds of the block, decimal. */
  timestamp: string
  recency_duration_sec: number
  prices: { asset_id: string; price: WirePrice | null }[]
}

/** `emas` is NearDefi's list of moving averages; none is kept here: `get_twap` is read from a pool instead. */
export interface AssetView {
  reports: Report[]
  emas: []
}

/** Prices of the asked assets, of all without a list; an unknown asset and one without quorum have none. */
export function getPriceData(host: Host, asset_ids?: readonly string[]): PriceData {
  const config = getConfig(host)
  const now = host.blockTimestampNs()
  const feeders = listFeeders(host).length
  const priced = (asset: Asset | null) => (asset === null ? null : priceOf(asset, config, feeders, now))
  return {
    timestamp: `${now}`,
    recency_duration_sec: config.recencySec,
    prices: (asset_ids ?? listAssets(host)).map((asset_id) => ({ asset_id, price: priced(findAsset(host, asset_id)) })),
  }
}

/** What one feeder alone says, of reports not older than `recency_duration_sec`, the oracle's own unless told. */
export function getOraclePriceData(
  host: Host,
  args: { account_id: string; asset_ids?: readonly string[]; recency_duration_sec?: number },
): PriceData {
  const { account_id, asset_ids, recency_duration_sec = getConfig(host).recencySec } = args
  const now = host.blockTimestampNs()
  const oldest = now - BigInt(recency_duration_sec) * SECOND_NS
  const said = (asset_id: string): WirePrice | null => {
    const report = findAsset(host, asset_id)?.reports.find(({ oracle_id }) => oracle_id === account_id)
    return report !== undefined && BigInt(report.timestamp) >= oldest ? report.price : null
  }
  const prices = (asset_ids ?? listAssets(host)).map((asset_id) => ({ asset_id, price: said(asset_id) }))
  return { timestamp: `${now}`, recency_duration_sec, prices }
}

/** Fresh and old reports of one asset; null when it is not listed. */
export function getAsset(host: Host, asset_id: string): AssetView | null {
  const asset = findAsset(host, asset_id)
  return asset === null ? null : { reports: asset.reports, emas: [] }
}

export interface Page {
  from_index?: number
  limit?: number
}

export function getAssets(host: Host, page: Page): [string, AssetView][] {
  return paged(listAssets(host), page).map((id) => [id, getAsset(host, id)!])
}

/** `last_near_claim` is NearDefi's refund of gas money, which is not paid here. */
export interface OracleView {
  last_report: string
  price_reports: number
  last_near_claim: '0'
}

export function getOracle(host: Host, account: string): OracleView | null {
  const feeder = findFeeder(host, account)
  if (feeder === null || feeder.state !== 'joined') return null
  return { last_report: feeder.lastReport, price_reports: feeder.reports, last_near_claim: '0' }
}

export function getOracles(host: Host, page: Page): [string, OracleView][] {
  return paged(listFeeders(host), page).map((account) => [account, getOracle(host, account)!])
}

/** As much as there is without a limit: every list is bounded. */
function paged<T>(all: readonly T[], { from_index = 0, limit = all.length }: Page): T[] {
  return all.slice(from_index, from_index + limit)
}
