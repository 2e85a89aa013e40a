/** What the market was configured with, asked once. */
import { z } from 'zod'
import { ONE_BLY } from '../../../chain/lib/units.ts'
import type { Parts } from '../types.ts'

export interface Settings {
  /** attoBLY of stake for one seat. */
  readonly seat: bigint
  readonly maxSeats: number
}
export type MarketSettings = () => Promise<Settings>

const config = z.object({ seat: z.string().regex(/^\d{1,39}$/), max_seats: z.number().int().positive() })
/** docs/protocol.md §1: until the market has answered. */
const USUAL: Settings = { seat: 100n * ONE_BLY, maxSeats: 64 }

/** No read waits longer for it, and while the chain is away not every read tries, ms. */
const PATIENCE_MS = 1_000
const RETRY_MS = 10_000

export function marketSettings({ chain, config: { contracts }, signal, now }: Parts): MarketSettings {
  let known: Settings | null = null
  let failedAt = Number.NEGATIVE_INFINITY
  let asking: Promise<Settings> | null = null

  const ask = async (): Promise<Settings> => {
    try {
      const either = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
      const view = await chain.view(contracts.market, 'get_config', {}, { signal: either })
      const { seat, max_seats } = config.parse(view)
      known = { seat: BigInt(seat), maxSeats: max_seats }
      return known
    } catch {
      failedAt = now() // the chain is away: asked again later
      return USUAL
    } finally {
      asking = null
    }
  }
  return async () => {
    if (known !== null) return known
    if (now() - failedAt < RETRY_MS) return USUAL
    asking ??= ask()
    return asking
  }
}
