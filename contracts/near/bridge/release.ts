/** Paying those who had to wait: for the limit, or for the guardian's time. Anyone may call. */
import { type Bridge, requireRunning } from './context.ts'
import { ensure } from './errors.ts'
import { takeCapacity } from './limit.ts'
import { pay, payOrQueue } from './payout.ts'
import { dequeue, isQueueEmpty, peek } from './queue.ts'
import { findPayout, type PayoutId, type PayoutRecord } from './storage.ts'

/**
 * Pays heads of the queue while the limit allows.
 * @param max  1 to 8, each a transfer with its callback   @returns how many   @throws BRIDGE_PAUSED
 */
export function release(b: Bridge, { max }: { max: number }): number {
  requireRunning(b)
  let paid = 0
  for (; paid < max && !isQueueEmpty(b); paid++) {
    const id = peek(b)
    const payout = findPayout(b.host, id)!
    if (!takeCapacity(b, payout.amount)) break
    dequeue(b)
    pay(b, id, payout)
  }
  return paid
}

/** Pays or queues a large one that nobody vetoed in time. @throws BRIDGE_PAUSED BRIDGE_TOO_EARLY and of `requireDelayed` */
export function releaseDelayed(b: Bridge, { nonce }: { nonce: bigint }): 'paying' | 'queued' {
  requireRunning(b)
  const { id, payout } = requireDelayed(b, nonce)
  const { readyAt } = payout
  ensure(b.now >= readyAt, 'BRIDGE_TOO_EARLY', () => `burn ${nonce} may go at ${readyAt} ms, now is ${b.now}`)
  return payOrQueue(b, id, payout)
}

/** A burn that waits for the guardian. @throws BRIDGE_NONCE_UNKNOWN BRIDGE_STATE_WRONG */
export function requireDelayed(b: Bridge, nonce: bigint): { id: PayoutId; payout: PayoutRecord } {
  const id: PayoutId = { direction: 'evm-near', nonce: `${nonce}` }
  const payout = findPayout(b.host, id)
  ensure(payout !== null, 'BRIDGE_NONCE_UNKNOWN', () => `burn ${nonce} was never attested here`)
  ensure(payout.state === 'delayed', 'BRIDGE_STATE_WRONG', () => `burn ${nonce} is ${payout.state}, not delayed`)
  return { id, payout }
}
