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

export function marketSettings({ chain, config: { contracts }, signal }: Parts): MarketSettings {
  let known: Settings | null = null
  return async () => {
    if (known !== null) return known
    try {
      const { seat, max_seats } = config.parse(await chain.view(contracts.market, 'get_config', {}, { signal }))
      known = { seat: BigInt(seat), maxSeats: max_seats }
    } catch {
      return USUAL // the chain is away: asked again next time
    }
    return known
  }
}
