/** What a network fixes for all tasks, and the two presets: the embedded chain and production. */
export interface Config {
  /** Account of the token contract. */
  bly: string
  network: Network
  /** Length of a beacon tick, ms of protocol time; 0: one beacon per block. */
  tick_ms: number
  /** attoBLY of stake that buys one seat. */
  seat: string
  /** Seats that one operator may hold. */
  max_seats: number
  /** Age that a seat must have at a draw, ms. */
  age_ms: number
  unbonding_ms: number
  /** attoBLY for one crank that moved state. */
  crank_bounty: string
  window_min_ms: number
  window_max_ms: number
  challenge_min_ms: number
  /** Answer, both jury windows and challenge together may not outlast this: unbonding stake must still be there. */
  dispute_max_ms: number
}

export type Network = 'embedded' | 'production'

const BLY = 10n ** 18n
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export const PRESETS: Readonly<Record<Network, Omit<Config, 'bly' | 'network'>>> = {
  embedded: {
    tick_ms: 0,
    seat: `${100n * BLY}`,
    max_seats: 64,
    age_ms: 0,
    unbonding_ms: 60_000,
    crank_bounty: `${BLY / 50n}`,
    window_min_ms: 1_000,
    window_max_ms: 30 * DAY_MS,
    challenge_min_ms: 0,
    dispute_max_ms: 90 * DAY_MS,
  },
  production: {
    tick_ms: 30_000,
    seat: `${100n * BLY}`,
    max_seats: 64,
    age_ms: HOUR_MS,
    unbonding_ms: 7 * DAY_MS,
    crank_bounty: `${BLY / 50n}`,
    window_min_ms: 120_000,
    window_max_ms: 30 * DAY_MS,
    challenge_min_ms: DAY_MS,
    dispute_max_ms: 3 * DAY_MS,
  },
}
