/** Each draw as a dot: paid filled, unpaid with a bar through it, passed over a cross, open dashed; the reason with each. */

import { absoluteText } from '../format/time.ts'
import type { DrawDot, DrawResult } from './draws.ts'
import { DRAW_RESULTS, drawsTitle, layDraws, passedReasons } from './draws.ts'
import { Figure } from './Figure.tsx'
import { frame } from './frame.ts'
import { Decor, Plot } from './Plot.tsx'
import { crossPath } from './path.ts'
import { useMarks } from './useMarks.ts'

export const DRAW_WORDS: Readonly<Record<DrawResult, string>> = {
  paid: 'paid',
  unpaid: 'unpaid',
  passed: 'passed over',
  open: 'open',
}

export function DrawsChart({ dots, source }: { dots: readonly DrawDot[]; source: string }) {
  const marks = useMarks(dots.length)
  const reasons = passedReasons(dots)
  const tell = ({ at, task, round, role, result, why }: DrawDot) =>
    `${absoluteText(at)}: task ${task}, round ${round + 1}, ${role}: ${DRAW_WORDS[result]}${why === '' ? '' : `, ${why}`}`
  return (
    <Figure
      title={drawsTitle(dots)}
      note={
        reasons.length === 0
          ? 'Passed over: none.'
          : `Passed over: ${reasons.map(({ why, count }) => `${count} × ${why}`).join('; ')}.`
      }
      source={{ href: source, label: 'Source: the market’s draws, JSON' }}
      readout={marks.readout}
      legend={
        <ul className="chart-legend">
          {DRAW_RESULTS.map((result) => (
            <li key={result}>
              <svg width="14" height="14" aria-hidden="true">
                <Dot result={result} x={7} y={7} />
              </svg>
              {DRAW_WORDS[result]}
            </li>
          ))}
        </ul>
      }
      table={{
        columns: [
          { title: 'time' },
          { title: 'task' },
          { title: 'round' },
          { title: 'role' },
          { title: 'result' },
          { title: 'why' },
        ],
        rows: dots
          .toReversed()
          .map((dot) => [
            absoluteText(dot.at),
            dot.task,
            `${dot.round + 1}`,
            dot.role,
            DRAW_WORDS[dot.result],
            dot.why,
          ]),
        exact: dots
          .toReversed()
          .map((dot) => [
            new Date(dot.at).toISOString(),
            dot.task,
            dot.round + 1,
            dot.role,
            DRAW_WORDS[dot.result],
            dot.why,
          ]),
      }}
    >
      {(width, label) => {
        const at = frame(width, 0, { left: 4, right: 4, top: 8, bottom: 26 })
        const picture = layDraws(dots, at)
        if (dots.length === 0) return null
        return (
          <Plot width={at.width} height={picture.height} label={label}>
            <Decor>
              <line
                className="chart-zero"
                x1={at.left}
                x2={at.width - at.right}
                y1={picture.height - at.bottom}
                y2={picture.height - at.bottom}
              />
              <text className="chart-tick" x={at.left} y={picture.height - 8}>
                {dayOf(picture.from)}
              </text>
              {picture.from === picture.to ? null : (
                <text className="chart-tick" x={at.width - at.right} y={picture.height - 8} textAnchor="end">
                  {dayOf(picture.to)}
                </text>
              )}
              {picture.more.map(({ x, y, count }) => (
                <text key={x} className="chart-tick" x={x} y={y + 4} textAnchor="middle">
                  +{count}
                </text>
              ))}
            </Decor>
            {picture.dots.map((dot, i) => (
              <g key={`${dot.task}/${dot.round}/${dot.role}/${dot.at}`} {...marks.mark(i, tell(dot))}>
                <rect className="chart-hit" x={dot.x - 7} y={dot.y - 7} width={14} height={14} />
                <Dot result={dot.result} x={dot.x} y={dot.y} />
              </g>
            ))}
          </Plot>
        )
      }}
    </Figure>
  )
}

const dayOf = (at: number): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(at)

/** Shapes differ, so that nothing hangs on colour. */
function Dot({ result, x, y }: { result: DrawResult; x: number; y: number }) {
  switch (result) {
    case 'paid':
      return <circle className="chart-dot-paid" cx={x} cy={y} r={5} />
    case 'unpaid':
      return (
        <g className="chart-dot-unpaid">
          <circle cx={x} cy={y} r={4.5} />
          <line x1={x - 4.5} x2={x + 4.5} y1={y} y2={y} />
        </g>
      )
    case 'passed':
      return <path className="chart-dot-passed" d={crossPath(x, y, 3.5)} />
    case 'open':
      return <circle className="chart-dot-open" cx={x} cy={y} r={4.5} />
  }
}
