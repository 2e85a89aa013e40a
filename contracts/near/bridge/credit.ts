/** What is owed because a transfer failed goes to any registered account that its owner names. */
import { requireOneYocto, requireSelf } from '../lib/access.ts'
import { addTotal, type Bridge, requireRunning } from './context.ts'
import { fail } from './errors.ts'
import { addCredit } from './payout.ts'
import { findCredit, PREFIX, saveCredit } from './storage.ts'

/**
 * Sends the caller's whole credit. The limit counted it when it was first paid out, so it is not counted again.
 * @returns attoBLY on their way   @throws DEPOSIT_ONE_YOCTO BRIDGE_PAUSED BRIDGE_NO_CREDIT
 */
export function collectCredit(b: Bridge, args: { to?: string }): bigint {
  requireOneYocto(b.host)
  requireRunning(b)
  const account = b.host.predecessor()
  const amount = findCredit(b.host, account) ?? 0n
  if (amount === 0n) fail('BRIDGE_NO_CREDIT', `${account} has no credit, or it is on its way`)
  // The record stays, at zero: it is there again when the transfer fails, without a byte of new storage.
  saveCredit(b.host, account, 0n)
  addTotal(b, 'credits', -amount)
  addTotal(b, 'pending', amount)
  const to = args.to ?? account
  b.intents.push({
    kind: 'pay',
    token: b.config.bly,
    receiver: to,
    amount: `${amount}`,
    callback: 'on_collected',
    args: { account, to, amount: `${amount}` },
  })
  return amount
}

/** The token's answer, as in `onUnlocked`. Never fails. @returns whether it arrived   @throws CALLBACK_ONLY */
export function onCollected(
  b: Bridge,
  args: { account: string; to: string; amount: bigint },
  answered: () => boolean,
): boolean {
  requireSelf(b.host)
  const succeeded = answered()
  const { account, to, amount } = args
  addTotal(b, 'pending', -amount)
  if (!succeeded) {
    addCredit(b, account, amount)
    b.emit('credit_restored', { account, to, amount: `${amount}` })
    return false
  }
  addTotal(b, 'unlocked', amount)
  if (findCredit(b.host, account) === 0n) b.host.remove(PREFIX.credit + account)
  b.emit('credit_collected', { account, to, amount: `${amount}` })
  return true
}
