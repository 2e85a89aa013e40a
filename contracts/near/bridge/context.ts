/** What one call works with: the chain, settings, totals, protocol time, and what it wants done outside. */
import type { Host } from '../lib/host.ts'
import { ensure, fail } from './errors.ts'
import { type EventName, emitEvent } from './events.ts'
import { LAYOUT_VERSION, PREFIX } from './storage.ts'

/** What a deployment fixes for ever. Amounts are decimal attoBLY. */
export interface Config {
  version: number
  bly: string
  market: string
  guardian: string
  evm_chain_id: string
  /** BlyBridge, 40 lower-case hex digits. */
  evm_bridge: string
  salt: string
  /** EIP-712's, hashed once. */
  separator: string
  min_amount: string
  hourly_limit: string
  large_amount: string
  veto_delay_s: number
  rotation_delay_s: number
}

export type TotalName = 'locked' | 'attested' | 'unlocked' | 'credits' | 'pending'

/** All that changes and does not grow. Amounts are decimal attoBLY, times ms. */
export interface Totals extends Record<TotalName, string> {
  /** Fill of the limit's bucket at `level_at`. */
  level: string
  level_at: number
  /** How many locks and links there were: the next nonces. */
  locks: number
  links: number
  /** The queue's first and next places. */
  head: number
  tail: number
  /** The latest signer set, begun or not. */
  epoch: number
  paused_until: number
  pauses: number
  guardian_paused: boolean
}

/** What a call wants done outside the contract; the entry point turns it into promises. */
export type Intent =
  | {
      kind: 'pay'
      token: string
      receiver: string
      amount: string
      callback: 'on_unlocked' | 'on_collected'
      args: object
    }
  | { kind: 'send_near'; receiver: string; yocto: string }

export interface Bridge {
  readonly host: Host
  readonly config: Config
  readonly totals: Totals
  /** Protocol time, ms. */
  readonly now: number
  readonly intents: Intent[]
  emit(event: EventName, data: object): void
}

/** Opens the bridge for one call. @throws BRIDGE_NOT_INITIALISED */
export function openBridge(host: Host): Bridge {
  const config = host.read(PREFIX.config)
  if (config === null) fail('BRIDGE_NOT_INITIALISED', 'the bridge has no configuration yet')
  return {
    host,
    config: JSON.parse(config),
    totals: JSON.parse(host.read(PREFIX.totals)!),
    now: Number(host.blockTimestampNs() / 1_000_000n),
    intents: [],
    emit: (event, data) => emitEvent(host, event, data),
  }
}

/** Writes the totals. A call that failed never gets here, and the chain takes back its records. */
export function closeBridge(b: Bridge): void {
  b.host.write(PREFIX.totals, JSON.stringify(b.totals))
}

/** Writes a new deployment. */
export function createBridge(host: Host, config: Omit<Config, 'version'>, totals: Totals): void {
  host.write(PREFIX.config, JSON.stringify({ version: LAYOUT_VERSION, ...config }))
  host.write(PREFIX.totals, JSON.stringify(totals))
}

/** Adds to one of the totals of BLY. */
export function addTotal(b: Bridge, name: TotalName, delta: bigint): void {
  b.totals[name] = `${BigInt(b.totals[name]) + delta}`
}

/** @throws BRIDGE_PAUSED */
export function requireRunning(b: Bridge): void {
  const until = b.totals.paused_until
  ensure(b.now >= until, 'BRIDGE_PAUSED', () => `the bridge is paused until ${until} ms`)
}

/** Whole seconds of protocol time, as signer sets count it. */
export function seconds(b: Bridge): bigint {
  return BigInt(Math.floor(b.now / 1000))
}
