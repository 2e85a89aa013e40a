/** Five stops of certainty: price, odds in words, operators available now. */
import { lazy, Suspense, useState } from 'react'
import { Skeleton } from '../../component/states.tsx'
import { Term } from '../../component/Term.tsx'
import { amountText } from '../../format/amount.ts'
import { oddsText } from '../../format/hash.ts'
import type { Choices, Stop } from './choices.ts'

export interface CertaintyStopsProps {
  stops: readonly Stop[]
  chosen: Choices['certainty']
  operatorsNow: number | null
  onChoose: (certainty: Choices['certainty']) => void
}

const CertaintyChart = lazy(async () => ({ default: (await import('../../chart/CertaintyChart.tsx')).CertaintyChart }))

export function CertaintyStops({ stops, chosen, operatorsNow, onChoose }: CertaintyStopsProps) {
  const [open, setOpen] = useState(false)
  const now = stops.find(({ certainty }) => certainty === chosen)
  return (
    <fieldset className="choice">
      <legend>
        <span className="step-number">4</span> <Term of="certainty">Certainty</Term>
      </legend>
      <div className="stops">
        {stops.map(({ certainty, bountyAtto }) => (
          <label key={certainty} className="stop">
            <input
              type="radio"
              name="certainty"
              value={certainty}
              checked={certainty === chosen}
              onChange={() => onChoose(certainty)}
            />
            <span className="stop-mark">{certainty} %</span>
            <span className="stop-price figure">{amountText(bountyAtto, { direction: 'cost' }).shown} BLY</span>
          </label>
        ))}
      </div>
      {now === undefined ? null : (
        <p>
          A trainer faking a tenth of its work is caught <strong>{oddsText(now.caughtTenth)}</strong>, a full fake{' '}
          <strong>{oddsText(now.caughtAll)}</strong>, even if a third of all seats are hostile. {now.validators}{' '}
          validators redo {now.samples} samples each; that needs {now.operatorsNeeded} operators
          {operatorsNow === null ? '' : `, ${operatorsNow} can take it now`}.
        </p>
      )}
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>The price of certainty, drawn</summary>
        {open ? (
          <Suspense fallback={<Skeleton lines={6} what="the chart" />}>
            <CertaintyChart
              stops={stops.map((stop) => ({ ...stop, operatorsNow: operatorsNow ?? 0 }))}
              selected={chosen}
              source="/openapi.json"
            />
          </Suspense>
        ) : null}
      </details>
    </fieldset>
  )
}
