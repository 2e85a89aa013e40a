/** The operator's money as a strip: payable with its button, locked until when, stake as a sum of free and bonds. */
import { useState } from 'react'
import { Link } from 'wouter'
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { Amount } from '../../component/Amount.tsx'
import { Button } from '../../component/Button.tsx'
import { Strip, StripLines } from '../../component/Strip.tsx'
import { Term } from '../../component/Term.tsx'
import { Until } from '../../component/When.tsx'
import { amountText } from '../../format/amount.ts'
import { columnThatAddsUp } from '../why/column.ts'
import { CollectDialog } from './CollectDialog.tsx'
import { lockedUntil, type Standing } from './standing.ts'

const TASKS_LISTED = 6

export function MoneyStrip({ status, standing, now }: { status: NodeStatus; standing: Standing; now: number }) {
  const [open, setOpen] = useState(false)
  const why = `/why/${encodeURIComponent(status.account)}`
  const { collect } = standing
  const [free, bonded] = [BigInt(status.freeAtto), BigInt(status.bondedAtto)]
  const stake = columnThatAddsUp([free, bonded])
  const listed = status.payableFrom.slice(0, TASKS_LISTED)
  const figure = ({ shown, exact }: { shown: string; exact: string }) => (
    <span className="figure" title={exact}>
      {shown}
    </span>
  )
  return (
    <Strip
      title="Your money here, in BLY"
      foot={
        <div className="stack-tight">
          <div className="row">
            <Button
              primary={collect.refusal === null}
              money
              disabled={collect.refusal !== null}
              onClick={() => setOpen(true)}
            >
              {collect.refusal === null ? `Collect ${amountText(collect.amountAtto).shown} BLY` : 'Collect'}
            </Button>
            <span className="detail">{collect.refusal ?? 'Pressing it now forfeits nothing.'}</span>
          </div>
        </div>
      }
    >
      <StripLines
        lines={[
          { what: <Term of="collect">payable now</Term>, figure: <Amount value={status.payableAtto} why={why} /> },
          {
            what: (
              <>
                locked{' '}
                <span className="detail">{BigInt(status.lockedAtto) === 0n ? '' : lockedUntil(status, now)}</span>
              </>
            ),
            figure: <Amount value={status.lockedAtto} why={why} />,
          },
          ...listed.map(({ task, amountAtto, at }) => ({
            what: (
              <>
                <Link href={`/task/${task}`}>task {task}</Link>{' '}
                {at === null ? (
                  'still runs'
                ) : at > now ? (
                  <>
                    payable in <Until at={at} />
                  </>
                ) : (
                  'as soon as someone moves it on'
                )}
              </>
            ),
            figure: <Amount value={amountAtto} why={`${why}?task=${task}`} />,
            part: true,
          })),
          ...(status.payableFrom.length > listed.length
            ? [
                {
                  what: <Link href={why}>{status.payableFrom.length - listed.length} more tasks</Link>,
                  figure: '',
                  part: true,
                },
              ]
            : []),
          ...(BigInt(status.payingAtto) > 0n
            ? [{ what: 'on its way to you', figure: <Amount value={status.payingAtto} why={why} /> }]
            : []),
          { what: <span>stake, free</span>, figure: figure(stake.parts[0]!) },
          {
            what: (
              <span>
                stake, held as <Term of="bond">bonds</Term>
              </span>
            ),
            figure: figure(stake.parts[1]!),
          },
          {
            what: (
              <span>
                stake in all, {status.seats} {status.seats === 1 ? 'seat' : 'seats'}
              </span>
            ),
            figure: figure(stake.total),
            sum: true,
          },
        ]}
      />
      {open ? <CollectDialog status={status} collect={collect} onClose={() => setOpen(false)} /> : null}
    </Strip>
  )
}
