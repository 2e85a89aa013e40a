/** Puts one feeder together from its configuration and key. */

import { connect } from '../../chain/client/near/connect.ts'
import { ORACLE_ERRORS, oracleContract } from '../../chain/client/near/oracle.gen.ts'
import { fixesOf } from '../../chain/lib/contractError.ts'
import type { SignHash } from '../../chain/lib/transaction.ts'
import type { FeederConfig } from './config.ts'
import { openDoor } from './door.ts'
import { createFeeder, type Feeder, type FeederLog } from './feeder.ts'
import { feederMetrics } from './metrics.ts'
import { openSource } from './source/index.ts'

export interface StartFeederOptions {
  readonly config: FeederConfig
  readonly key: { readonly accountId: string; readonly secretKey: string }
  /** A faster signer than the portable one. */
  readonly sign?: SignHash
  /** Of metrics and state; 0 takes a free one. */
  readonly port: number
  readonly log: FeederLog
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  readonly signal: AbortSignal
}

export interface StartedFeeder {
  readonly url: string
  readonly feeder: Feeder
  /** Resolves once the signal is aborted and the door is closed. */
  readonly done: Promise<void>
}

const FIXES = fixesOf(ORACLE_ERRORS)
/** A round should rather fail than wait: the next one comes. */
const PATIENCE_MS = 5_000

export async function startFeeder(options: StartFeederOptions): Promise<StartedFeeder> {
  const { config, key, sign, port, log, now, random, signal } = options
  const near = connect({ rpcUrl: config.rpc, signer: key, sign, fixes: FIXES, patienceMs: PATIENCE_MS, signal })
  const sources = config.assets.map((asset) => asset.sources.map((each) => openSource(each, { near, now })))
  const oracle = oracleContract(near, config.oracle)
  const onRound = (ok: boolean): void => metrics.round(ok)
  const feeder = createFeeder({ config, sources, oracle, log, now, random, onRound })
  const metrics = feederMetrics(feeder.state, now)
  const door = await openDoor(feeder, metrics, key.accountId, port)
  return { url: door.url, feeder, done: feeder.run(signal).then(() => door.close()) }
}
