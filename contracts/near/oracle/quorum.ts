/** When reports make a price: enough of them, fresh, and near the last accepted one or confirmed by a quorum. */
import { isWithin, lowerMedian, type WirePrice } from './price.ts'
import type { Asset, Config } from './storage.ts'

/** Fewest reports that ever make a price. */
const LEAST_QUORUM = 3
export const SECOND_NS = 1_000_000_000n
/** The accepted median moves on at most once in so long: a step of the deviation limit is a step a minute. */
const STEP_NS = 60n * SECOND_NS

/** More than half of those who have joined, and at least three. */
export function quorumOf(feeders: number): number {
  return Math.max(LEAST_QUORUM, Math.floor(feeders / 2) + 1)
}

/**
 * The price as of `now`, or null: an old price is never given.
 * Reports within the deviation limit of the last accepted median count, and a quorum of them makes their lower median the
 * price. A price that jumped does not count until a quorum of fresh reports confirms it, agreeing within the same limit.
 * @param now nanoseconds   @param feeders how many have joined
 */
export function priceOf(asset: Asset, config: Config, feeders: number, now: bigint): WirePrice | null {
  const oldest = now - BigInt(config.recencySec) * SECOND_NS
  const fresh: WirePrice[] = []
  for (const { timestamp, price } of asset.reports) if (BigInt(timestamp) >= oldest) fresh.push(price)
  const quorum = quorumOf(feeders)
  if (fresh.length < quorum) return null
  const limit = BigInt(config.deviationBps)
  const agreeing = (middle: WirePrice) => fresh.filter((price) => isWithin(price, middle, limit))
  if (asset.anchor !== null) {
    const near = agreeing(asset.anchor.price)
    if (near.length >= quorum) return lowerMedian(near)
  }
  const confirmed = agreeing(lowerMedian(fresh))
  return confirmed.length >= quorum ? lowerMedian(confirmed) : null
}

/** Makes `price` the accepted one, unless that moved within the last minute. @returns whether it did */
export function accept(asset: Asset, price: WirePrice, now: bigint): boolean {
  if (asset.anchor !== null && now - BigInt(asset.anchor.at) < STEP_NS) return false
  asset.anchor = { price, at: `${now}` }
  return true
}
