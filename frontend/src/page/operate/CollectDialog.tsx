/** Review before collecting: how much, what it forfeits, what stays; then the wallet, then the steps to final. */
import { checkClaim } from '../../../../chain/client/sdk/decode.ts'
import { useNetwork } from '../../api/queries.ts'
import { Dialog } from '../../component/Dialog.tsx'
import { amountText } from '../../format/amount.ts'
import { useServices } from '../../shell/services.tsx'
import { MoveReview } from './MoveReview.tsx'
import type { Collect } from './standing.ts'
import { askGateway, useMove } from './useMove.ts'

export interface CollectDialogProps {
  account: string
  collect: Collect
  onClose: () => void
}

export function CollectDialog({ account, collect, onClose }: CollectDialogProps) {
  const { api } = useServices()
  const network = useNetwork()
  const move = useMove(account, network.data)
  const shown = amountText(collect.amountAtto).shown
  const body = { amountAtto: `${collect.amountAtto}` }
  return (
    <Dialog title={`Collect ${shown} BLY`} open onClose={onClose}>
      <MoveReview
        move={move}
        account={account}
        says={[
          `To ${account}${collect.ripeAtto > 0n ? `, of it ${amountText(collect.ripeAtto).shown} BLY of removed stake` : ''}.`,
          ...collect.says,
          'Gas is about 0.01 NEAR.',
        ]}
        ready={network.data !== undefined}
        onSign={() =>
          move.begin({
            title: `Collect ${shown} BLY`,
            ask: askGateway(api.call, '/api/v1/user/claim', body),
            check: (reply, contracts) => checkClaim(reply, body, contracts).transactions,
            event: 'claim_paid',
          })
        }
      />
    </Dialog>
  )
}
