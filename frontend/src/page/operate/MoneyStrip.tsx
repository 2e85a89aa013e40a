/** The operator's money as a strip: payable with its button, locked until when, stake as a sum of free and bonds. */
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { Strip } from '../../component/Strip.tsx'
import { CollectRow } from './CollectRow.tsx'
import { PayLines } from './PayLines.tsx'
import { StakeLines } from './StakeLines.tsx'
import type { Standing } from './standing.ts'

export function MoneyStrip({ status, standing, now }: { status: NodeStatus; standing: Standing; now: number }) {
  return (
    <Strip title="Your money here, in BLY" foot={<StakeLines status={status} />}>
      <PayLines status={status} now={now} />
      <CollectRow account={status.account} collect={standing.collect} />
    </Strip>
  )
}
