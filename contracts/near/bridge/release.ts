/** Paying those who had to wait: for the limit, or for the guardian's time. Anyone may call. */
import { type Bridge, requireRunning } from './context.ts'
import { ensure } from './errors.ts'
import { takeCapacity } from './limit.ts'
import { pay, payOrQueue } from './payout.ts'
import { dequeue, isQueueEmpty, peek } from './queue.ts'
import { findPayout, type PayoutId, type PayoutRecord } from './storage.ts'

/**
 * Pays heads of the queue while the limit allows.
 * @param max  1 to 8, each a transfer with its callback   @returns how many left the queue, stopped ones unpaid   @throws BRIDGE_PAUSED
 */
export function release(b: Bridge, { max }: { max: number }): number {
  requireRunning(b)
  let paid = 0
  for (; paid < max && !isQueueEmpty(b); paid++) {
    const id = peek(b)
    const payout = findPayout(b.host, id)!
    const stopped = payout.state === 'vetoed'
    if (!stopped && !takeCapacity(b, payout.amount)) break
    dequeue(b)
    if (stopped) continue
    pay(b, id, payout)
  }
  return paid
}

/** Pays or queues a large one that nobody vetoed in time. @throws BRIDGE_PAUSED BRIDGE_TOO_EARLY BRIDGE_STATE_WRONG and of `requirePayout` */
export function releaseDelayed(b: Bridge, { nonce }: { nonce: bigint }): 'paying' | 'queued' {
  requireRunning(b)
  const { id, payout } = requirePayout(b, nonce)
  const { readyAt, state } = payout
  ensure(state === 'delayed', 'BRIDGE_STATE_WRONG', () => `burn ${nonce} is ${state}, not delayed`)
  ensure(b.now >= readyAt, 'BRIDGE_TOO_EARLY', () => `burn ${nonce} may go at ${readyAt} ms, now is ${b.now}`)
  return payOrQueue(b, id, payout)
}

/** What became of a burn here. @throws BRIDGE_NONCE_UNKNOWN */
export function requirePayout(b: Bridge, nonce: bigint): { id: PayoutId; payout: PayoutRecord } {
  const id: PayoutId = { direction: 'evm-near', nonce: `${nonce}` }
  const payout = findPayout(b.host, id)
  ensure(payout !== null, 'BRIDGE_NONCE_UNKNOWN', () => `burn ${nonce} was never attested here`)
  return { id, payout }
}
