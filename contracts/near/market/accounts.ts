/** NEP-145 for the market: a fixed part for an operator's own records, and per task the bytes that its rounds will take. */
import { fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { type MeteredStorage, meteredStorage } from '../lib/meteredStorage.ts'
import { keys, openStore, PREFIX } from './storage.ts'
import type { Ledger, NodeRecord, TaskSpec } from './types.ts'

/** An operator's node, ledger and 64 seats in four lists, at the longest names: what registration pays for. */
export const REGISTRATION_BYTES = 5_000n

/** Bytes of one task's header, spec and quote; of one round; of one seat; of one pair; of one jury. Measured, rounded up. */
const TASK_BYTES = 4_000
const ROUND_BYTES = 1_000
const TRAINER_BYTES = 3_600
const VALIDATOR_BYTES = 900
const PAIR_BYTES = 150
const MIDDLE_BYTES = 70

/** @throws STORAGE_NOT_REGISTERED */
export function requireRegistered(host: Host, account: string): void {
  if (storageBook(host).find(account) === null) fail('STORAGE_NOT_REGISTERED', `${account} is not registered`)
}

/** Upper bound of the bytes that a task's records take, disputes of one jury a round included. */
export function taskBytes(spec: TaskSpec, validators: number, samples: number): bigint {
  const m = spec.workers
  const leaves = Math.min(spec.segments, validators * samples)
  const trainer = TRAINER_BYTES + leaves * (MIDDLE_BYTES + 20)
  const validator = VALIDATOR_BYTES + m * (PAIR_BYTES + samples * MIDDLE_BYTES)
  const jury = (2 * validators + 1) * 350 + 900
  return BigInt(TASK_BYTES + spec.rounds * (ROUND_BYTES + m * trainer + validators * validator + jury))
}

/** The storage book of operators and requesters; forced or not, nobody leaves while it has money here. */
export function storageBook(host: Host): MeteredStorage {
  const release = (account: string) => {
    const store = openStore(host)
    const node = store.get<NodeRecord>(keys.node(account))
    const ledger = store.get<Ledger>(keys.ledger(account))
    const owed = ledger === null ? 0n : BigInt(ledger.payable) + BigInt(ledger.locked) + BigInt(ledger.paying)
    const staked =
      node === null ? 0n : BigInt(node.stake) + node.unbonding.reduce((sum, u) => sum + BigInt(u.amount), 0n)
    if (owed + staked > 0n)
      fail('STORAGE_IN_USE', `${account} still has ${staked} attoBLY staked and ${owed} in its ledger`)
  }
  return meteredStorage(host, { prefix: PREFIX.storage, registrationBytes: REGISTRATION_BYTES, release })
}
