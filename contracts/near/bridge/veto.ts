/** The guardian stops a pay-out while it is delayed or queued. It is never paid here; signers attest that for a refund on EVM. */
import { requireOneYocto, requirePredecessor } from '../lib/access.ts'
import { addTotal, type Bridge } from './context.ts'
import { ensure } from './errors.ts'
import { requirePayout } from './release.ts'
import { savePayout } from './storage.ts'

/** Also while paused. @throws DEPOSIT_ONE_YOCTO CALLER_FORBIDDEN BRIDGE_NONCE_UNKNOWN BRIDGE_STATE_WRONG */
export function veto(b: Bridge, { nonce }: { nonce: bigint }): void {
  requireGuardian(b)
  const { id, payout } = requirePayout(b, nonce)
  const { state } = payout
  ensure(
    state === 'delayed' || state === 'queued',
    'BRIDGE_STATE_WRONG',
    () => `burn ${nonce} is ${state}, it does not wait`,
  )
  savePayout(b.host, id, { ...payout, state: 'vetoed', readyAt: 0, source: '' })
  addTotal(b, 'pending', -payout.amount)
  b.emit('vetoed', { nonce: id.nonce, receiver: payout.account, amount: `${payout.amount}` })
}

/** The guardian, signing in person. @throws DEPOSIT_ONE_YOCTO CALLER_FORBIDDEN */
export function requireGuardian({ host, config }: Bridge): void {
  requireOneYocto(host)
  requirePredecessor(host, config.guardian)
}
