/** What happened, one sentence each, with its place on chain. */
import { useState } from 'react'
import type { TaskDetail } from '../../../../chain/client/gateway/index.ts'
import { Account } from '../../component/Account.tsx'
import { Button } from '../../component/Button.tsx'
import { Hash } from '../../component/Hash.tsx'
import { Empty } from '../../component/states.tsx'
import { When } from '../../component/When.tsx'
import { countText } from '../../format/amount.ts'

/** Newest ones that stand before the rest is asked for: the model below them is what one came for. */
const SHOWN_FIRST = 7

export function Outcomes({ task: { outcomes } }: { task: TaskDetail }) {
  const [all, setAll] = useState(false)
  if (outcomes.length === 0) return <Empty>Nothing yet. The first thing to happen is the draw of operators.</Empty>
  // The gateway tells them in the order of the chain.
  const newestFirst = outcomes.toReversed().sort((a, b) => b.height - a.height)
  const shown = all ? newestFirst : newestFirst.slice(0, SHOWN_FIRST)
  return (
    <>
      <ol className="outcomes">
        {shown.map(({ at, height, tx, event, who, what }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: several outcomes may share transaction and event
          <li key={`${tx} ${event} ${i}`}>
            <p>
              {who === '' ? null : who === 'market' ? <strong>market</strong> : <Account id={who} />} <bdi>{what}</bdi>
            </p>
            <p className="detail">
              <When at={at} /> · on chain, block {countText(height)} · <Hash value={tx} label="transaction" />
            </p>
          </li>
        ))}
      </ol>
      {shown.length === newestFirst.length ? null : (
        <div>
          <Button onClick={() => setAll(true)}>All {newestFirst.length} outcomes</Button>
        </div>
      )}
    </>
  )
}
