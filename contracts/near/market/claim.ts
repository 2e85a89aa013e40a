/** Payment is pull: what is payable moves to `paying`, the token is asked, and its answer settles or restores it. */
import { requireOneYocto, requireSelf } from '../lib/access.ts'
import type { Market } from './context.ts'
import { ensure } from './errors.ts'
import { changeLedger, getLedger, moveLedger } from './ledger.ts'

/** @throws DEPOSIT_ONE_YOCTO MARKET_CLAIM_IN_FLIGHT MARKET_NOTHING_TO_CLAIM */
export function claim(m: Market, args: { amount?: bigint }): string {
  requireOneYocto(m.host)
  const receiver = m.host.predecessor()
  const ledger = getLedger(m, receiver)
  ensure(ledger.paying === '0', 'MARKET_CLAIM_IN_FLIGHT', () => `${ledger.paying} attoBLY are on their way`)
  const payable = BigInt(ledger.payable)
  const amount = args.amount ?? payable
  ensure(
    amount > 0n && amount <= payable,
    'MARKET_NOTHING_TO_CLAIM',
    () => `${amount} attoBLY asked, ${payable} payable, ${ledger.locked} locked`,
  )
  moveLedger(m, receiver, 'payable', 'paying', amount, 'CLAIM', null)
  m.intents.push({ kind: 'pay', token: m.config.bly, receiver, amount: amount.toString() })
  return amount.toString()
}

/** The token's answer. Never fails: one record, and the amount from its own arguments. */
export function onPaid(m: Market, args: { account: string; amount: bigint }, succeeded: boolean): void {
  requireSelf(m.host)
  const { account, amount } = args
  const text = amount.toString()
  if (succeeded) {
    changeLedger(m, account, 'paying', -amount, 'CLAIM', null)
    m.emit('claim_paid', { account, amount: text })
  } else {
    moveLedger(m, account, 'paying', 'payable', amount, 'CLAIM_RESTORED', null)
    m.emit('claim_restored', { account, amount: text })
  }
}
