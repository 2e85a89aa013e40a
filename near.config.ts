/** The NEAR networks that Blyan knows. The embedded one is the default; the others differ by configuration alone. */
import { type Contracts, KNOWN_NETWORKS } from './chain/client/networks.ts'
import { EMBEDDED_WINDOWS, PRODUCTION_WINDOWS, type Windows } from './chain/client/order/windows.ts'

export type { Windows }

export interface Network {
  readonly chainId: string
  readonly rpcUrl: string
  readonly contracts: Contracts
  /** Between two values of the beacon, ms; 0 is every block. */
  readonly tickMs: number
  /** Protocol windows in ms. Source: docs/protocol.md §1. */
  readonly windows: Windows
  /** Least age of stake before it may be drawn, ms. */
  readonly stakeAgeMs: number
  readonly unbondingMs: number
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const real = (name: 'testnet' | 'mainnet', rpcUrl: string): Network => ({
  chainId: name,
  rpcUrl,
  contracts: KNOWN_NETWORKS[name]!.contracts,
  tickMs: 30_000,
  windows: PRODUCTION_WINDOWS,
  stakeAgeMs: DAY,
  unbondingMs: 7 * DAY,
})

export const NETWORKS = {
  embedded: {
    chainId: 'blyan-local',
    rpcUrl: 'http://127.0.0.1:3030',
    contracts: KNOWN_NETWORKS['blyan-local']!.contracts,
    tickMs: 0,
    windows: EMBEDDED_WINDOWS,
    stakeAgeMs: 0,
    unbondingMs: MINUTE,
  },
  sandbox: {
    chainId: 'sandbox',
    rpcUrl: 'http://127.0.0.1:3030',
    contracts: KNOWN_NETWORKS.sandbox!.contracts,
    tickMs: 0,
    windows: EMBEDDED_WINDOWS,
    stakeAgeMs: 0,
    unbondingMs: MINUTE,
  },
  testnet: real('testnet', 'https://rpc.testnet.near.org'),
  mainnet: real('mainnet', 'https://rpc.mainnet.near.org'),
} as const satisfies Record<string, Network>

export type NetworkName = keyof typeof NETWORKS
export const DEFAULT_NETWORK: NetworkName = 'embedded'
