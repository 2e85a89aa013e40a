/** An operator that has staked: money first, then what each day and each draw brought. */
import { lazy, Suspense } from 'react'
import { Link } from 'wouter'
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { DrawsChart } from '../../chart/DrawsChart.tsx'
import { toDrawDots } from '../../chart/draws.ts'
import { EarningsChart } from '../../chart/EarningsChart.tsx'
import { toEarningDays } from '../../chart/earnings.ts'
import { Sentence } from '../../component/Sentence.tsx'
import { Stamp } from '../../component/Stamp.tsx'
import { Empty, Skeleton } from '../../component/states.tsx'
import { Tabs } from '../../component/Tabs.tsx'
import { useNow } from '../../component/useNow.ts'
import { amountText, countText } from '../../format/amount.ts'
import { useTitle } from '../../shell/title.ts'
import { Faults } from './Faults.tsx'
import { LeavingList } from './LeavingList.tsx'
import { MoneyStrip } from './MoneyStrip.tsx'
import { MoveList } from './MoveList.tsx'
import { NodeFacts } from './NodeFacts.tsx'
import { StakeForm } from './StakeForm.tsx'
import { standingOf } from './standing.ts'
import { UnstakeForm } from './UnstakeForm.tsx'
import { WorkerKey } from './WorkerKey.tsx'

/** Its own code: EVM's wallets and calls come only where somebody asks for them. */
const LinkEvm = lazy(() => import('./LinkEvm.tsx'))

export function Operator({ status }: { status: NodeStatus }) {
  // Protocol time: never behind the block that the figures are of.
  const now = Math.max(useNow(5_000), status.asOf.at)
  const standing = standingOf(status, now)
  const { days, leftOut } = toEarningDays(status.earnings)
  const dots = toDrawDots(status.draws)
  const source = `/api/v1/nodes/${encodeURIComponent(status.account)}/status`
  const payable = amountText(standing.collect.amountAtto).shown
  useTitle(standing.collect.amountAtto > 0n ? `${payable} BLY payable` : `${standing.word}, ${status.account}`)
  return (
    <>
      <header className="page-head">
        <div>
          <Stamp mark={standing} />
        </div>
        <h1>
          <Sentence text={standing.sentence} name={status.account} />
        </h1>
        <p>{standing.next}</p>
        <p className="detail">On chain as of block {countText(status.asOf.height)}, reported by this gateway.</p>
      </header>
      <MoveList account={status.account} />
      <div className="columns">
        <MoneyStrip status={status} standing={standing} now={now} />
        <div className="stack operate-side">
          <Faults status={status} />
          <LeavingList status={status} leaving={standing.leaving} now={now} />
        </div>
      </div>
      {days.length === 0 ? (
        <Empty>No earnings yet: pay is booked when a round that drew this machine settles.</Empty>
      ) : (
        <EarningsChart days={days} leftOut={leftOut} source={source} />
      )}
      {dots.length === 0 ? (
        <Empty>No draw yet since it staked: a draw happens when a task needs operators of its class.</Empty>
      ) : (
        <DrawsChart dots={dots} source={source} />
      )}
      <p>
        <Link href={`/why/${encodeURIComponent(status.account)}`}>
          Every line of every task, with rule and evidence
        </Link>
      </p>
      <Tabs
        label="Change"
        tabs={[
          { name: 'Add stake', panel: () => <StakeForm account={status.account} status={status} /> },
          { name: 'Remove stake', panel: () => <UnstakeForm status={status} now={now} /> },
          { name: 'Worker key', panel: () => <WorkerKey account={status.account} /> },
          {
            name: 'Link my EVM address',
            panel: () => (
              <Suspense fallback={<Skeleton lines={4} what="the bridge" />}>
                <LinkEvm account={status.account} />
              </Suspense>
            ),
          },
          { name: 'Node', panel: () => <NodeFacts status={status} /> },
        ]}
      />
    </>
  )
}
