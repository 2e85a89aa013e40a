/** Stake that is leaving: how much, when it is in hand, and what it still answers for. */
import { Amount } from '../../component/Amount.tsx'
import { absoluteText, spanText } from '../../format/time.ts'
import type { Leaving } from './standing.ts'

export interface LeavingListProps {
  leaving: readonly Leaving[]
  /** attoBLY of which it is not known now when it comes free. */
  unknownAtto: bigint
  now: number
  /** Where stake is explained. */
  why: string
}

export function LeavingList({ leaving, unknownAtto, now, why }: LeavingListProps) {
  return (
    <section className="stack-tight" aria-labelledby="leaving">
      <div className="section-head">
        <h2 id="leaving">Leaving</h2>
      </div>
      {leaving.length === 0 && unknownAtto <= 0n ? <p>No stake is leaving.</p> : null}
      <ul className="operate-faults">
        {leaving.map(({ amountAtto, at, ripe }) => (
          <li key={`${at}/${amountAtto}`}>
            <span>
              {ripe
                ? 'in hand now, by Collect'
                : `${absoluteText(at)} (${spanText(at - now)}), answers for old draws till then`}
            </span>
            <Amount value={amountAtto} withUnit why={why} />
          </li>
        ))}
        {unknownAtto > 0n ? (
          <li>
            <span>the chain does not say now when it comes free</span>
            <Amount value={unknownAtto} withUnit why={why} />
          </li>
        ) : null}
      </ul>
      {leaving.some(({ ripe }) => !ripe) ? (
        <p className="detail">Leaving cannot be called back; once in hand it can be staked again.</p>
      ) : null}
    </section>
  )
}
