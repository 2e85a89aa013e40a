/** Who opens each round's test text, with what either choice risks, said before anything is signed. */
import type { DraftBody } from '../../../../chain/client/gateway/index.ts'
import { Term } from '../../component/Term.tsx'
import { amountText } from '../../format/amount.ts'

export interface OpenerChoiceProps {
  opener: DraftBody['opener']
  depositAtto: bigint
  onChoose: (opener: DraftBody['opener']) => void
}

export function OpenerChoice({ opener, depositAtto, onChoose }: OpenerChoiceProps) {
  const deposit = amountText(depositAtto, { direction: 'cost' }).shown
  return (
    <fieldset className="choice">
      <legend>
        <span className="step-number">5</span> Who opens each round’s <Term of="test text" />
      </legend>
      <label className="option">
        <input type="radio" name="opener" checked={opener === 'gateway'} onChange={() => onChoose('gateway')} />
        <span>
          <strong>The gateway</strong>
          <span className="detail">
            You may close this tab. The gateway could read the test texts early and favour someone; it can spend nothing
            of yours.
          </span>
        </span>
      </label>
      <label className="option">
        <input type="radio" name="opener" checked={opener === 'requester'} onChange={() => onChoose('requester')} />
        <span>
          <strong>This tab</strong>
          <span className="detail">
            Nobody can read them early. The task’s page must stay open until the last round: closed, you lose the
            deposit of {deposit} BLY and the bonus is shared equally.
          </span>
        </span>
      </label>
    </fieldset>
  )
}
