/** The next signers: signed by k of those in force and by every new one, known for a while before they begin. */
import { STORAGE_PRICE } from '../lib/money.ts'
import { hashRotate } from '../lib/pure/bridgePayload.ts'
import { type Bridge, seconds } from './context.ts'
import { isRotationPending, requireSignerSet } from './epochs.ts'
import { ensure } from './errors.ts'
import { digestOf, requireSignatures, requireSigners } from './signatures.ts'
import { findEpoch, PREFIX, saveEpoch } from './storage.ts'
import { requireGuardian } from './veto.ts'

export interface RotateArgs {
  /** The one that begins: the active one's number and one. */
  epoch: bigint
  signers: string[]
  k: number
  /** Unix seconds. */
  valid_from: bigint
  old_signatures: readonly string[]
  new_signatures: readonly string[]
}

/**
 * Anyone may bring the signatures, and pays for the record.
 * @throws BRIDGE_EPOCH_WRONG BRIDGE_ROTATION_PENDING BRIDGE_ROTATION_EARLY BRIDGE_ROTATION_VETOED BRIDGE_SIGNERS_INVALID
 *   BRIDGE_SIGNATURES_TOO_FEW BRIDGE_DEPOSIT_TOO_LOW, and of requireSignatures
 */
export function rotate(b: Bridge, args: RotateArgs): void {
  const { host, config, totals } = b
  const { signers, k, valid_from: validFrom } = args
  ensure(!isRotationPending(b), 'BRIDGE_ROTATION_PENDING', () => `epoch ${totals.epoch} has yet to begin`)
  const active = totals.epoch
  ensure(
    args.epoch === BigInt(active + 1),
    'BRIDGE_EPOCH_WRONG',
    () => `epoch ${active + 1} is next, not ${args.epoch}`,
  )
  requireSignerSet(signers, k)
  const earliest = seconds(b) + BigInt(config.rotation_delay_s)
  ensure(validFrom >= earliest, 'BRIDGE_ROTATION_EARLY', () => `valid_from ${validFrom} is before ${earliest}`)
  const struct = hashRotate(host.keccak256, { epoch: `${args.epoch}`, signers, k, validFrom: `${validFrom}` })
  const digest = digestOf(b, struct)
  ensure(!host.has(PREFIX.vetoed + digest), 'BRIDGE_ROTATION_VETOED', () => 'the guardian refused this rotation')
  requireSignatures(b, struct, BigInt(active), args.old_signatures)
  ensure(
    args.new_signatures.length === signers.length,
    'BRIDGE_SIGNATURES_TOO_FEW',
    () => `${args.new_signatures.length} of ${signers.length} new signers signed`,
  )
  requireSigners(host, digest, signers, args.new_signatures)
  payForRecord(b, () => saveEpoch(host, active + 1, { k, validFrom, signers }))
  totals.epoch = active + 1
  b.emit('rotation_scheduled', { epoch: `${args.epoch}`, signers, k, valid_from: `${validFrom}`, digest })
}

/**
 * The guardian refuses the rotation that waits, for ever. Also while paused.
 * @throws DEPOSIT_ONE_YOCTO CALLER_FORBIDDEN BRIDGE_ROTATION_NONE
 */
export function vetoRotation(b: Bridge): void {
  requireGuardian(b)
  const { host, totals } = b
  ensure(isRotationPending(b), 'BRIDGE_ROTATION_NONE', () => 'no rotation waits')
  const epoch = totals.epoch--
  const { k, validFrom, signers } = findEpoch(host, epoch)!
  const struct = hashRotate(host.keccak256, { epoch: `${epoch}`, signers, k, validFrom: `${validFrom}` })
  host.remove(PREFIX.epoch + epoch)
  const digest = digestOf(b, struct)
  host.write(PREFIX.vetoed + digest, '')
  b.emit('rotation_vetoed', { epoch: `${epoch}`, digest })
}

function payForRecord({ host, intents }: Bridge, write: () => void): void {
  const before = host.storageUsage()
  write()
  const price = (host.storageUsage() - before) * STORAGE_PRICE
  const deposit = host.attachedDeposit()
  ensure(deposit >= price, 'BRIDGE_DEPOSIT_TOO_LOW', () => `the record takes ${price} yoctoNEAR, ${deposit} attached`)
  if (deposit > price) intents.push({ kind: 'send_near', receiver: host.predecessor(), yocto: `${deposit - price}` })
}
