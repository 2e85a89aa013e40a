/** Stake as a sum that adds up as shown: what is free, and what running rounds hold as bonds. */
import { Link } from 'wouter'
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { StripLines } from '../../component/Strip.tsx'
import { Term } from '../../component/Term.tsx'
import { amountText } from '../../format/amount.ts'
import { columnThatAddsUp } from '../why/column.ts'

export function StakeLines({ status }: { status: NodeStatus }) {
  const [stake, free, bonded] = [BigInt(status.stakeAtto), BigInt(status.freeAtto), BigInt(status.bondedAtto)]
  // After a removal, bonds may reach into stake that is leaving.
  const inStake = stake - free
  const column = columnThatAddsUp([free, inStake])
  const why = `/why/${encodeURIComponent(status.account)}`
  const figure = ({ shown, exact }: { shown: string; exact: string }) => (
    <Link href={why} className="amount amount-why" data-exact={exact} aria-label={`${shown} BLY: why`}>
      <span className="figure figure-long">{shown}</span>
    </Link>
  )
  return (
    <StripLines
      lines={[
        { what: 'stake that is free', figure: figure(column.parts[0]!) },
        {
          what: (
            <span>
              held as <Term of="bond">bonds</Term> of running rounds
              {bonded > inStake ? (
                <span className="detail"> and {amountText(bonded - inStake).shown} of what is leaving</span>
              ) : null}
            </span>
          ),
          figure: figure(column.parts[1]!),
        },
        {
          what: (
            <span>
              stake in all, {status.seats} <Term of="seat">{status.seats === 1 ? 'seat' : 'seats'}</Term>
            </span>
          ),
          figure: figure(column.total),
          sum: true,
        },
      ]}
    />
  )
}
