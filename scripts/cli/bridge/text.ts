/** Transfers in words: the sentence first, then who is awaited and until when. */
import { type Awaited, parseTransferId, type Transfer, type TransferState } from '../../../chain/client/bridge/index.ts'
import { clock, span } from '../../../chain/client/why/index.ts'
import { showBly } from '../amount.ts'

/** A state as people say it. */
export const STATE_WORDS: Readonly<Record<TransferState, string>> = {
  locked: 'locked on NEAR',
  burned: 'burned on EVM',
  final: 'final where it left',
  signed: 'signed by enough signers',
  delayed: 'waits for the guardian’s time',
  queued: 'waits its turn under the hourly limit',
  credited: 'kept as a credit: the receiver is not registered with BLY',
  minted: 'minted on EVM',
  unlocked: 'paid out on NEAR',
  vetoed: 'stopped by the guardian',
  refunded: 'back with its sender',
}

const AWAITED_WORDS: Readonly<Record<Exclude<Awaited, null>, string>> = {
  near: 'NEAR, to make the lock final: about 2 s',
  evm: 'EVM, to make the burn final',
  signers: 'signers',
  relayer: 'a relayer, or you: ./blyan bridge carry',
  delay: 'the guardian’s time to pass',
  queue: 'its turn under the hourly limit',
  receiver: 'its receiver: ./blyan bridge credit',
}

/** `near-evm:7   5.00 BLY  alice.near -> 0xAb..12   minted on EVM` */
export function transferLine(t: Transfer): string {
  return `${t.id}  ${showBly(t.amount)} BLY  ${t.sender} -> ${t.receiver}  ${STATE_WORDS[t.state]}`
}

/** What a transfer waits for; '' when it has ended. */
export function awaitedText(t: Transfer, now: number): string {
  if (t.awaits === null) return ''
  const words = AWAITED_WORDS[t.awaits]
  if (t.awaits === 'signers' && t.signatures !== null) {
    const { have, need, of, missing } = t.signatures
    return `waits for ${need - have} more of ${of} signers (${have} of ${need} so far): ${missing.map((each) => `0x${each.slice(0, 4)}..${each.slice(-2)}`).join(', ')}`
  }
  if (t.awaits === 'delay' && t.readyAt !== null) {
    return `waits until ${clock(t.readyAt, now)} (in ${span(t.readyAt - now)}), in which the guardian may stop it; then it is paid`
  }
  return `waits for ${words}${t.awaits === 'relayer' ? ` ${t.id}` : ''}`
}

/** As `--json` shows a transfer. */
export function transferJson(t: Transfer) {
  const { id, direction, sender, receiver, amount, state, signatures, awaits, readyAt, txNear, txEvm, times } = t
  const nonce = String(parseTransferId(id).nonce)
  return {
    id,
    direction,
    nonce,
    amountAtto: String(amount),
    state,
    sender,
    receiver,
    times,
    signatures,
    awaits,
    readyAt,
    txNear,
    txEvm,
  }
}

/** Seconds of the bridge's own rules in words. */
export const waitText = (ms: number): string => (ms === 0 ? 'no time' : span(ms))
