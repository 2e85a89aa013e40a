/** Burning leaves the contract in bulk: what fees and slashes set aside is sent to the token, and restored if it fails. */
import { requireSelf } from '../lib/access.ts'
import { addTotal, type Market } from './context.ts'
import { ensure } from './errors.ts'

/** Open to all. @throws MARKET_NOTHING_TO_BURN */
export function flushBurn(m: Market): string {
  const amount = m.totals.pending_burn
  ensure(amount !== '0', 'MARKET_NOTHING_TO_BURN', () => 'no BLY waits to be burned')
  addTotal(m, 'pending_burn', -BigInt(amount))
  addTotal(m, 'burning', BigInt(amount))
  m.emit('burn_sent', { amount })
  m.intents.push({ kind: 'burn', token: m.config.bly, amount })
  return amount
}

/** The token's answer. Never fails. */
export function onBurned(m: Market, args: { amount: bigint }, succeeded: boolean): void {
  requireSelf(m.host)
  addTotal(m, 'burning', -args.amount)
  if (!succeeded) addTotal(m, 'pending_burn', args.amount)
  m.emit(succeeded ? 'burned' : 'burn_restored', { amount: args.amount.toString() })
}
