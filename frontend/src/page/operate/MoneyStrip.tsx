/** The operator's money as a strip: payable with its button, locked until when, stake as a sum of free and bonds. */
import { useState } from 'react'
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { Button } from '../../component/Button.tsx'
import { Strip } from '../../component/Strip.tsx'
import { amountText } from '../../format/amount.ts'
import { CollectDialog } from './CollectDialog.tsx'
import { PayLines } from './PayLines.tsx'
import { StakeLines } from './StakeLines.tsx'
import type { Standing } from './standing.ts'
import { useOpenMove } from './useMove.ts'

export function MoneyStrip({ status, standing, now }: { status: NodeStatus; standing: Standing; now: number }) {
  const [open, setOpen] = useState(false)
  const isMoving = useOpenMove(status.account)
  const { amountAtto } = standing.collect
  const refusal = isMoving
    ? 'Your last move is still on its way; figures change when it is done.'
    : standing.collect.refusal
  return (
    <Strip title="Your money here, in BLY" foot={<StakeLines status={status} />}>
      <PayLines status={status} now={now} />
      <div className="row">
        <Button primary={refusal === null} money disabled={refusal !== null} onClick={() => setOpen(true)}>
          {refusal === null ? `Collect ${amountText(amountAtto).shown} BLY` : 'Collect'}
        </Button>
        <span className="detail">{refusal ?? 'Pressing it now forfeits nothing.'}</span>
      </div>
      {open ? <CollectDialog status={status} collect={standing.collect} onClose={() => setOpen(false)} /> : null}
    </Strip>
  )
}
