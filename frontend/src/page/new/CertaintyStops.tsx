/** Five stops of certainty: price, odds in words, operators available now. */
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

export function CertaintyStops({ stops, chosen, operatorsNow, onChoose }: CertaintyStopsProps) {
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
    </fieldset>
  )
}
