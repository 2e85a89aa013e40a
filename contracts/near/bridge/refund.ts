/** A lock whose mint was vetoed on EVM goes back to who locked it, once, through the same limit and queue. */
import { hashVeto } from '../lib/pure/bridgePayload.ts'
import { type Bridge, requireRunning } from './context.ts'
import { ensure } from './errors.ts'
import { payOrQueue, requirePayoutDeposit, reserve } from './payout.ts'
import { requireSignatures } from './signatures.ts'
import { findLock, hasPayout, type PayoutId } from './storage.ts'

/**
 * Anyone may bring the signatures.
 * @throws BRIDGE_PAUSED BRIDGE_NONCE_UNKNOWN BRIDGE_NONCE_USED BRIDGE_UNBACKED BRIDGE_DEPOSIT_TOO_LOW, and of requireSignatures
 */
export function refund(
  b: Bridge,
  args: { nonce: bigint; epoch: bigint; signatures: readonly string[] },
): 'paying' | 'queued' {
  requireRunning(b)
  const { host } = b
  const id: PayoutId = { direction: 'near-evm', nonce: `${args.nonce}` }
  const lock = findLock(host, id.nonce)
  ensure(lock !== null, 'BRIDGE_NONCE_UNKNOWN', () => `there is no lock ${id.nonce}`)
  ensure(!hasPayout(host, id), 'BRIDGE_NONCE_USED', () => `lock ${id.nonce} was refunded before`)
  requireSignatures(b, hashVeto(host.keccak256, { ...id, epoch: `${args.epoch}` }), args.epoch, args.signatures)
  requirePayoutDeposit(b)
  reserve(b, lock.amount)
  return payOrQueue(b, id, { state: 'paying', amount: lock.amount, account: lock.sender, readyAt: 0, source: '' })
}
