/** One summary before the wallet: what leaves, what arrives, by when, and the storage that NEAR wants before a first lock. */
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { burnCall, lockCall, transferId } from '../../../../chain/client/bridge/index.ts'
import { Dialog } from '../../component/Dialog.tsx'
import { Sentence } from '../../component/Sentence.tsx'
import { aboutNear, amountText } from '../../format/amount.ts'
import { absoluteText, spanText } from '../../format/time.ts'
import type { Order } from './choices.ts'
import { endsOf, SIDE_NAMES, waitOf } from './facts.ts'
import { Move } from './Move.tsx'
import { requireBridgeEvent, requireBurned, storageNeeded, storageTransactions, transactionOf } from './plan.ts'
import { nameOf } from './steps.ts'
import type { BothSides, Bridge } from './useBridge.ts'
import { newMove, type Prepared, useBridgeMove } from './useBridgeMove.ts'
import type { EvmWallet } from './useEvmWallet.ts'
import { readStorage, useCanTake, useStorage } from './useMoney.ts'

export interface SendReviewProps {
  bridge: Bridge
  sides: BothSides
  order: Order
  wallet: EvmWallet
  /** @param sent whether it has left: the form begins anew then */
  onClose: (sent: boolean) => void
}

/** Where one transfer is shown. */
export const transferHref = (id: string): string => `/bridge?transfer=${encodeURIComponent(id)}`

export function SendReview({ bridge, sides, order, wallet, onClose }: SendReviewProps) {
  const { direction, amount, from, to } = order
  const { source, target } = endsOf(direction)
  const [, go] = useLocation()
  const [name] = useState(newMove)
  const move = useBridgeMove(bridge, name)
  const storage = useStorage(bridge, source === 'near' ? from : null)
  const canTake = useCanTake(bridge, target === 'near' ? to : null)
  const shown = amountText(amount, { direction: 'cost' })
  const wait = waitOf(order, sides[target], bridge.deployment.evm.confirmations, Date.now())
  const deposit = storage.data === undefined ? null : storageNeeded(storage.data)
  const title = `Move ${shown.shown} BLY to ${nameOf(to)}`
  const href = move.entry?.failed === null ? (move.entry?.href ?? null) : null
  const sent = move.entry !== null && move.entry.step !== 'wallet'
  useEffect(() => {
    if (href === null) return
    go(href)
    onClose(true)
  }, [href, go, onClose])
  const refusal =
    source === 'near' && deposit === null
      ? 'Asking NEAR what storage it needs.'
      : source === 'evm' && wallet.signer?.address !== from
        ? 'Connect the EVM wallet again.'
        : null
  return (
    <Dialog title={title} open onClose={() => onClose(sent)}>
      <Move
        move={move}
        signer={source === 'near' ? from : (wallet.signer?.name ?? 'your wallet')}
        refusal={refusal}
        onSign={() => void move.begin(title, () => prepare(bridge, order, wallet))}
        says={[
          direction === 'near-evm'
            ? 'Locking it forfeits nothing; from then on it is on its way and cannot be called back.'
            : 'Burning it forfeits nothing; from then on it is on its way and cannot be called back.',
          ...(wait.delayMs > 0
            ? [
                `It is large: it waits ${spanText(wait.delayMs)}, in which the guardian may stop it. Stopped, it comes back to you.`,
              ]
            : []),
          ...(wait.queues ? [`${SIDE_NAMES[target]} has reached its limit: it waits in the queue.`] : []),
          ...(canTake === false
            ? [`${to} is not registered with BLY yet: it would become a credit, which that account collects.`]
            : []),
        ]}
      >
        <dl className="facts">
          <div>
            <dt>Goes from</dt>
            <dd>
              {shown.exact} of <Sentence text={from} name={from} /> on {SIDE_NAMES[source]}.
            </dd>
          </div>
          <div>
            <dt>Arrives</dt>
            <dd>
              As much, with <span className="figure bridge-address">{to}</span> on {SIDE_NAMES[target]}, by{' '}
              {absoluteText(wait.latest)} at the latest.
            </dd>
          </div>
          <div>
            <dt>Costs</dt>
            <dd>
              No fee; gas alone.
              {deposit === null || deposit === 0n
                ? ''
                : ` NEAR’s storage takes ${aboutNear(deposit)}, set aside on the bridge contract for this and the next few; what is unused is yours to withdraw.`}
            </dd>
          </div>
        </dl>
      </Move>
    </Dialog>
  )
}

/** Storage is asked for again, so that what is signed fits what is there now. */
async function prepare(bridge: Bridge, { direction, amount, from, to }: Order, wallet: EvmWallet): Promise<Prepared> {
  const { deployment } = bridge
  if (direction === 'near-evm') {
    const { bridge: contract } = deployment.near
    const deposit = storageNeeded(await readStorage(bridge, contract, from))
    return {
      side: 'near',
      account: from,
      transactions: [...storageTransactions(contract, deposit), transactionOf(lockCall(deployment, amount, to))],
      done: (events) => {
        const locked = requireBridgeEvent(events, ['locked'], 'sender', from)
        return transferHref(transferId('near-evm', BigInt(String(locked.nonce))))
      },
    }
  }
  return {
    side: 'evm',
    signer: wallet.signer!,
    call: burnCall(deployment, amount, to),
    done: (logs) => transferHref(transferId('evm-near', requireBurned(logs, { from, to, amount }))),
  }
}
