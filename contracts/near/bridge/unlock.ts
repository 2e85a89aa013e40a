/** EVM to NEAR: what k signers saw burned is paid out here, once for each nonce. */
import { hashBurn } from '../lib/pure/bridgePayload.ts'
import { addTotal, type Bridge, requireRunning } from './context.ts'
import { ensure } from './errors.ts'
import { requireBounds } from './limit.ts'
import { payOrQueue, requirePayoutDeposit, reserve } from './payout.ts'
import { requireSignatures } from './signatures.ts'
import { hasPayout, type PayoutId, type PayoutRecord, savePayout } from './storage.ts'

export interface UnlockArgs {
  nonce: bigint
  epoch: bigint
  /** Hash of the EVM transaction that burned. */
  source: string
  receiver: string
  /** attoBLY. */
  amount: bigint
  signatures: readonly string[]
}

/**
 * Anyone may bring the signatures. A large amount waits for the guardian, one above the limit for its turn.
 * @throws BRIDGE_PAUSED BRIDGE_NONCE_USED BRIDGE_AMOUNT_OUT_OF_BOUNDS BRIDGE_UNBACKED BRIDGE_DEPOSIT_TOO_LOW, and those of
 *   requireSignatures
 */
export function unlock(b: Bridge, { signatures, ...args }: UnlockArgs): 'paying' | 'queued' | 'delayed' {
  requireRunning(b)
  const { host, config } = b
  const { receiver: account, amount, source } = args
  const payload = { ...args, nonce: `${args.nonce}`, epoch: `${args.epoch}`, amount: `${amount}` }
  const id: PayoutId = { direction: 'evm-near', nonce: payload.nonce }
  ensure(!hasPayout(host, id), 'BRIDGE_NONCE_USED', () => `burn ${id.nonce} was accepted before`)
  requireBounds(b, amount)
  requireSignatures(b, hashBurn(host.keccak256, payload), args.epoch, signatures)
  requirePayoutDeposit(b)
  reserve(b, amount)
  addTotal(b, 'attested', amount)
  const payout: PayoutRecord = { state: 'paying', amount, account, readyAt: 0, source }
  if (amount < BigInt(config.large_amount)) return payOrQueue(b, id, payout)
  const readyAt = b.now + config.veto_delay_s * 1000
  savePayout(host, id, { ...payout, state: 'delayed', readyAt })
  b.emit('delayed', { nonce: id.nonce, receiver: account, amount: `${amount}`, ready_at_ms: readyAt })
  return 'delayed'
}
