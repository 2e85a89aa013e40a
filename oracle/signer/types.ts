/** Words that the signer's parts share. */
import type { PayloadKind } from '../../chain/client/bridge/signerApi.ts'

export type ChainName = 'near' | 'evm'

/** A block that both RPCs call final. */
export interface BlockRef {
  height: number
  hash: string
}

/** Where something was seen: re-read for as long as the signature counts. */
export interface Source extends BlockRef {
  chain: ChainName
}

/** A payload without its epoch (`rotate` keeps it: its epoch is what it says). */
export type Content = Readonly<Record<string, unknown>>

/** Something to sign that this signer has checked itself. */
export interface Observation {
  kind: PayloadKind
  content: Content
  /** Null for what an operator approved. */
  source: Source | null
}

export interface Heads {
  /** Newest block of the RPC that is behind. */
  head: number
  /** Newest final block that both have. */
  final: BlockRef
}

export interface Log {
  info(what: string, data?: Record<string, unknown>): void
  warn(what: string, data?: Record<string, unknown>): void
  error(what: string, data?: Record<string, unknown>): void
}

/** Milliseconds since the Unix epoch. */
export type Now = () => number
