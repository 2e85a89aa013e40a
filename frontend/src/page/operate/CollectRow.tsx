/** The button that collects, with what pressing it now forfeits, or why there is nothing to press. */
import { useState } from 'react'
import { Button } from '../../component/Button.tsx'
import { amountText } from '../../format/amount.ts'
import { CollectDialog } from './CollectDialog.tsx'
import type { Collect } from './standing.ts'
import { useOpenMove } from './useMove.ts'

export function CollectRow({ account, collect }: { account: string; collect: Collect }) {
  // What is reviewed stays as it was when the review opened, though figures change once it is done.
  const [reviewed, setReviewed] = useState<Collect | null>(null)
  const isMoving = useOpenMove(account)
  const refusal = isMoving ? 'Your last move is still on its way; figures change when it is done.' : collect.refusal
  return (
    <div className="row">
      <Button primary={refusal === null} money disabled={refusal !== null} onClick={() => setReviewed(collect)}>
        {refusal === null ? `Collect ${amountText(collect.amountAtto).shown} BLY` : 'Collect'}
      </Button>
      <span className="detail">{refusal ?? 'Pressing it now forfeits nothing.'}</span>
      {reviewed === null ? null : (
        <CollectDialog account={account} collect={reviewed} onClose={() => setReviewed(null)} />
      )}
    </div>
  )
}
