/** One form: which way, how much, from which wallet, to whom. Beside it stands what it costs and when it ends. */
import { type FormEvent, useEffect, useState } from 'react'
import type { Direction } from '../../../../chain/client/protocol.ts'
import { formatBly } from '../../../../chain/lib/units.ts'
import { Button } from '../../component/Button.tsx'
import { Field } from '../../component/Field.tsx'
import { amountText } from '../../format/amount.ts'
import { useProfile } from '../../shell/services.tsx'
import { boundsOf, type Choices, contractsIn, mostOf, type Order, orderOf } from './choices.ts'
import { endsOf, SIDE_NAMES } from './facts.ts'
import { SendReview } from './SendReview.tsx'
import { SendTerms } from './SendTerms.tsx'
import type { BothSides, Bridge } from './useBridge.ts'
import type { EvmWallet } from './useEvmWallet.ts'
import { useBalance } from './useMoney.ts'
import { EvmWalletRow, NearWallet } from './Wallets.tsx'

const WAYS: readonly { direction: Direction; words: string; what: string }[] = [
  { direction: 'near-evm', words: 'From NEAR to EVM', what: 'locked on NEAR, minted on the EVM chain' },
  { direction: 'evm-near', words: 'From EVM to NEAR', what: 'burned on the EVM chain, unlocked on NEAR' },
]

export function SendForm({ bridge, sides, wallet }: { bridge: Bridge; sides: BothSides; wallet: EvmWallet }) {
  const account = useProfile()?.account ?? null
  const [choices, setChoices] = useState<Choices>({ direction: 'near-evm', amount: '', to: '' })
  // Typed addresses stay; an empty one follows the wallet of the other side.
  const [typed, setTyped] = useState(false)
  const [reviewed, setReviewed] = useState<Order | null>(null)
  const { direction } = choices
  const { source, target } = endsOf(direction)
  const from = source === 'near' ? account : (wallet.signer?.address ?? null)
  const own = target === 'near' ? account : wallet.address
  const balance = useBalance(bridge, from)
  const bounds = boundsOf(sides)
  const place = contractsIn(bridge.deployment)
  const { order, problems } = orderOf(choices, from, balance.data ?? null, bounds, place)
  const most = balance.data === undefined ? null : mostOf(balance.data, bounds)
  const change = (next: Partial<Choices>) => setChoices((known) => ({ ...known, ...next }))
  useEffect(() => {
    if (!typed) setChoices((known) => ({ ...known, to: own ?? '' }))
  }, [own, typed])
  const paused = sides.near.pausedUntil !== null || sides.evm.pausedUntil !== null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (order !== null && !paused) setReviewed(order)
  }
  return (
    <div className="columns">
      <form className="stack order-form" onSubmit={submit} aria-label="Move BLY">
        <fieldset className="choice">
          <legend>Which way</legend>
          {WAYS.map((way) => (
            <label key={way.direction} className="option">
              <input
                type="radio"
                name="direction"
                checked={direction === way.direction}
                onChange={() => {
                  setTyped(false)
                  change({ direction: way.direction, to: '' })
                }}
              />
              <span>
                {way.words}
                <span className="detail">{way.what}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <section className="stack-tight bridge-part" aria-labelledby="bridge-from">
          <h2 id="bridge-from">From</h2>
          {source === 'near' ? <NearWallet /> : <EvmWalletRow wallet={wallet} />}
          {balance.data === undefined ? null : (
            <p className="detail">
              Has {amountText(balance.data).shown} BLY on {SIDE_NAMES[source]}
              {balance.problem === null ? '' : '; that may be out of date'}.
            </p>
          )}
        </section>
        <Field
          label="How much, in BLY"
          hint={`One transfer carries ${amountText(bounds.minAtto, { direction: 'cost' }).shown} to ${amountText(bounds.maxAtto).shown} BLY.`}
          problem={problems.amount}
        >
          {(ids) => (
            <div className="row bridge-amount">
              <input
                {...ids}
                className="input number"
                inputMode="decimal"
                autoComplete="off"
                value={choices.amount}
                maxLength={40}
                onChange={({ target: { value } }) => change({ amount: value })}
              />
              <Button disabled={most === null} onClick={() => change({ amount: formatBly(most!) })}>
                Max
              </Button>
            </div>
          )}
        </Field>
        <section className="stack-tight bridge-part" aria-labelledby="bridge-to">
          <h2 id="bridge-to">To</h2>
          {target === 'evm' ? <EvmWalletRow wallet={wallet} /> : <NearWallet />}
          <Field
            label={target === 'evm' ? 'EVM address' : 'NEAR account'}
            hint={
              choices.to !== '' && choices.to === own
                ? 'Your own. Write another to send it to somebody else.'
                : 'Look twice: what goes to a wrong one cannot be taken back.'
            }
            problem={problems.to}
          >
            {(ids) => (
              <input
                {...ids}
                className="input mono"
                autoComplete="off"
                spellCheck={false}
                value={choices.to}
                maxLength={64}
                onChange={({ target: { value } }) => {
                  setTyped(true)
                  change({ to: value.trim() })
                }}
              />
            )}
          </Field>
        </section>
        <div className="row">
          <Button type="submit" primary money disabled={order === null || paused}>
            Review
          </Button>
          <span className="detail">
            {paused
              ? 'The bridge is paused: nothing can be sent now.'
              : 'Nothing moves before you sign in your wallet.'}
          </span>
        </div>
      </form>
      <SendTerms bridge={bridge} sides={sides} direction={direction} amount={order?.amount ?? null} />
      {reviewed === null ? null : (
        <SendReview
          bridge={bridge}
          sides={sides}
          order={reviewed}
          wallet={wallet}
          onClose={(sent) => {
            setReviewed(null)
            if (sent) change({ amount: '' })
          }}
        />
      )}
    </div>
  )
}
