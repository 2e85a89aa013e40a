/** Review before stake that is leaving stays: seats, risk, what it forfeits; then the wallet, then the steps to final. */
import { checkRestake } from '../../../../chain/client/sdk/decode.ts'
import { useNetwork } from '../../api/queries.ts'
import { Dialog } from '../../component/Dialog.tsx'
import { Loaded } from '../../component/states.tsx'
import { amountText } from '../../format/amount.ts'
import { useServices } from '../../shell/services.tsx'
import { MoveReview } from './MoveReview.tsx'
import { keepPreview } from './standing.ts'
import { type MarketLimits, useMarketLimits } from './useMarket.ts'
import { askGateway, useMove } from './useMove.ts'

/** What was pressed; it stays as it was when the review opened, though figures change once it is done. */
export interface Kept {
  stakeAtto: bigint
  amountAtto: bigint
  /** What leaves earlier, and goes on leaving. */
  earlierAtto: bigint
}

export interface KeepDialogProps {
  account: string
  kept: Kept
  onClose: () => void
}

export function KeepDialog({ account, kept, onClose }: KeepDialogProps) {
  const limits = useMarketLimits()
  return (
    <Dialog title={titleOf(kept)} open onClose={onClose}>
      <Loaded asked={limits} what="the market’s limits" lines={4}>
        {(data) => <Review account={account} kept={kept} limits={data} />}
      </Loaded>
    </Dialog>
  )
}

function Review({ account, kept, limits }: { account: string; kept: Kept; limits: MarketLimits }) {
  const { api } = useServices()
  const network = useNetwork()
  const move = useMove(account, network.data)
  const amountAtto = `${kept.amountAtto}`
  return (
    <MoveReview
      move={move}
      account={account}
      says={keepPreview(kept.stakeAtto, kept, limits)}
      ready={network.data !== undefined}
      onSign={() =>
        move.begin({
          title: titleOf(kept),
          ask: askGateway(api.call, '/api/v1/nodes/restake', { amountAtto }),
          check: (reply, contracts) => checkRestake(reply, amountAtto, contracts).transactions,
          event: 'stake_changed',
        })
      }
    />
  )
}

const titleOf = ({ amountAtto }: Kept): string => `Keep ${amountText(amountAtto).shown} BLY staked`
