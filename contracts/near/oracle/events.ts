/** The oracle's events: who feeds, what was reported, which median was accepted, what was seen in a pool. */
import { emit } from '../lib/events.ts'
import type { Host } from '../lib/host.ts'
import type { WirePrice } from './price.ts'

const ORACLE = { standard: 'blyan_oracle', version: '1.0.0' } as const

export function emitFeeder(
  host: Host,
  event: 'feeder_admitted' | 'feeder_joined' | 'feeder_left',
  account: string,
): void {
  emit(host, ORACLE, event, [{ oracle_id: account }])
}

export function emitAsset(host: Host, asset_id: string): void {
  emit(host, ORACLE, 'asset_added', [{ asset_id }])
}

/** One element a price. */
export function emitReported(
  host: Host,
  oracle_id: string,
  prices: readonly { asset_id: string; price: WirePrice }[],
): void {
  emit(
    host,
    ORACLE,
    'price_reported',
    prices.map(({ asset_id, price }) => ({ oracle_id, asset_id, ...price })),
  )
}

/** One element an asset. */
export function emitAccepted(host: Host, prices: readonly { asset_id: string; price: WirePrice }[]): void {
  emit(
    host,
    ORACLE,
    'price_accepted',
    prices.map(({ asset_id, price }) => ({ asset_id, ...price })),
  )
}

export function emitWatched(host: Host, pool_id: number, base: string, quote: string): void {
  emit(host, ORACLE, 'pool_watched', [{ pool_id, base, quote }])
}

/** `capped`: the pool had moved further than a snapshot may follow. */
export function emitObserved(host: Host, pool_id: number, price: WirePrice, capped: boolean): void {
  emit(host, ORACLE, 'pool_observed', [{ pool_id, ...price, capped }])
}
