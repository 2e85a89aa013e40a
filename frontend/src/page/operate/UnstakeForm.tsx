/** Taking free stake out: when it is in hand and which seats it costs, said before the signature. */
import { useState } from 'react'
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { checkUnstake } from '../../../../chain/client/sdk/decode.ts'
import { formatBly } from '../../../../chain/lib/units.ts'
import { useNetwork } from '../../api/queries.ts'
import { Button } from '../../component/Button.tsx'
import { Field } from '../../component/Field.tsx'
import { Empty, Loaded } from '../../component/states.tsx'
import { amountText } from '../../format/amount.ts'
import { useServices } from '../../shell/services.tsx'
import { typedAmount } from './amountField.ts'
import { MoveReview } from './MoveReview.tsx'
import { unstakePreview } from './standing.ts'
import { type MarketLimits, useMarketLimits } from './useMarket.ts'
import { askGateway, useMove } from './useMove.ts'

export function UnstakeForm({ status, now }: { status: NodeStatus; now: number }) {
  const limits = useMarketLimits()
  if (BigInt(status.freeAtto) === 0n) {
    return (
      <Empty>
        {BigInt(status.bondedAtto) === 0n
          ? 'There is no stake to remove.'
          : 'All stake is held as bonds of running rounds; it frees itself when those are payable.'}
      </Empty>
    )
  }
  return (
    <Loaded asked={limits} what="the market’s limits" lines={3}>
      {(data) => <Form status={status} limits={data} now={now} />}
    </Loaded>
  )
}

function Form({ status, limits, now }: { status: NodeStatus; limits: MarketLimits; now: number }) {
  const { api } = useServices()
  const network = useNetwork()
  const move = useMove(status.account, network.data)
  const [text, setText] = useState('')
  const { atto, problem } = typedAmount(text)
  const free = BigInt(status.freeAtto)
  const preview = atto === null ? null : unstakePreview(status, atto, { ...limits, now })
  const amountAtto = `${atto ?? 0n}`
  return (
    <div className="stack operate-form">
      <Field label="How much, in BLY" hint={`${amountText(free).shown} BLY are free.`} problem={problem}>
        {(ids) => (
          <input
            {...ids}
            className="input mono"
            inputMode="decimal"
            value={text}
            maxLength={40}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <div>
        <Button onClick={() => setText(formatBly(free))}>All that is free</Button>
      </div>
      <MoveReview
        move={move}
        account={status.account}
        says={preview === null ? ['Write how much first.'] : preview.says}
        ready={preview?.ok === true && network.data !== undefined}
        quiet
        onSign={() =>
          move.begin({
            title: `Remove ${amountText(atto ?? 0n).shown} BLY of stake`,
            ask: askGateway(api.call, '/api/v1/nodes/unstake', { amountAtto }),
            check: (reply, contracts) => checkUnstake(reply, amountAtto, contracts).transactions,
            event: 'stake_changed',
          })
        }
      />
    </div>
  )
}
