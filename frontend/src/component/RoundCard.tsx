/** The round card: the emblem of this market, filled by events, the same on command line and page. */
import type { RoundDetail, TaskSummary } from '../../../chain/client/gateway/index.ts'
import { commonSuffix, shortAccount } from '../format/hash.ts'
import { PHASE_MARKS } from '../words/phases.ts'
import { CARD_STEPS, type Cell, roundCells } from './roundCells.ts'
import { Stamp } from './Stamp.tsx'
import { Until } from './When.tsx'

export function RoundCard({ round, rounds }: { round: RoundDetail; rounds: number }) {
  const rows = roundCells(round)
  const suffix = commonSuffix(rows.map(({ account }) => account))
  const firstValidator = rows.findIndex(({ role }) => role === 'validator')
  return (
    <section className="round-card" aria-label={`Round ${round.index + 1} of ${rounds}`}>
      <div className="section-head round-card-head">
        <h2>
          Round {round.index + 1} of {rounds}
          {round.attempt > 0 ? `, attempt ${round.attempt + 1}` : ''}
        </h2>
        <span className="row">
          {round.settledAt === null && round.deadline !== null ? (
            <span className="detail">
              ends by itself in <Until at={round.deadline} past="a moment" />
            </span>
          ) : null}
          <Stamp mark={PHASE_MARKS[round.shown]} quiet={round.settledAt === null} />
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="round-card-scroll" tabIndex={0} aria-label="Operators and their steps">
        <table>
          <thead>
            <tr>
              <th scope="col">operator</th>
              {CARD_STEPS.map((step) => (
                <th key={step} scope="col">
                  {step}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.length === 0 ? (
              <tr>
                <td colSpan={CARD_STEPS.length + 1} className="detail">
                  Operators are drawn with the next block that moves the task on.
                </td>
              </tr>
            ) : null}
            {rows.map(({ account, role, cells }, i) => (
              <tr key={`${role} ${account}`} className={i === firstValidator && i > 0 ? 'role-break' : undefined}>
                <th scope="row">
                  <bdi title={`${role} ${account}`}>
                    {shortAccount(account.slice(0, account.length - suffix.length))}
                  </bdi>
                  <span className="hidden-visually"> ({role})</span>
                </th>
                {cells.map((cell, step) => (
                  <td key={CARD_STEPS[step]}>
                    <CardCell cell={cell} quiet={role === 'validator' && (step === 1 || step === 2)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}

function CardCell({ cell, quiet }: { cell: Cell; quiet: boolean }) {
  if (quiet) return null
  return (
    <span className="cell" data-fill={cell.fill}>
      {cell.text === '' ? <span className="hidden-visually">to come</span> : cell.text}
    </span>
  )
}

/** The card in small, for lists: a square per round, filled as far as it has come. */
export function RoundCardSmall({
  task,
}: {
  task: Pick<TaskSummary, 'rounds' | 'roundsSettled' | 'round' | 'state' | 'workers'>
}) {
  const shown = Math.min(task.rounds, 24)
  const rows = Math.min(task.workers, 4)
  const width = shown * 11
  const cell = (round: number): string =>
    round < task.roundsSettled
      ? 'var(--ink)'
      : round === task.round && task.state !== 'Pending'
        ? 'var(--wait)'
        : 'none'
  return (
    <div className="round-small">
      <svg
        width={width}
        height={rows * 8 + 4}
        viewBox={`0 0 ${width} ${rows * 8 + 4}`}
        role="img"
        aria-label={`${task.roundsSettled} of ${task.rounds} rounds settled`}
      >
        {Array.from({ length: shown * rows }, (_, i) => {
          const [round, row] = [i % shown, Math.floor(i / shown)]
          const fill = cell(round)
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: squares of a fixed grid
              key={i}
              x={round * 11 + 1}
              y={row * 8 + 2}
              width={8.5}
              height={5.5}
              fill={fill}
              stroke={fill === 'none' ? 'var(--edge)' : fill}
            />
          )
        })}
      </svg>
      <span className="detail">
        {task.roundsSettled} of {task.rounds}
      </span>
    </div>
  )
}
