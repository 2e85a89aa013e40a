/** The round card, live; earlier rounds can be looked at again. */
import { useState } from 'react'
import type { TaskDetail } from '../../../../chain/client/gateway/index.ts'
import { RoundCard } from '../../component/RoundCard.tsx'
import { Empty } from '../../component/states.tsx'

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
    </div>
  )
}
