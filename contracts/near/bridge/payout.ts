/**
 * BLY on its way out: reserved first, then paid, or queued behind others. The token is asked by a promise, and its answer
 * turns what was on its way into paid, or into a credit of the receiver. Nothing is on its way twice.
 */
import { requireSelf } from '../lib/access.ts'
import { STORAGE_PRICE } from '../lib/money.ts'
import { addTotal, type Bridge } from './context.ts'
import { ensure } from './errors.ts'
import { takeCapacity } from './limit.ts'
import { enqueue, isQueueEmpty } from './queue.ts'
import {
  findCredit,
  findPayout,
  PAYOUT_BYTES,
  type PayoutId,
  type PayoutRecord,
  type PayoutState,
  saveCredit,
  savePayout,
} from './storage.ts'

/** yoctoNEAR that `unlock` and `refund` take for their records at their longest. */
export const PAYOUT_DEPOSIT = PAYOUT_BYTES * STORAGE_PRICE

/** The caller pays for the records; what it attached beyond the price returns. @throws BRIDGE_DEPOSIT_TOO_LOW */
export function requirePayoutDeposit({ host, intents }: Bridge): void {
  const deposit = host.attachedDeposit()
  ensure(
    deposit >= PAYOUT_DEPOSIT,
    'BRIDGE_DEPOSIT_TOO_LOW',
    () => `the records take ${PAYOUT_DEPOSIT} yoctoNEAR, ${deposit} attached`,
  )
  const rest = deposit - PAYOUT_DEPOSIT
  if (rest > 0n) intents.push({ kind: 'send_near', receiver: host.predecessor(), yocto: `${rest}` })
}

/** Sets `amount` aside; never more than is locked, whatever was signed. @throws BRIDGE_UNBACKED */
export function reserve(b: Bridge, amount: bigint): void {
  const { locked, unlocked, credits, pending } = b.totals
  const free = BigInt(locked) - BigInt(unlocked) - BigInt(credits) - BigInt(pending)
  ensure(amount <= free, 'BRIDGE_UNBACKED', () => `${amount} attoBLY claimed, ${free} of what is locked are free`)
  addTotal(b, 'pending', amount)
}

/** Pays a reserved amount when nobody waits before it and the limit allows, else puts it at the queue's end. */
export function payOrQueue(b: Bridge, id: PayoutId, payout: PayoutRecord): 'paying' | 'queued' {
  if (isQueueEmpty(b) && takeCapacity(b, payout.amount)) {
    pay(b, id, payout)
    return 'paying'
  }
  savePayout(b.host, id, { ...payout, state: 'queued' })
  const position = enqueue(b, id)
  const { amount, account } = payout
  b.emit('queued', { ...id, account, amount: `${amount}`, position })
  return 'queued'
}

/** Has the token asked. The caller has taken the capacity. */
export function pay(b: Bridge, id: PayoutId, payout: PayoutRecord): void {
  savePayout(b.host, id, { ...payout, state: 'paying' })
  const { amount, account } = payout
  b.intents.push({
    kind: 'pay',
    token: b.config.bly,
    receiver: account,
    amount: `${amount}`,
    callback: 'on_unlocked',
    args: id,
  })
}

/**
 * The token's answer. Never fails: a transfer that was refused is owed to its receiver.
 * @param answered  whether the transfer succeeded; there is no answer to read unless this is the callback
 * @throws CALLBACK_ONLY
 */
export function onUnlocked(b: Bridge, id: PayoutId, answered: () => boolean): PayoutState | null {
  requireSelf(b.host)
  const succeeded = answered()
  const payout = findPayout(b.host, id)
  if (payout === null || payout.state !== 'paying') return null
  const { amount, account, source } = payout
  const done = id.direction === 'evm-near' ? 'unlocked' : 'refunded'
  const state = succeeded ? done : 'credited'
  // What is over needs neither time nor source.
  savePayout(b.host, id, { ...payout, state, readyAt: 0, source: '' })
  addTotal(b, 'pending', -amount)
  const { nonce } = id
  const text = `${amount}`
  if (!succeeded) {
    addCredit(b, account, amount)
    b.emit('credited', { ...id, account, amount: text })
  } else {
    addTotal(b, 'unlocked', amount)
    if (state === 'unlocked') b.emit('unlocked', { nonce, receiver: account, amount: text, source })
    else b.emit('refunded', { nonce, account, amount: text })
  }
  return state
}

/** Owes `amount` to an account. */
export function addCredit(b: Bridge, account: string, amount: bigint): void {
  saveCredit(b.host, account, (findCredit(b.host, account) ?? 0n) + amount)
  addTotal(b, 'credits', amount)
}
