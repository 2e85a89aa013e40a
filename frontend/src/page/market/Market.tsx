/** The market: what it is in a sentence, what runs now, what happened last. */
import type { TaskSummary } from '../../../../chain/client/gateway/index.ts'
import { useNetworkStats, useTask, useTasks } from '../../api/queries.ts'
import { ButtonLink } from '../../component/Button.tsx'
import { LiveRegion } from '../../component/LiveRegion.tsx'
import { RoundCard } from '../../component/RoundCard.tsx'
import { Empty, Loaded } from '../../component/states.tsx'
import { useTitle } from '../../shell/title.ts'
import { isRunning } from '../../words/phases.ts'
import { HowCheckingWorks } from './HowCheckingWorks.tsx'
import { StatsLine } from './StatsLine.tsx'
import { OutcomeList, RunningList } from './TaskLists.tsx'

export default function Market() {
  useTitle('')
  const stats = useNetworkStats()
  const tasks = useTasks({ limit: 30 })
  const running = tasks.data?.filter(({ state }) => isRunning(state)) ?? []
  return (
    <div className="page">
      <div className="page-head">
        <h1>Strangers’ machines train your model. Their work is redone in part; each payment says why.</h1>
        <div className="row">
          <ButtonLink href="/new" primary>
            Train a model
          </ButtonLink>
          <ButtonLink href="/operate">Earn with this machine</ButtonLink>
        </div>
        <StatsLine stats={stats} />
      </div>
      <Loaded asked={tasks} what="the tasks" lines={8}>
        {(all) => <Lists all={all} />}
      </Loaded>
      <HowCheckingWorks />
      <LiveRegion sentence={running[0]?.sentence ?? ''} />
    </div>
  )
}

/** The newest running task's round card, live. */
function NewestCard({ id }: { id: string }) {
  const task = useTask(id).data
  const round = task?.roundDetails.at(-1)
  if (task === undefined || round === undefined) return null
  return (
    <div className="newest-card">
      <RoundCard round={round} rounds={task.rounds} />
    </div>
  )
}

function Lists({ all }: { all: readonly TaskSummary[] }) {
  const running = all.filter(({ state }) => isRunning(state))
  const ended = all.filter(({ state }) => !isRunning(state)).slice(0, 5)
  return (
    <div className="stack market-lists">
      <section className="stack-tight">
        <div className="section-head">
          <h2>Running now</h2>
          <span className="detail">{running.length === 1 ? '1 task' : `${running.length} tasks`}</span>
        </div>
        {running.length === 0 ? (
          <Empty>No task is running. Operators wait; the first round of a new one starts in about half a minute.</Empty>
        ) : (
          <>
            <RunningList tasks={running} />
            <NewestCard id={running[0]!.id} />
          </>
        )}
      </section>
      <section className="stack-tight">
        <div className="section-head">
          <h2>What happened last</h2>
        </div>
        {ended.length === 0 ? <Empty>No task has ended yet on this network.</Empty> : <OutcomeList tasks={ended} />}
      </section>
    </div>
  )
}
