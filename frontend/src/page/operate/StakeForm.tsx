/** A first stake names what the machine does and where peers reach it; a later one adds to it. Risk is said before. */
import { useState } from 'react'
import { type NodeStatus, peerUrl, type StakeBody } from '../../../../chain/client/gateway/index.ts'
import { checkStake } from '../../../../chain/client/sdk/decode.ts'
import { useNetwork } from '../../api/queries.ts'
import { Field } from '../../component/Field.tsx'
import { Loaded } from '../../component/states.tsx'
import { amountText } from '../../format/amount.ts'
import { useServices } from '../../shell/services.tsx'
import { typedAmount } from './amountField.ts'
import { MoveReview } from './MoveReview.tsx'
import { stakePreview } from './standing.ts'
import { type MarketLimits, useMarketLimits } from './useMarket.ts'
import { askGateway, useMove } from './useMove.ts'

const ROLES = ['trainer', 'validator'] as const

export function StakeForm({ account, status }: { account: string; status: NodeStatus | null }) {
  const limits = useMarketLimits()
  return (
    <Loaded asked={limits} what="the market’s limits" lines={4}>
      {(data) => <Form account={account} status={status} limits={data} />}
    </Loaded>
  )
}

/** `?add=` of a link that says how much is missing, attoBLY. */
function suggested(): string {
  const add = new URLSearchParams(window.location.search).get('add') ?? ''
  return /^\d{1,39}$/.test(add) ? amountText(BigInt(add), { direction: 'cost' }).shown : ''
}

function Form({ account, status, limits }: { account: string; status: NodeStatus | null; limits: MarketLimits }) {
  const { api } = useServices()
  const network = useNetwork()
  const move = useMove(account, network.data)
  const [text, setText] = useState(() => (status === null ? '200' : suggested()))
  const [roles, setRoles] = useState<readonly (typeof ROLES)[number][]>(['trainer'])
  const [peer, setPeer] = useState('')
  const isFirst = status === null || (BigInt(status.stakeAtto) === 0n && status.unbonding.length === 0)
  const { atto, problem } = typedAmount(text)
  const stake = BigInt(status?.stakeAtto ?? 0)
  const preview = atto === null ? null : stakePreview(stake, atto, limits)
  const peerProblem =
    isFirst && peer !== '' && !peerUrl.safeParse(peer).success
      ? 'Write an http address, such as http://203.0.113.7:4401.'
      : null
  const ready = preview?.ok === true && (!isFirst || (roles.length > 0 && peerUrl.safeParse(peer).success))
  const body: StakeBody = {
    amountAtto: `${atto ?? 0n}`,
    ...(isFirst ? { roles: [...roles], peer, class: 'cloud' as const, kind: 'cpu' } : {}),
  }
  const title = `Stake ${amountText(atto ?? 0n, { direction: 'cost' }).shown} BLY`
  return (
    <div className="stack operate-form">
      <Field
        label="How much, in BLY"
        hint={`A seat is ${amountText(limits.seatAtto).shown} BLY and one ticket in the draw.`}
        problem={problem}
      >
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
      {isFirst ? (
        <>
          <fieldset className="operate-roles">
            <legend>What the machine does</legend>
            {ROLES.map((role) => (
              <label key={role}>
                <input
                  type="checkbox"
                  checked={roles.includes(role)}
                  onChange={({ target }) =>
                    setRoles(target.checked ? [...roles, role] : roles.filter((each) => each !== role))
                  }
                />
                {role === 'trainer' ? 'trains models' : 'redoes samples of others'}
              </label>
            ))}
          </fieldset>
          <Field
            label="Where peers reach it"
            hint="The address that ./blyan node prints: peers fetch your work there."
            problem={peerProblem}
          >
            {(ids) => (
              <input
                {...ids}
                className="input mono"
                value={peer}
                maxLength={200}
                spellCheck={false}
                autoComplete="off"
                placeholder="http://"
                onChange={({ target }) => setPeer(target.value.trim())}
              />
            )}
          </Field>
        </>
      ) : null}
      <MoveReview
        move={move}
        account={account}
        says={preview === null ? ['Write how much first.'] : preview.says}
        ready={ready && network.data !== undefined}
        quiet={!isFirst}
        onSign={() =>
          move.begin({
            title,
            ask: askGateway(api.call, `/api/v1/nodes/${isFirst ? 'register' : 'stake'}`, body),
            check: (reply, contracts) => checkStake(reply, body, contracts).transactions,
            event: 'stake_changed',
          })
        }
      />
    </div>
  )
}
