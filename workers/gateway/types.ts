/** What the gateway's parts are given: database, chain, clock, randomness, log. No part opens any of these itself. */
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type { AsOf } from '../../chain/client/gateway/index.ts'
import type { NearClient } from '../../chain/client/near/index.ts'

/** PGlite or PostgreSQL behind drizzle; parts import their tables from `database/schema`. */
export type Database = PgDatabase<PgQueryResultHKT, Record<string, never>>

/** Writes one line of JSON; secrets and payloads stay out. */
export interface Log {
  info(what: string, data?: Record<string, unknown>): void
  warn(what: string, data?: Record<string, unknown>): void
  error(what: string, data?: Record<string, unknown>): void
}

export interface GatewayConfig {
  /** As browsers see it, such as http://127.0.0.1:4173; identity is bound to it. */
  readonly origin: string
  /** Further origins and hosts that may speak with it. */
  readonly origins: readonly string[]
  readonly hosts: readonly string[]
  readonly chainId: string
  readonly genesisHash: string
  readonly contracts: { readonly bly: string; readonly market: string; readonly bridge?: string | null }
  readonly rpcUrl: string
  /** The embedded network: private addresses are peers there, and a development wallet may exist. */
  readonly embedded: boolean
  /** Chain id of EVM sign-ins, and an RPC for EIP-1271 where one is set. */
  readonly evm: { readonly chainId: number; readonly rpcUrl: string | null }
  /** The gateway's own folder. */
  readonly dir: string
}

/** The index as other parts see it. */
export interface Head {
  /** As of the last followed block. */
  asOf(): AsOf
  /** Grows with every block that changed a table: answers made before are out of date. */
  version(): number
  /** Told after each followed block that held events is committed. @returns how to stop listening */
  onBlock(listener: (block: { height: number; at: number; tasks: number[]; accounts: string[] }) => void): () => void
}

export interface Parts {
  readonly config: GatewayConfig
  readonly db: Database
  readonly chain: NearClient
  readonly head: Head
  readonly log: Log
  /** ms since the Unix epoch. */
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  /** Ends everything. */
  readonly signal: AbortSignal
}
