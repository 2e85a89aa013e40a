/** Set-up, once: who may admit feeders, which dex is read, and the limits. None of it changes later. */
import { ensure } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { KEYS, save } from './storage.ts'

export interface InitArgs {
  owner_id: string
  guardian_id?: string
  dex_id: string
  recency_duration_sec?: number
  deviation_bps?: number
  max_step_bps?: number
}

/** As NearDefi's deployment on mainnet. */
const RECENCY_SEC = 90
/** 5 %: between two rounds of reports, a minute apart, honest sources of one asset differ by less. */
const DEVIATION_BPS = 500
/** 2 % from one snapshot to the next: a pool moved for one snapshot moves an average of 30 by less than 0.07 %. */
const STEP_BPS = 200

/** @throws ORACLE_INITIALISED */
export function init(host: Host, args: InitArgs): void {
  ensure(!host.has(KEYS.config), 'ORACLE_INITIALISED', () => 'init has run')
  save(host, KEYS.config, {
    owner: args.owner_id,
    guardian: args.guardian_id ?? args.owner_id,
    dex: args.dex_id,
    recencySec: args.recency_duration_sec ?? RECENCY_SEC,
    deviationBps: args.deviation_bps ?? DEVIATION_BPS,
    stepBps: args.max_step_bps ?? STEP_BPS,
  })
}
