/** Stopping: the guardian once, k signers any number of times, each time for 72 hours at most. */
import { hashPause } from '../lib/pure/bridgePayload.ts'
import { type Bridge, requireRunning } from './context.ts'
import { ensure } from './errors.ts'
import { requireSignatures } from './signatures.ts'
import { requireGuardian } from './veto.ts'

/** Long enough to look, talk and rotate; short enough that nobody can freeze what others own. */
export const PAUSE_MS = 72 * 3_600_000

/** @throws DEPOSIT_ONE_YOCTO CALLER_FORBIDDEN BRIDGE_PAUSE_USED BRIDGE_PAUSED */
export function pause(b: Bridge): void {
  requireGuardian(b)
  ensure(!b.totals.guardian_paused, 'BRIDGE_PAUSE_USED', () => 'the guardian has paused once')
  stop(b)
  b.totals.guardian_paused = true
}

/** By k signatures over Pause. @throws BRIDGE_PAUSE_WRONG BRIDGE_PAUSED, and of requireSignatures */
export function pauseWith(b: Bridge, args: { nonce: bigint; epoch: bigint; signatures: readonly string[] }): void {
  const { pauses } = b.totals
  ensure(
    args.nonce === BigInt(pauses),
    'BRIDGE_PAUSE_WRONG',
    () => `there were ${pauses} pauses, signed is ${args.nonce}`,
  )
  // The chain that evm-near pays out on: this one.
  const payload = { nonce: `${args.nonce}`, epoch: `${args.epoch}`, direction: 'evm-near' } as const
  requireSignatures(b, hashPause(b.host.keccak256, payload), args.epoch, args.signatures)
  stop(b)
}

/** @throws DEPOSIT_ONE_YOCTO CALLER_FORBIDDEN BRIDGE_NOT_PAUSED */
export function unpause(b: Bridge): void {
  requireGuardian(b)
  ensure(b.now < b.totals.paused_until, 'BRIDGE_NOT_PAUSED', () => 'nothing is paused')
  b.totals.paused_until = 0
  b.emit('unpaused', {})
}

/** A pause that runs is not prolonged. @throws BRIDGE_PAUSED */
function stop(b: Bridge): void {
  requireRunning(b)
  b.totals.paused_until = b.now + PAUSE_MS
  b.emit('paused', { until_ms: b.totals.paused_until, number: ++b.totals.pauses })
}
