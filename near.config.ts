/** The NEAR networks that Blyan knows. The embedded one is the default; the others differ by configuration alone. */

export interface Network {
  readonly chainId: string
  readonly rpcUrl: string
  readonly contracts: { readonly bly: string; readonly market: string }
  /** Between two values of the beacon, ms; 0 is every block. */
  readonly tickMs: number
  /** Protocol windows in ms. Source: docs/protocol.md §1. */
  readonly windows: Windows
  /** Least age of stake before it may be drawn, ms. */
  readonly stakeAgeMs: number
  readonly unbondingMs: number
}

export interface Windows {
  readonly accept: number
  readonly commit: number
  readonly reveal: number
  readonly publish: number
  readonly verdict: number
  readonly answer: number
  readonly jury: number
  readonly challenge: number
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Production windows: at least two minutes, since filling a shard for a shorter one costs under 20 NEAR. */
const PRODUCTION: Windows = {
  accept: 2 * MINUTE,
  commit: 10 * MINUTE,
  reveal: 5 * MINUTE,
  publish: 10 * MINUTE,
  verdict: 10 * MINUTE,
  answer: 5 * MINUTE,
  jury: 10 * MINUTE,
  challenge: DAY,
}

/** Windows close early when all have acted, so a generous one costs an honest network nothing. */
const EMBEDDED: Windows = {
  accept: MINUTE,
  commit: 3 * MINUTE,
  reveal: MINUTE,
  publish: MINUTE,
  verdict: 3 * MINUTE,
  answer: MINUTE,
  jury: MINUTE,
  challenge: 5000,
}

const real = (name: string, rpcUrl: string): Network => ({
  chainId: name,
  rpcUrl,
  contracts: {
    bly: `bly.blyan.${name === 'mainnet' ? 'near' : 'testnet'}`,
    market: `market.blyan.${name === 'mainnet' ? 'near' : 'testnet'}`,
  },
  tickMs: 30_000,
  windows: PRODUCTION,
  stakeAgeMs: DAY,
  unbondingMs: 7 * DAY,
})

export const NETWORKS = {
  embedded: {
    chainId: 'blyan-local',
    rpcUrl: 'http://127.0.0.1:3030',
    contracts: { bly: 'bly.test.near', market: 'market.test.near' },
    tickMs: 0,
    windows: EMBEDDED,
    stakeAgeMs: 0,
    unbondingMs: MINUTE,
  },
  sandbox: {
    chainId: 'sandbox',
    rpcUrl: 'http://127.0.0.1:3030',
    contracts: { bly: 'bly.test.near', market: 'market.test.near' },
    tickMs: 0,
    windows: EMBEDDED,
    stakeAgeMs: 0,
    unbondingMs: MINUTE,
  },
  testnet: real('testnet', 'https://rpc.testnet.near.org'),
  mainnet: real('mainnet', 'https://rpc.mainnet.near.org'),
} as const satisfies Record<string, Network>

export type NetworkName = keyof typeof NETWORKS
export const DEFAULT_NETWORK: NetworkName = 'embedded'
