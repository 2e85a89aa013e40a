/** What the oracle says about itself: limits, quorum, watched pools. */
import type { Host } from '../lib/host.ts'
import { SPOT_DIGITS } from './pools.ts'
import { toWirePrice } from './price.ts'
import { quorumOf } from './quorum.ts'
import { FEEDER_DEPOSIT, findPool, getConfig, listFeeders, listPools } from './storage.ts'

export function viewConfig(host: Host) {
  const { owner, guardian, dex, recencySec, deviationBps, stepBps } = getConfig(host)
  return {
    owner_id: owner,
    guardian_id: guardian,
    dex_id: dex,
    recency_duration_sec: recencySec,
    deviation_bps: deviationBps,
    max_step_bps: stepBps,
    feeder_deposit: `${FEEDER_DEPOSIT}`,
    quorum: quorumOf(listFeeders(host).length),
  }
}

/** Watched pools with the last snapshot's price, which is no time-weighted one. */
export function viewPools(host: Host) {
  return listPools(host).map((pool_id) => {
    const { base, quote, quoteDecimals, count, spot, at } = findPool(host, pool_id)!
    const price = count === 0 ? null : toWirePrice(BigInt(spot), SPOT_DIGITS + quoteDecimals)
    return { pool_id, base, quote, snapshots: count, last: price === null ? null : { price, timestamp: at } }
  })
}
