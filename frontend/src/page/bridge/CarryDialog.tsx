/** Carrying a transfer with a wallet of one's own: the signatures are taken, verified and submitted; no relayer is needed. */
import { useState } from 'react'
import type { Transfer } from '../../../../chain/client/bridge/index.ts'
import type { Nep297Event } from '../../../../chain/client/near/caller.ts'
import { Dialog } from '../../component/Dialog.tsx'
import { amountText } from '../../format/amount.ts'
import { useProfile } from '../../shell/services.tsx'
import { type Carry, type CarryKind, prepareCarry } from './carry.ts'
import type { BridgeLog } from './evmEvents.ts'
import { SIDE_NAMES } from './facts.ts'
import { Move } from './Move.tsx'
import { eventMissing, requireBridgeEvent } from './plan.ts'
import { transferHref } from './SendReview.tsx'
import { nameOf } from './steps.ts'
import type { Bridge } from './useBridge.ts'
import { moveNamed, newMove, type Prepared, useBridgeMove } from './useBridgeMove.ts'
import type { EvmWallet } from './useEvmWallet.ts'
import { EvmWalletRow, NearWallet } from './Wallets.tsx'

export interface CarryDialogProps {
  bridge: Bridge
  transfer: Transfer
  carry: Carry
  wallet: EvmWallet
  onClose: () => void
}

export function CarryDialog({ bridge, transfer, carry, wallet, onClose }: CarryDialogProps) {
  const [name] = useState(() =>
    carry.kind === 'release' ? newMove() : moveNamed(`carry/${carry.kind}/${transfer.id}`.replaceAll(' ', '-')),
  )
  const account = useProfile()?.account ?? null
  const move = useBridgeMove(bridge, name)
  const { side, kind } = carry
  const signer = side === 'near' ? account : (wallet.signer?.address ?? null)
  const title = `${TITLES[kind]} ${amountText(transfer.amount).shown} BLY`
  const sign = () =>
    move.begin(title, async (): Promise<Prepared> => {
      const made = await prepareCarry(bridge, transfer, carry)
      return made.side === 'near'
        ? {
            side: 'near',
            account: account!,
            transactions: made.transactions,
            done: (events) => requireNear(kind, transfer, events),
          }
        : { side: 'evm', signer: wallet.signer!, call: made.call, done: (logs) => requireEvm(kind, transfer, logs) }
    })
  return (
    <Dialog title={title} open onClose={onClose}>
      <Move
        move={move}
        signer={side === 'near' ? (account ?? 'your account') : (wallet.signer?.name ?? 'your wallet')}
        refusal={signer === null ? `Choose a wallet on ${SIDE_NAMES[side]} first.` : null}
        onSign={() => void sign()}
        says={says(kind, side, transfer)}
      >
        {side === 'near' ? <NearWallet /> : <EvmWalletRow wallet={wallet} />}
      </Move>
    </Dialog>
  )
}

const TITLES: Readonly<Record<CarryKind, string>> = {
  pay: 'Carry',
  'release delayed': 'Release',
  release: 'Release the queue for',
  'give back': 'Bring back',
}

function says(kind: CarryKind, side: Carry['side'], { receiver, sender }: Transfer): string[] {
  const gas =
    side === 'near'
      ? 'It costs gas, under 0.01 NEAR, and up to 0.01 NEAR of storage; what is not needed returns.'
      : 'It costs gas alone.'
  const race = 'If a relayer is faster, yours is refused and only its gas is used.'
  switch (kind) {
    case 'pay':
      return [
        'The signatures are asked of the signers, verified here, and held against what the source chain shows.',
        `The money goes to ${nameOf(receiver)}, whoever carries it.`,
        gas,
        race,
      ]
    case 'release delayed':
      return [`Its delay is over. The money goes to ${nameOf(receiver)}, whoever releases it.`, gas, race]
    case 'release':
      return ['It pays whoever stands first in the queue, as far as the limit allows now.', gas, race]
    case 'give back':
      return [`The guardian stopped it. The money goes back to ${nameOf(sender)}, whoever brings it.`, gas, race]
  }
}

const NEAR_EVENTS: Readonly<Record<CarryKind, readonly string[]>> = {
  pay: ['unlocked', 'credited', 'queued', 'delayed'],
  'release delayed': ['unlocked', 'credited', 'queued'],
  release: ['unlocked', 'credited', 'refunded'],
  'give back': ['refunded', 'credited', 'queued'],
}
const EVM_EVENTS: Readonly<Record<CarryKind, readonly string[]>> = {
  pay: ['Minted', 'Queued', 'Delayed'],
  'release delayed': ['Minted', 'Queued'],
  release: ['Minted', 'Refunded'],
  'give back': ['Refunded', 'RefundQueued'],
}

/** Success is the ledger's event about this very transfer; of a queue's release any payment is one. */
function requireNear(kind: CarryKind, { id, nonce }: Transfer, events: readonly Nep297Event[]): string {
  const names = NEAR_EVENTS[kind]
  if (kind !== 'release') requireBridgeEvent(events, names, 'nonce', `${nonce}`)
  else if (!events.some(({ standard, event }) => standard === 'blyan_bridge' && names.includes(event))) {
    throw eventMissing(names, id)
  }
  return transferHref(id)
}

function requireEvm(kind: CarryKind, { id, nonce }: Transfer, logs: readonly BridgeLog[]): string {
  const names = EVM_EVENTS[kind]
  const found = logs.some(({ name, args }) => names.includes(name) && (kind === 'release' || args.nonce === nonce))
  if (!found) throw eventMissing(names, id)
  return transferHref(id)
}
