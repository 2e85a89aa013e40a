/** A feeder's word on some assets: it replaces what the same feeder said before. */
import { ensure } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { emitAccepted, emitReported } from './events.ts'
import { recordReports, requireFeeder } from './feeders.ts'
import type { WirePrice } from './price.ts'
import { accept, priceOf } from './quorum.ts'
import { findAsset, getConfig, KEYS, listFeeders, save } from './storage.ts'

export interface AssetPrice {
  asset_id: string
  price: { multiplier: bigint; decimals: number }
}

/**
 * Stores the caller's prices. An asset that is not listed is passed over with a line in the log, as NearDefi's does, so that
 * a feeder of many assets is not stopped by one.
 * @throws ORACLE_NOT_A_FEEDER ORACLE_PRICE_INVALID DEPOSIT_NONE
 */
export function reportPrices(host: Host, prices: readonly AssetPrice[]): void {
  const account = host.predecessor()
  const feeder = requireFeeder(host, account)
  const config = getConfig(host)
  const now = host.blockTimestampNs()
  const feeders = listFeeders(host).length
  recordReports(host, account, feeder, prices.length)
  const stored: { asset_id: string; price: WirePrice }[] = []
  const accepted: { asset_id: string; price: WirePrice }[] = []
  for (const { asset_id, price } of prices) {
    ensure(price.multiplier > 0n, 'ORACLE_PRICE_INVALID', () => `the price of ${asset_id} is 0`)
    const asset = findAsset(host, asset_id)
    if (asset === null) {
      host.log(`${asset_id} is not listed here; its price was passed over`)
      continue
    }
    const wire = { multiplier: `${price.multiplier}`, decimals: price.decimals }
    const reports = asset.reports.filter(({ oracle_id }) => oracle_id !== account)
    reports.push({ oracle_id: account, timestamp: `${now}`, price: wire })
    const changed = { ...asset, reports }
    const median = priceOf(changed, config, feeders, now)
    if (median !== null && accept(changed, median, now)) accepted.push({ asset_id, price: median })
    save(host, KEYS.asset + asset_id, changed)
    stored.push({ asset_id, price: wire })
  }
  if (stored.length > 0) emitReported(host, account, stored)
  if (accepted.length > 0) emitAccepted(host, accepted)
}
