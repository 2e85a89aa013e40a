/** Sets the market up, once. */
import { requireSelf } from '../lib/access.ts'
import type { Host } from '../lib/host.ts'
import { type Config, type Network, PRESETS } from './config.ts'
import { ensure } from './errors.ts'
import { openStore, PREFIX } from './storage.ts'
import type { Totals } from './types.ts'

const EMPTY: Totals = {
  escrow: '0',
  stake: '0',
  unbonding: '0',
  ledger: '0',
  pool: '0',
  treasury: '0',
  pending_burn: '0',
  burning: '0',
  tasks: 0,
  nodes: 0,
  operators: 0,
  active: 0,
  beacons: 0,
  last_tick: 0,
}

export interface InitArgs {
  bly: string
  network: Network
  tick_ms?: number
  age_ms?: number
  unbonding_ms?: number
  crank_bounty?: bigint
}

/** The contract's own account calls it, with its deployment. @throws CALLBACK_ONLY MARKET_ALREADY_INITIALIZED */
export function init(host: Host, args: InitArgs): void {
  requireSelf(host)
  const store = openStore(host)
  ensure(!host.has(PREFIX.config), 'MARKET_ALREADY_INITIALIZED', () => 'the market has its configuration')
  const preset = PRESETS[args.network]
  const config: Config = {
    ...preset,
    bly: args.bly,
    network: args.network,
    tick_ms: args.tick_ms ?? preset.tick_ms,
    age_ms: args.age_ms ?? preset.age_ms,
    unbonding_ms: args.unbonding_ms ?? preset.unbonding_ms,
    crank_bounty: args.crank_bounty?.toString() ?? preset.crank_bounty,
  }
  store.put(PREFIX.config, config)
  store.put(PREFIX.totals, EMPTY)
  store.flush()
}
