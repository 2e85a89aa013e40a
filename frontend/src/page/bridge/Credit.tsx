/** What could not be paid out to the reader's account waits for it: one line, one button. */
import { useState } from 'react'
import { collectCreditCall } from '../../../../chain/client/bridge/index.ts'
import { Button } from '../../component/Button.tsx'
import { Dialog } from '../../component/Dialog.tsx'
import { Term } from '../../component/Term.tsx'
import { amountText } from '../../format/amount.ts'
import { Move } from './Move.tsx'
import { requireBridgeEvent, storageTransactions, transactionOf } from './plan.ts'
import type { Bridge } from './useBridge.ts'
import { newMove, useBridgeMove } from './useBridgeMove.ts'
import { readStorage, useCanTake, useCredit } from './useMoney.ts'

export function Credit({ bridge, account, refusal }: { bridge: Bridge; account: string; refusal: string | null }) {
  const credit = useCredit(bridge, account)
  // What is reviewed stays as it was when the review opened.
  const [reviewed, setReviewed] = useState<bigint | null>(null)
  const owed = credit.data ?? 0n
  if (owed === 0n && reviewed === null) return null
  return (
    <section className="notice row" aria-label="Credit">
      <p>
        <strong>Credit: {amountText(owed).shown} BLY.</strong> This <Term of="credit" /> was to be paid to{' '}
        <bdi>{account}</bdi>, which could not take it then. It waits for you as long as you like.
      </p>
      <Button money disabled={refusal !== null || owed === 0n} onClick={() => setReviewed(owed)}>
        Collect
      </Button>
      {refusal === null ? null : <span className="detail">{refusal}</span>}
      {reviewed === null ? null : (
        <CollectCredit bridge={bridge} account={account} amount={reviewed} onClose={() => setReviewed(null)} />
      )}
    </section>
  )
}

function CollectCredit({
  bridge,
  account,
  amount,
  onClose,
}: {
  bridge: Bridge
  account: string
  amount: bigint
  onClose: () => void
}) {
  const [name] = useState(newMove)
  const move = useBridgeMove(bridge, name)
  const canTake = useCanTake(bridge, account)
  const title = `Collect a credit of ${amountText(amount).shown} BLY`
  const { bly } = bridge.deployment.near
  return (
    <Dialog title={title} open onClose={onClose}>
      <Move
        move={move}
        signer={account}
        refusal={canTake === null ? 'Asking NEAR whether the account can take it now.' : null}
        says={[
          `To ${account}, all of it.`,
          ...(canTake === false
            ? ['The account is registered with BLY first; that sets aside a little NEAR for its storage.']
            : []),
          'If it cannot be paid again, it stays a credit as before.',
          'Gas is under 0.01 NEAR.',
        ]}
        onSign={() =>
          void move.begin(title, async () => {
            const { min, available } = await readStorage(bridge, bly, account)
            return {
              side: 'near',
              account,
              transactions: [
                ...storageTransactions(bly, available === null ? min : 0n),
                transactionOf(collectCreditCall(bridge.deployment)),
              ],
              done: (events) => {
                requireBridgeEvent(events, ['credit_collected'], 'account', account)
                return null
              },
            }
          })
        }
      />
    </Dialog>
  )
}
