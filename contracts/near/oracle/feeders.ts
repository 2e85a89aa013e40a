/** Feeders: admitted by the owner, joined with a deposit that returns when they leave. Nobody is slashed for a price. */
import { requireNoDeposit, requireOneYocto, requirePredecessor } from '../lib/access.ts'
import { ensure, fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import type { Transfer } from '../lib/storageManagement.ts'
import { emitFeeder } from './events.ts'
import {
  FEEDER_DEPOSIT,
  type Feeder,
  findAsset,
  findFeeder,
  getConfig,
  KEYS,
  listAssets,
  listFeeders,
  MAX_FEEDERS,
  save,
} from './storage.ts'

/** Lets an account join. @throws DEPOSIT_ONE_YOCTO CALLER_FORBIDDEN ORACLE_FEEDER_EXISTS */
export function admitFeeder(host: Host, account: string): void {
  requireOneYocto(host)
  requirePredecessor(host, getConfig(host).owner)
  ensure(findFeeder(host, account) === null, 'ORACLE_FEEDER_EXISTS', () => `${account} was admitted before`)
  write(host, account, { state: 'admitted', deposit: '0', lastReport: '0', reports: 0 })
  emitFeeder(host, 'feeder_admitted', account)
}

/**
 * Takes up an admission; what is attached beyond the deposit returns.
 * @throws ORACLE_NOT_ADMITTED ORACLE_FEEDER_EXISTS ORACLE_DEPOSIT_TOO_LOW ORACLE_TOO_MANY
 */
export function joinFeeder(host: Host): Transfer[] {
  const account = host.predecessor()
  const feeder = findFeeder(host, account) ?? fail('ORACLE_NOT_ADMITTED', `${account} was not admitted`)
  ensure(feeder.state === 'admitted', 'ORACLE_FEEDER_EXISTS', () => `${account} has joined`)
  const attached = host.attachedDeposit()
  ensure(
    attached >= FEEDER_DEPOSIT,
    'ORACLE_DEPOSIT_TOO_LOW',
    () => `${FEEDER_DEPOSIT} yoctoNEAR needed, ${attached} attached`,
  )
  const feeders = listFeeders(host)
  ensure(feeders.length < MAX_FEEDERS, 'ORACLE_TOO_MANY', () => `${MAX_FEEDERS} feeders have joined`)
  save(host, KEYS.feeders, [...feeders, account])
  write(host, account, { ...feeder, state: 'joined', deposit: `${FEEDER_DEPOSIT}` })
  emitFeeder(host, 'feeder_joined', account)
  return attached > FEEDER_DEPOSIT ? [{ receiver: account, yocto: attached - FEEDER_DEPOSIT }] : []
}

/** The caller's part ends: its reports go, its deposit returns. @throws DEPOSIT_ONE_YOCTO ORACLE_NOT_ADMITTED */
export function leaveFeeder(host: Host): Transfer[] {
  requireOneYocto(host)
  return end(host, host.predecessor(), 1n)
}

/** Owner or guardian ends a feeder's part; the deposit returns all the same. @throws CALLER_FORBIDDEN ORACLE_NOT_ADMITTED */
export function removeFeeder(host: Host, account: string): Transfer[] {
  requireOneYocto(host)
  const { owner, guardian } = getConfig(host)
  if (host.predecessor() !== guardian) requirePredecessor(host, owner)
  return end(host, account, 0n)
}

/** A feeder that has joined. @throws ORACLE_NOT_A_FEEDER */
export function requireFeeder(host: Host, account: string): Feeder {
  requireNoDeposit(host)
  const feeder = findFeeder(host, account)
  if (feeder === null || feeder.state !== 'joined')
    fail('ORACLE_NOT_A_FEEDER', `${account} is no feeder that has joined`)
  return feeder
}

/** Counts what a feeder reported. */
export function recordReports(host: Host, account: string, feeder: Feeder, prices: number): void {
  write(host, account, { ...feeder, lastReport: `${host.blockTimestampNs()}`, reports: feeder.reports + prices })
}

// PERF: at most 16 assets read and written.
function end(host: Host, account: string, attached: bigint): Transfer[] {
  const feeder = findFeeder(host, account) ?? fail('ORACLE_NOT_ADMITTED', `${account} was not admitted`)
  host.remove(KEYS.feeder + account)
  if (feeder.state === 'joined') {
    save(
      host,
      KEYS.feeders,
      listFeeders(host).filter((each) => each !== account),
    )
    for (const id of listAssets(host)) {
      const asset = findAsset(host, id)!
      const reports = asset.reports.filter(({ oracle_id }) => oracle_id !== account)
      if (reports.length < asset.reports.length) save(host, KEYS.asset + id, { ...asset, reports })
    }
  }
  emitFeeder(host, 'feeder_left', account)
  const yocto = BigInt(feeder.deposit) + attached
  return yocto > 0n ? [{ receiver: account, yocto }] : []
}

function write(host: Host, account: string, feeder: Feeder): void {
  save(host, KEYS.feeder + account, feeder)
}
