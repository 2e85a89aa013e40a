/** The round card, live; earlier rounds can be looked at again. */
import { lazy, Suspense, useState } from 'react'
import type { RoundDetail, TaskDetail } from '../../../../chain/client/gateway/index.ts'
import { RoundCard } from '../../component/RoundCard.tsx'
import { Empty, Skeleton } from '../../component/states.tsx'

const RoundTimeline = lazy(async () => ({ default: (await import('../../chart/RoundTimeline.tsx')).RoundTimeline }))

export function Rounds({ task }: { task: TaskDetail }) {
  const { roundDetails, rounds } = task
  /** Null follows the present round. */
  const [chosen, setChosen] = useState<number | null>(null)
  const last = roundDetails.at(-1)
  const shown = roundDetails.find(({ index }) => index === chosen) ?? last
  if (shown === undefined || last === undefined) {
    return <Empty>No round has begun: operators are drawn with the next block, within about half a minute.</Empty>
  }
  return (
    <div className="stack-tight">
      {shown.submissions.length === 0 && shown.settledAt !== null ? (
        <Empty>Nobody was drawn in round {shown.index + 1}.</Empty>
      ) : (
        <RoundCard round={shown} rounds={rounds} />
      )}
      {roundDetails.length > 1 ? (
        <ul className="round-dots" aria-label="Rounds">
          {roundDetails.map(({ index }) => (
            <li key={index}>
              <button
                type="button"
                aria-pressed={index === shown.index}
                aria-label={`Round ${index + 1}`}
                onClick={() => setChosen(index === last.index ? null : index)}
              >
                {index + 1}
              </button>
            </li>
          ))}
          {shown.index === last.index ? null : (
            <li>
              <button type="button" onClick={() => setChosen(null)}>
                now
              </button>
            </li>
          )}
        </ul>
      ) : null}
      {shown.submissions.length === 0 ? null : <RoundInTime task={task} round={shown} />}
    </div>
  )
}

/** The same round by the clock; its code comes when somebody opens it. */
function RoundInTime({ task, round }: { task: TaskDetail; round: RoundDetail }) {
  const [open, setOpen] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>This round in time</summary>
      {open ? (
        <Suspense fallback={<Skeleton lines={4} what="the timeline" />}>
          <RoundTimeline
            round={round}
            outcomes={task.outcomes}
            spec={task.spec}
            now={Math.max(Date.now(), task.asOf.at)}
            source={`/api/v1/tasks/${task.id}`}
          />
        </Suspense>
      ) : null}
    </details>
  )
}
