/** What the bridge shows on each chain, in the client's own words: bigint attoBLY, ms, addresses of 40 lower-case hex digits. */
import type { Direction } from '../protocol.ts'
import type { SignerSet } from './collect.ts'
import type { Payout } from './state.ts'

/** A lock on NEAR or a burn on EVM, as its own chain tells it. */
export interface Departure {
  direction: Direction
  nonce: bigint
  /** A NEAR account, or an EVM address with 0x. */
  sender: string
  receiver: string
  /** attoBLY. */
  amount: bigint
  /** The source chain will not take it back. */
  final: boolean
  /** Given back after a veto. */
  refunded: boolean
  /** On its way back, or in the queue for it. */
  refunding: boolean
  /** ms, null where the chain does not tell. */
  at: number | null
  /** EVM transaction hash with 0x; null where the chain does not tell. */
  tx: string | null
}

/** The same transfer where it is paid out. */
export interface Arrival {
  payout: Payout
  /** ms at which a delay ends. */
  readyAt: number | null
  at: number | null
  tx: string | null
}

export interface Limits {
  /** The least and the most one transfer may carry, attoBLY. */
  minAmount: bigint
  maxAmount: bigint
  hourlyLimit: bigint
  /** What could be paid at once, attoBLY. */
  capacity: bigint
  /** From this amount on a transfer waits `vetoDelayMs`. */
  largeAmount: bigint
  vetoDelayMs: number
  queueLength: bigint
  /** ms until which the side stands still; null while it runs. */
  pausedUntil: number | null
}

export interface LinkRecord {
  nonce: bigint
  account: string
  evm: string
}

/** Reads of NEAR's bridge contract. */
export interface NearSide {
  /** How many locks there were. */
  lockCount(): Promise<bigint>
  lock(nonce: bigint): Promise<Departure | null>
  /** Locks by an account or to an EVM address, newest first. */
  locksOf(who: string, limit: number): Promise<bigint[]>
  /** What became of burn `nonce` here. */
  unlock(nonce: bigint): Promise<Arrival | null>
  limits(): Promise<Limits>
  /** attoBLY: locked in all, paid out again in all (refunds too), waiting as credits. */
  totals(): Promise<{ locked: bigint; unlocked: bigint; credits: bigint }>
  /** Of the active epoch unless another is named, which there must be. */
  signerSet(epoch?: bigint): Promise<SignerSet>
  /** The active epoch, or one more while a rotation waits. */
  latestEpoch(): Promise<bigint>
  credit(account: string): Promise<bigint>
  linkCount(): Promise<bigint>
  links(from: bigint, limit: number): Promise<LinkRecord[]>
}

/** Reads of BlyBridge and ReceiptVerifier. */
export interface EvmSide {
  burnCount(): Promise<bigint>
  burn(nonce: bigint): Promise<Departure | null>
  /** Burns by an address or to a NEAR account, newest first. */
  burnsOf(who: string, limit: number): Promise<bigint[]>
  /** What became of lock `nonce` here. */
  mint(nonce: bigint): Promise<Arrival | null>
  limits(): Promise<Limits>
  totals(): Promise<{ minted: bigint; burned: bigint }>
  /** Of the active epoch unless another is named, which there must be. */
  signerSet(epoch?: bigint): Promise<SignerSet>
  /** The active epoch, or one more while a rotation waits. */
  latestEpoch(): Promise<bigint>
  /** The newest anchored list of receipts; size 0 where there is none. */
  anchored(): Promise<{ size: bigint; root: string; tainted: string }>
  linkOf(account: string): Promise<{ evm: string; nonce: bigint } | null>
  /** Time of the newest block, ms: delays are counted by it. */
  now(): Promise<number>
}
