/** Who waits for the limit, in order of arrival: nobody is paid before those who came earlier. */
import type { Bridge } from './context.ts'
import { type PayoutId, PREFIX, parsePayoutKey, payoutKey } from './storage.ts'

export function isQueueEmpty({ totals }: Bridge): boolean {
  return totals.head === totals.tail
}

export function queueLength({ totals }: Bridge): number {
  return totals.tail - totals.head
}

/** @returns how many wait before it */
export function enqueue(b: Bridge, id: PayoutId): number {
  const position = queueLength(b)
  b.host.write(PREFIX.queue + b.totals.tail++, payoutKey(id))
  return position
}

/** Whose turn it is; the queue is not empty. */
export function peek(b: Bridge): PayoutId {
  return parsePayoutKey(b.host.read(PREFIX.queue + b.totals.head)!)
}

export function dequeue(b: Bridge): void {
  b.host.remove(PREFIX.queue + b.totals.head++)
}
