/** Tasks as lines of a ledger: running ones with their card in small, ended ones as sentences. */
import { Link } from 'wouter'
import type { TaskSummary } from '../../../../chain/client/gateway/index.ts'
import { Amount } from '../../component/Amount.tsx'
import { RoundCardSmall } from '../../component/RoundCard.tsx'
import { Stamp } from '../../component/Stamp.tsx'
import { When } from '../../component/When.tsx'
import { PHASE_MARKS, pageSentence, STATE_MARKS } from '../../words/phases.ts'

export function RunningList({ tasks }: { tasks: readonly TaskSummary[] }) {
  return (
    <ul className="entries">
      {tasks.map((task) => (
        <li key={task.id} className="entry">
          <RoundCardSmall task={task} />
          <div className="entry-text">
            <Link href={`/task/${task.id}`} className="entry-lead">
              {pageSentence(task)}
            </Link>
            <p className="detail">
              Task {task.id} by <bdi>{task.requester}</bdi>, certainty {task.certainty} %
              {task.smallPool ? ', small pool' : ''}, <When at={task.createdAt} />
            </p>
          </div>
          <div className="entry-end">
            <Stamp mark={PHASE_MARKS[task.phase]} quiet />
            <span className="detail">
              paid <Amount value={task.paidAtto} why={`/task/${task.id}`} /> of{' '}
              <Amount value={task.bountyAtto} direction="cost" why={`/task/${task.id}`} /> BLY
            </span>
          </div>
        </li>
      ))}
    </ul>
  )
}

export function OutcomeList({ tasks }: { tasks: readonly TaskSummary[] }) {
  return (
    <ul className="entries">
      {tasks.map((task) => (
        <li key={task.id} className="entry entry-ended">
          <div className="entry-text">
            <Link href={`/task/${task.id}`} className="entry-lead">
              {pageSentence(task)}
            </Link>
            <p className="detail">
              Task {task.id} by <bdi>{task.requester}</bdi>: {task.roundsSettled} of {task.rounds} rounds, paid{' '}
              <Amount value={task.paidAtto} why={`/task/${task.id}`} />, returned{' '}
              <Amount value={task.returnedAtto} why={`/task/${task.id}`} /> BLY
            </p>
          </div>
          <div className="entry-end">
            <Stamp mark={STATE_MARKS[task.state]} />
          </div>
        </li>
      ))}
    </ul>
  )
}
