/** One task: what it waits for or what came of it, its round card live, its loss, its money, its evidence. */
import { lazy, Suspense } from 'react'
import type { TaskDetail } from '../../../../chain/client/gateway/index.ts'
import { useTask } from '../../api/queries.ts'
import { LossChart } from '../../chart/LossChart.tsx'
import { toLossSeries } from '../../chart/loss.ts'
import { Amount } from '../../component/Amount.tsx'
import { LiveRegion } from '../../component/LiveRegion.tsx'
import { Stamp } from '../../component/Stamp.tsx'
import { Empty, Loaded, Skeleton } from '../../component/states.tsx'
import { useTitle } from '../../shell/title.ts'
import { isRunning, PHASE_MARKS, pageSentence, STATE_MARKS } from '../../words/phases.ts'
import { CancelTask } from './CancelTask.tsx'
import { moneyColumn } from './column.ts'
import { DownloadModel } from './DownloadModel.tsx'
import { Outcomes } from './Outcomes.tsx'
import { Rounds } from './Rounds.tsx'
import { TabOpener } from './TabOpener.tsx'
import { TaskEvidence } from './TaskEvidence.tsx'
import { TaskMoney } from './TaskMoney.tsx'

const WriteWithIt = lazy(() => import('./WriteWithIt.tsx'))

export default function Task({ params }: { params: { id?: string } }) {
  const id = params.id ?? ''
  const asked = useTask(id)
  useTitle(asked.data === undefined ? `Task ${id}` : titleOf(asked.data))
  return (
    <Loaded asked={asked} what={`task ${id}`} lines={14}>
      {(task) => <Known task={task} />}
    </Loaded>
  )
}

function Known({ task }: { task: TaskDetail }) {
  const running = isRunning(task.state)
  const column = moneyColumn(task)
  return (
    <article className="page">
      <div className="page-head">
        <div className="row">
          {running ? null : <Stamp mark={STATE_MARKS[task.state]} />}
          <span className="detail">
            Task {task.id} by <bdi>{task.requester}</bdi> · certainty {task.certainty} %
            {task.smallPool ? ' · small pool: the odds are worse than stated' : ''}
          </span>
        </div>
        <h1>{pageSentence(task)}</h1>
        <p>
          Paid <Amount value={task.paidAtto} why={`/why/${task.requester}?task=${task.id}`} /> of{' '}
          <Amount
            value={task.bountyAtto}
            direction="cost"
            text={column.ordered.text ?? undefined}
            why={`/why/${task.requester}?task=${task.id}`}
            withUnit
          />
          {BigInt(task.returnedAtto) > 0n ? (
            <>
              {', '}
              <Amount
                value={task.returnedAtto}
                text={column.returned.text ?? undefined}
                why={`/why/${task.requester}?task=${task.id}`}
                withUnit
              />{' '}
              came back
            </>
          ) : null}
          .
        </p>
        <TabOpener task={task} />
      </div>
      <div className="columns task-columns">
        <div className="stack task-main">
          <Rounds task={task} />
          <section className="stack-tight">
            <div className="section-head">
              <h2>Outcomes, newest first</h2>
            </div>
            <Outcomes task={task} />
          </section>
        </div>
        <div className="stack task-side">
          {task.loss.points.length === 0 ? (
            <Empty>
              {running
                ? 'No loss yet: it is measured when the first round’s test text is open.'
                : 'No loss was measured: no round came to its test text.'}
            </Empty>
          ) : (
            <LossChart series={toLossSeries(task)} source={`/api/v1/tasks/${task.id}`} />
          )}
          <TaskMoney task={task} />
        </div>
      </div>
      {task.roundsSettled > 0 ? (
        <section className="stack">
          <div className="section-head">
            <h2>The model{running ? `, after ${task.roundsSettled} of ${task.rounds} rounds` : ''}</h2>
            <DownloadModel task={task.id} />
          </div>
          <Suspense fallback={<Skeleton lines={3} what="the writer" />}>
            <WriteWithIt task={task.id} />
          </Suspense>
        </section>
      ) : null}
      <TaskEvidence task={task} />
      <CancelTask task={task} />
      <LiveRegion sentence={task.sentence} />
    </article>
  )
}

const titleOf = (task: TaskDetail): string =>
  isRunning(task.state)
    ? `${task.round + 1}/${task.rounds} ${PHASE_MARKS[task.phase].word.toLowerCase()}, task ${task.id}`
    : `${STATE_MARKS[task.state].word}, task ${task.id}`
