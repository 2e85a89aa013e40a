/**
 * Carrying a transfer oneself: whoever has the signatures may submit them. They are asked of the signers, verified here, and
 * held against what the source chain shows; a contract checks them once more.
 */
import {
  collectOptions,
  collectSignatures,
  mintCall,
  nearRefundCall,
  nearReleaseCall,
  nearReleaseDelayedCall,
  refundCall,
  releaseCall,
  releaseDelayedCall,
  requireSignatures,
  signaturesOf,
  type Transfer,
  unlockCall,
} from '../../../../chain/client/bridge/index.ts'
import type { UnsignedTransactions } from '../../../../chain/client/gateway/index.ts'
import { WrongBytesError } from '../../api/errors.ts'
import type { EvmCall } from '../../wallet/evmProvider.ts'
import { endsOf, type SideName } from './facts.ts'
import type { Bridge } from './open.ts'
import { transactionOf } from './plan.ts'

export type CarryKind = 'pay' | 'release delayed' | 'release' | 'give back'

export interface Carry {
  kind: CarryKind
  /** On which side it is submitted. */
  side: SideName
}

/** What anybody can do for a transfer now; null where there is nothing to do. @param now ms, of the chains */
export function carryOf(
  { direction, state, readyAt }: Pick<Transfer, 'direction' | 'state' | 'readyAt'>,
  now: number,
): Carry | null {
  const { source, target } = endsOf(direction)
  switch (state) {
    case 'signed':
      return { kind: 'pay', side: target }
    case 'delayed':
      return readyAt !== null && readyAt <= now ? { kind: 'release delayed', side: target } : null
    case 'queued':
      return { kind: 'release', side: target }
    case 'vetoed':
      return { kind: 'give back', side: source }
    default:
      return null
  }
}

export type CarryCall =
  | { side: 'near'; transactions: UnsignedTransactions['transactions'] }
  | { side: 'evm'; call: EvmCall }

/** Heads of the queue that one call pays: as many as NEAR's contract does in one. */
const RELEASED = 8

/** @throws SignaturesMissingError · WrongBytesError when the signers signed something else than the source chain shows */
export async function prepareCarry(bridge: Bridge, transfer: Transfer, { kind, side }: Carry): Promise<CarryCall> {
  const { deployment, reader } = bridge
  const { direction, nonce } = transfer
  switch (kind) {
    case 'pay': {
      const { payload, signatures } = requireSignatures(await signaturesOf(reader, direction, nonce))
      requireSame(transfer, payload)
      return 'account' in payload || side === 'near'
        ? onNear(unlockCall(deployment, payload, signatures))
        : { side: 'evm', call: mintCall(deployment, payload, signatures) }
    }
    case 'give back': {
      const active = await bridge[side].signerSet()
      const collected = await collectSignatures('veto', `${direction}:${nonce}`, collectOptions(reader, active))
      const { payload, signatures } = requireSignatures(collected)
      return side === 'near'
        ? onNear(nearRefundCall(deployment, payload, signatures))
        : { side: 'evm', call: refundCall(deployment, payload, signatures) }
    }
    case 'release delayed':
      return side === 'near'
        ? onNear(nearReleaseDelayedCall(deployment, nonce))
        : { side: 'evm', call: releaseDelayedCall(deployment, nonce) }
    case 'release':
      return side === 'near'
        ? onNear(nearReleaseCall(deployment, RELEASED))
        : { side: 'evm', call: releaseCall(deployment, BigInt(RELEASED)) }
  }
}

const onNear = (call: Parameters<typeof transactionOf>[0]): CarryCall => ({
  side: 'near',
  transactions: [transactionOf(call)],
})

/** @throws WrongBytesError */
export function requireSame(
  { nonce, amount, receiver }: Pick<Transfer, 'nonce' | 'amount' | 'receiver'>,
  signed: { nonce: string; amount: string; receiver: string },
): void {
  const bare = (who: string): string => (who.startsWith('0x') ? who.slice(2).toLowerCase() : who)
  const same = signed.nonce === `${nonce}` && signed.amount === `${amount}` && bare(signed.receiver) === bare(receiver)
  if (same) return
  throw new WrongBytesError({
    what: `The signers signed ${signed.amount} for ${signed.receiver}, but the source chain shows another transfer.`,
    fix: 'Do not carry it. Tell the guardian of the bridge: signers are deceived or lie.',
    data: { signed: signed.amount, amount: `${amount}` },
  })
}
