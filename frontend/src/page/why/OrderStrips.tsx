/** Orders of a requester, each as a strip that adds up to what was set aside. */
import { Link } from 'wouter'
import type { WhyReply } from '../../../../chain/client/gateway/index.ts'
import { ButtonLink } from '../../component/Button.tsx'
import { Stamp } from '../../component/Stamp.tsx'
import { Strip, StripLines } from '../../component/Strip.tsx'
import { Empty } from '../../component/states.tsx'
import { toOrderStrip } from './orders.ts'

export function OrderStrips({ orders }: { orders: WhyReply['orders'] }) {
  if (orders.length === 0) {
    return <Empty action={<ButtonLink href="/new">Train a model</ButtonLink>}>This account has ordered no work.</Empty>
  }
  return (
    <div className="stack">
      {orders.map(toOrderStrip).map(({ task, state, reason, parts, total, agrees }) => (
        <Strip
          key={task}
          title={
            <Link href={`/task/${task}`}>
              Task {task}, {state}
              {reason === null ? '' : ` (${reason})`}
            </Link>
          }
          foot={agrees ? undefined : <Stamp mark={{ word: 'does not add up', tone: 'bad' }} />}
        >
          <StripLines
            lines={[
              ...parts.map(({ words, shown, exact }) => ({
                what: words,
                figure: (
                  <span className="figure figure-long" title={exact}>
                    {shown}
                  </span>
                ),
              })),
              {
                what: 'set aside for it',
                sum: true,
                figure: (
                  <span className="figure figure-long" title={total.exact}>
                    {total.shown}
                  </span>
                ),
              },
            ]}
          />
        </Strip>
      ))}
    </div>
  )
}
