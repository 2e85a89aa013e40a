/** Contracts of the networks that Blyan knows: a client takes their names from here, never from who serves it. */

export interface MarketContracts {
  readonly bly: string
  readonly market: string
}

export interface Contracts extends MarketContracts {
  readonly bridge: string
  readonly oracle: string
  readonly dex: string
}

export interface MarketNetwork {
  readonly contracts: MarketContracts
  /** Short windows and development money. */
  readonly embedded: boolean
}

export interface KnownNetwork extends MarketNetwork {
  readonly contracts: Contracts
}

const under = (parent: string, dex = `dex.${parent}`): Contracts => ({
  bly: `bly.${parent}`,
  market: `market.${parent}`,
  bridge: `bridge.${parent}`,
  oracle: `oracle.${parent}`,
  dex,
})
const LOCAL: KnownNetwork = { contracts: under('test.near'), embedded: true }

/** By chain id. */
export const KNOWN_NETWORKS: Readonly<Record<string, KnownNetwork>> = {
  'blyan-local': LOCAL,
  sandbox: LOCAL,
  testnet: { contracts: under('blyan.testnet', 'ref-finance-101.testnet'), embedded: false },
  mainnet: { contracts: under('blyan.near', 'v2.ref-finance.near'), embedded: false },
}
