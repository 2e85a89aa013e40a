/** One transfer: its sentence, the upright list, what anybody can do for it now, and signatures and transactions behind. */
import { useState } from 'react'
import type { Transfer } from '../../../../chain/client/bridge/index.ts'
import { Button } from '../../component/Button.tsx'
import { Stamp } from '../../component/Stamp.tsx'
import { Until, When } from '../../component/When.tsx'
import { CarryDialog } from './CarryDialog.tsx'
import { type Carry, carryOf } from './carry.ts'
import { MARKS, type Step, sentenceOf, stepsOf, type Times } from './steps.ts'
import { TransferDrawer } from './TransferDrawer.tsx'
import type { Bridge } from './useBridge.ts'
import type { EvmWallet } from './useEvmWallet.ts'

export interface TransferCardProps {
  bridge: Bridge
  transfer: Transfer
  times: Times
  wallet: EvmWallet
  /** Why nothing can be carried now, such as a pause. */
  refusal: string | null
}

export function TransferCard({ bridge, transfer, times, wallet, refusal }: TransferCardProps) {
  // What was reviewed stays open to its end, though the transfer moves on behind it.
  const [carrying, setCarrying] = useState<Carry | null>(null)
  const carry = carryOf(transfer, Date.now())
  return (
    <div className="stack-tight bridge-transfer">
      <ol className="steps" aria-label={`Steps of ${transfer.id}`}>
        {stepsOf(transfer, times).map((step) => (
          <StepLine key={step.key} step={step} />
        ))}
      </ol>
      {carry === null ? null : (
        <div className="row">
          <Button money disabled={refusal !== null} onClick={() => setCarrying(carry)}>
            {carry.kind === 'give back' ? 'Bring it back yourself' : 'Carry it yourself'}
          </Button>
          <span className="detail">
            {refusal ??
              (bridge.hasRelayer
                ? 'A relayer usually does it within seconds; anybody may, and the money goes to the same place.'
                : 'This gateway knows no relayer. Anybody may do it, and the money goes to the same place.')}
          </span>
        </div>
      )}
      <TransferDrawer bridge={bridge} transfer={transfer} />
      {carrying === null ? null : (
        <CarryDialog
          bridge={bridge}
          transfer={transfer}
          carry={carrying}
          wallet={wallet}
          onClose={() => setCarrying(null)}
        />
      )}
    </div>
  )
}

function StepLine({ step }: { step: Step }) {
  const { words, state, at, provenance, detail, until, since, meanwhile } = step
  return (
    <li data-state={state} aria-current={state === 'now' || state === 'failed' ? 'step' : undefined}>
      {words}
      {at === null && provenance === null ? null : (
        <span className="detail">
          {at === null ? null : <When at={at} />}
          {detail === null ? '' : `, ${detail}`}
          {at === null || provenance === null ? '' : ' · '}
          {provenance}
        </span>
      )}
      {until === null ? null : (
        <span className="detail">
          goes on in <Until at={until} past="no time: anybody may release it now" />
        </span>
      )}
      {since === null && meanwhile === null ? null : (
        <span className="detail">
          {since === null ? null : (
            <>
              Waits since <When at={since} />.{' '}
            </>
          )}
          {meanwhile}
        </span>
      )}
    </li>
  )
}

/** A transfer's line in a list: sentence and stamp. */
export function TransferHead({ transfer }: { transfer: Transfer }) {
  return (
    <>
      <span className="bridge-sentence">{sentenceOf(transfer)}</span> <Stamp mark={MARKS[transfer.state]} quiet />
    </>
  )
}
