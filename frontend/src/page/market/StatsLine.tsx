/** The market's size in one line: small is called small. */
import type { NetworkStats } from '../../../../chain/client/gateway/index.ts'
import type { Asked } from '../../api/queries.ts'
import { Amount } from '../../component/Amount.tsx'
import { When } from '../../component/When.tsx'
import { countText } from '../../format/amount.ts'

/** Fewer operators than three trainers with three validators each need. */
const SMALL = 9

export function StatsLine({ stats: { data } }: { stats: Asked<NetworkStats> }) {
  if (data === undefined) return <p className="stats" />
  const running = ['Pending', 'Assigned', 'InProgress'].reduce((sum, state) => sum + (data.tasks[state] ?? 0), 0)
  return (
    <ul className="stats">
      <li>
        <strong className="figure">{countText(data.operators)}</strong>{' '}
        {data.operators === 1 ? 'operator' : 'operators'}
        {data.operators < SMALL ? ', a small pool' : ''}
      </li>
      <li>
        <strong className="figure">{countText(running)}</strong> {running === 1 ? 'task' : 'tasks'} running
      </li>
      <li>
        <strong className="figure">{countText(data.receipts)}</strong> {data.receipts === 1 ? 'receipt' : 'receipts'}
        {data.lastReceiptAt === null ? (
          ', none yet'
        ) : (
          <>
            , last <When at={data.lastReceiptAt} />
          </>
        )}
      </li>
      <li>
        <strong>
          <Amount value={data.paidAtto} withUnit />
        </strong>{' '}
        paid, <Amount value={data.lostAtto} withUnit /> lost to false work
      </li>
    </ul>
  )
}
