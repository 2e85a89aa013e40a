/** What was earned and is not collected yet: payable, locked by task until when, on its way. */
import { Link } from 'wouter'
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { Amount } from '../../component/Amount.tsx'
import { StripLines } from '../../component/Strip.tsx'
import { Term } from '../../component/Term.tsx'
import { Until } from '../../component/When.tsx'
import { lockedUntil } from './standing.ts'

const TASKS_LISTED = 6

export function PayLines({ status, now }: { status: NodeStatus; now: number }) {
  const why = `/why/${encodeURIComponent(status.account)}`
  const listed = status.payableFrom.slice(0, TASKS_LISTED)
  const rest = status.payableFrom.length - listed.length
  return (
    <StripLines
      lines={[
        { what: <Term of="collect">payable now</Term>, figure: <Amount value={status.payableAtto} why={why} /> },
        {
          what: (
            <>
              locked <span className="detail">{BigInt(status.lockedAtto) === 0n ? '' : lockedUntil(status, now)}</span>
            </>
          ),
          figure: <Amount value={status.lockedAtto} why={why} />,
        },
        ...listed.map(({ task, amountAtto, at }) => ({
          what: (
            <>
              <Link href={`/task/${task}`}>task {task}</Link> <Freeing at={at} now={now} />
            </>
          ),
          figure: <Amount value={amountAtto} why={`${why}?task=${task}`} />,
          part: true,
        })),
        ...(rest > 0 ? [{ what: <Link href={why}>{rest} more tasks</Link>, figure: '', part: true }] : []),
        ...(BigInt(status.payingAtto) > 0n
          ? [{ what: 'on its way to you', figure: <Amount value={status.payingAtto} why={why} /> }]
          : []),
      ]}
    />
  )
}

function Freeing({ at, now }: { at: number | null; now: number }) {
  if (at === null) return 'still runs'
  if (at <= now) return 'as soon as someone moves it on'
  return (
    <>
      payable in <Until at={at} />
    </>
  )
}
