/** Contracts of the networks that Blyan knows: a client takes their names from here, never from who serves it. */

export interface Contracts {
  readonly bly: string
  readonly market: string
}

export interface KnownNetwork {
  readonly contracts: Contracts
  /** Short windows and development money. */
  readonly embedded: boolean
}

const LOCAL: KnownNetwork = { contracts: { bly: 'bly.test.near', market: 'market.test.near' }, embedded: true }

/** By chain id. */
export const KNOWN_NETWORKS: Readonly<Record<string, KnownNetwork>> = {
  'blyan-local': LOCAL,
  sandbox: LOCAL,
  testnet: { contracts: { bly: 'bly.blyan.testnet', market: 'market.blyan.testnet' }, embedded: false },
  mainnet: { contracts: { bly: 'bly.blyan.near', market: 'market.blyan.near' }, embedded: false },
}
