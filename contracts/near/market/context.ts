/** What one call works with: the chain, its records, protocol time, events to log and promises to make. */
import type { Host } from '../lib/host.ts'
import { u128 } from '../lib/money.ts'
import type { Config } from './config.ts'
import { fail } from './errors.ts'
import { type EventBuffer, type EventName, eventBuffer } from './events.ts'
import { openStore, PREFIX, type Store } from './storage.ts'
import type { Amount, TaskSpec, Totals } from './types.ts'

/** What a call wants done outside the contract; the entry point turns it into promises. */
export type Intent =
  | { kind: 'pay'; token: string; receiver: string; amount: Amount }
  | { kind: 'burn'; token: string; amount: Amount }
  | { kind: 'send_near'; receiver: string; yocto: Amount }

export interface Market {
  readonly host: Host
  readonly store: Store
  readonly config: Config
  readonly totals: Totals
  /** What this call adds to the totals of BLY. */
  readonly deltas: Partial<Record<TotalName, bigint>>
  /** Protocol time, ms. */
  readonly now: number
  readonly intents: Intent[]
  readonly events: EventBuffer
  /** Rounds whose version this call has already raised. */
  readonly touched: Set<object>
  /** Specs that this call has read. */
  readonly specs: Map<string, TaskSpec>
  emit(event: EventName, data: object): void
}

/** Opens the market for one call. @throws MARKET_NOT_INITIALIZED */
export function openMarket(host: Host): Market {
  const store = openStore(host)
  const config = store.get<Config>(PREFIX.config)
  if (config === null) fail('MARKET_NOT_INITIALIZED', 'the market has no configuration yet')
  const events = eventBuffer()
  let totals: Totals | null = null
  return {
    host,
    store,
    config,
    get totals(): Totals {
      if (totals === null) totals = store.get<Totals>(PREFIX.totals)!
      return totals
    },
    deltas: {},
    now: Number(host.blockTimestampNs() / 1_000_000n),
    intents: [],
    events,
    touched: new Set(),
    specs: new Map(),
    emit: events.emit,
  }
}

/** Writes what the call changed and logs its events. */
export function closeMarket(m: Market): void {
  for (const name of Object.keys(m.deltas) as TotalName[]) m.totals[name] = addTo(m.totals[name], m.deltas[name]!)
  if (Object.keys(m.deltas).length > 0) m.store.put(PREFIX.totals, m.totals)
  m.store.flush()
  m.events.flush(m.host)
}

export type TotalName = 'escrow' | 'stake' | 'unbonding' | 'ledger' | 'pool' | 'treasury' | 'pending_burn' | 'burning'

/** Adds to one of the market's totals. Text is made once, when the call ends: decimal digits are dear on NEAR. */
export function addTotal(m: Market, name: TotalName, delta: bigint): void {
  if (delta !== 0n) m.deltas[name] = (m.deltas[name] ?? 0n) + delta
}

/** `amount` + delta as text. @throws AMOUNT_INVALID outside u128 */
export function addTo(amount: Amount, delta: bigint): Amount {
  return u128(BigInt(amount) + delta).toString()
}
