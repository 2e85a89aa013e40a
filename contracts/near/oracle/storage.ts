/**
 * What the oracle stores: its settings, feeders, assets with their last reports, watched pools with a ring of snapshots.
 * Layout version 1; a change needs a migrate and a fixture of the old state.
 */
import { fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import type { WirePrice } from './price.ts'

/** First characters of all keys. */
export const KEYS = {
  config: 'c',
  feeders: 'F',
  feeder: 'f',
  assets: 'A',
  asset: 'a',
  pools: 'P',
  pool: 'p',
  snapshot: 's',
} as const

/** So many feeders on so many assets: the largest call, one feeder's report on all of them, burns 60 TGas. */
export const MAX_FEEDERS = 16
export const MAX_ASSETS = 16
export const MAX_POOLS = 8

/**
 * yoctoNEAR that a feeder leaves here while it feeds: 0.05 NEAR pays for 5,000 bytes; its own records and its reports on
 * 16 assets take at most 3,800.
 */
export const FEEDER_DEPOSIT = 5n * 10n ** 22n

export interface Config {
  /** Admits feeders, lists assets and pools. */
  owner: string
  /** May only end a feeder's part. */
  guardian: string
  /** Account with Ref Finance's `get_pool`. */
  dex: string
  /** A report counts for so many seconds. */
  recencySec: number
  /** What one report may differ from the last accepted median without being confirmed. */
  deviationBps: number
  /** What one snapshot of a pool may differ from the one before. */
  stepBps: number
}

export interface Feeder {
  state: 'admitted' | 'joined'
  /** yoctoNEAR, decimal. */
  deposit: string
  /** Nanoseconds, decimal; 0 before the first. */
  lastReport: string
  /** Prices reported so far. */
  reports: number
}

export interface Report {
  oracle_id: string
  /** Nanoseconds, decimal. */
  timestamp: string
  price: WirePrice
}

export interface Asset {
  /** The last of each feeder, oldest first. */
  reports: Report[]
  /** The last accepted median and when it was taken, ns; null before the first. */
  anchor: { price: WirePrice; at: string } | null
}

export interface Pool {
  /** Contracts of the token that is priced and of the one that it is priced in. */
  base: string
  quote: string
  quoteDecimals: number
  /** Snapshots so far; the ring holds the last of them. */
  count: number
  /** Spot of the last snapshot, scaled; '0' before the first. */
  spot: string
  /** Nanoseconds of the last snapshot. */
  at: string
}

export function getConfig(host: Host): Config {
  const record = host.read(KEYS.config)
  return record === null ? fail('ORACLE_NOT_INITIALISED', 'init was never called') : JSON.parse(record)
}

/** Accounts that have joined, in order of joining. */
export const listFeeders = (host: Host): string[] => list(host, KEYS.feeders)
export const listAssets = (host: Host): string[] => list(host, KEYS.assets)
export const listPools = (host: Host): number[] => list(host, KEYS.pools)

export const findFeeder = (host: Host, account: string): Feeder | null => record(host, KEYS.feeder + account)
export const findAsset = (host: Host, id: string): Asset | null => record(host, KEYS.asset + id)
export const findPool = (host: Host, id: number): Pool | null => record(host, KEYS.pool + id)

/** Writes a record or a list as JSON. */
export function save(host: Host, key: string, value: object): void {
  host.write(key, JSON.stringify(value))
}

function list<T>(host: Host, key: string): T[] {
  return record(host, key) ?? []
}

function record<T>(host: Host, key: string): T | null {
  const text = host.read(key)
  return text === null ? null : JSON.parse(text)
}
