/** Stake that is leaving: how much, when it is in hand, what it still answers for, and the way back. */
import { useState } from 'react'
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { Amount } from '../../component/Amount.tsx'
import { Button } from '../../component/Button.tsx'
import { amountText } from '../../format/amount.ts'
import { absoluteText, spanText } from '../../format/time.ts'
import { KeepDialog, type Kept } from './KeepDialog.tsx'
import { keptWith, type Leaving } from './standing.ts'
import { useOpenMove } from './useMove.ts'

export interface LeavingListProps {
  status: NodeStatus
  /** In the order in which they leave. */
  leaving: readonly Leaving[]
  now: number
}

export function LeavingList({ status, leaving, now }: LeavingListProps) {
  const { account } = status
  const [kept, setKept] = useState<Kept | null>(null)
  const isMoving = useOpenMove(account)
  const why = `/why/${encodeURIComponent(account)}`
  const unknownAtto = BigInt(status.unbondingAtto) - leaving.reduce((sum, { amountAtto }) => sum + amountAtto, 0n)
  return (
    <section className="stack-tight" aria-labelledby="leaving">
      <div className="section-head">
        <h2 id="leaving">Leaving</h2>
      </div>
      {leaving.length === 0 && unknownAtto <= 0n ? <p>No stake is leaving.</p> : null}
      <ul className="operate-faults">
        {leaving.map(({ amountAtto, at, ripe }, i) => (
          <li key={`${at}/${amountAtto}`}>
            <span>
              {ripe
                ? 'in hand now, by Collect'
                : `${absoluteText(at)} (${spanText(at - now)}), answers for old draws till then`}
            </span>
            <span className="operate-leaving">
              <Amount value={amountAtto} withUnit why={why} />
              <Button
                money
                disabled={isMoving}
                aria-label={`Keep staked: ${amountText(keptWith(leaving, i).amountAtto).shown} BLY`}
                onClick={() => setKept({ stakeAtto: BigInt(status.stakeAtto), ...keptWith(leaving, i) })}
              >
                Keep staked
              </Button>
            </span>
          </li>
        ))}
        {unknownAtto > 0n ? (
          <li>
            <span>the chain does not say now when it comes free</span>
            <Amount value={unknownAtto} withUnit why={why} />
          </li>
        ) : null}
      </ul>
      {leaving.length > 1 ? (
        <p className="detail">The latest part comes back first: keeping one keeps those below it too.</p>
      ) : null}
      {kept === null ? null : <KeepDialog account={account} kept={kept} onClose={() => setKept(null)} />}
    </section>
  )
}
