/** A round in time: a bar for each phase of each operator, spare time behind it, deadlines as lines. */
import type { RoundDetail, TaskDetail } from '../../../chain/client/gateway/index.ts'
import { shortAccount } from '../format/hash.ts'
import { spanText } from '../format/time.ts'
import { PHASE_MARKS } from '../words/phases.ts'
import { XLabels } from './Axes.tsx'
import { Figure } from './Figure.tsx'
import { frame } from './frame.ts'
import { Decor, Plot } from './Plot.tsx'
import { tickText } from './scale.ts'
import { layTimeline, ROW_HEIGHT, TIMELINE_PHASES, timelineTitle, toTimeline } from './timeline.ts'
import { useMarks } from './useMarks.ts'

export interface RoundTimelineProps {
  round: RoundDetail
  outcomes: TaskDetail['outcomes']
  spec: TaskDetail['spec']
  /** Protocol time, ms. */
  now: number
  source: string
}

export function RoundTimeline({ round, outcomes, spec, now, source }: RoundTimelineProps) {
  const timeline = toTimeline(round, outcomes, spec, now)
  const bars = timeline.operators.flatMap(({ account, bars: own }) => own.map((bar) => ({ account, ...bar })))
  const marks = useMarks(bars.length)
  const spareOf = (phase: string, to: number): number | null => {
    const deadline = timeline.deadlines.find((line) => line.phase === phase)
    return deadline === undefined ? null : deadline.at - to
  }
  const tell = ({ account, phase, from, to, open }: (typeof bars)[number]) => {
    const spare = spareOf(phase, to)
    const margin = spare === null ? '' : open ? `, ${spanText(spare)} left` : `, ${spanText(spare)} spare`
    return `${account}, ${PHASE_MARKS[phase].word}: ${spanText(to - from)}${open ? ' and no word yet' : ''}${margin}`
  }
  const seconds = (ms: number) => ((ms - timeline.from) / 1000).toFixed(1)
  return (
    <Figure
      title={timelineTitle(timeline, round.index)}
      note="Seconds since the round began. Filled: at work; outlined: spare before the deadline, which is the upright line."
      source={{ href: source, label: 'Source: the task’s rounds, JSON' }}
      readout={marks.readout}
      legend={<PhaseLegend />}
      table={{
        columns: [
          { title: 'operator' },
          { title: 'phase' },
          { title: 'from, s', figure: true },
          { title: 'to, s', figure: true },
          { title: 'spare, s', figure: true },
        ],
        rows: bars.map(({ account, phase, from, to, open }) => {
          const spare = spareOf(phase, to)
          return [
            account,
            PHASE_MARKS[phase].word,
            seconds(from),
            open ? 'no word yet' : seconds(to),
            spare === null || open ? '' : (spare / 1000).toFixed(1),
          ]
        }),
      }}
    >
      {(width, label) => {
        const left = width < 480 ? 96 : 168
        const height = 28 + timeline.operators.length * ROW_HEIGHT + 44
        const at = frame(width, height, { left, top: 28, bottom: 44 })
        const picture = layTimeline(timeline, at)
        let mark = -1
        return (
          <Plot width={at.width} height={height} label={label}>
            <XLabels
              at={at}
              labels={picture.axis.ticks.map((tick) => ({
                x: picture.toX(timeline.from + tick * 1000),
                text: tickText(tick, picture.axis.digits),
              }))}
              unit="seconds"
            />
            <Decor>
              {picture.deadlines.map(({ phase, x }) => (
                <line key={phase} className="chart-deadline" x1={x} x2={x} y1={20} y2={height - at.bottom} />
              ))}
              {spaced(picture.deadlines, LABEL_ROOM).map(({ phase, x, seconds: at_ }) => (
                <text key={phase} className="chart-tick" x={x} y={14} textAnchor="end">
                  {Math.round(at_)} s
                </text>
              ))}
            </Decor>
            {picture.rows.map(({ account, y, height: thick, bars: own, spare }) => (
              <g key={account}>
                <Decor>
                  <text className="chart-row" x={0} y={y + thick - 2}>
                    {clip(shortAccount(account), left)}
                  </text>
                </Decor>
                {spare.map(({ phase, x, width: wide }) => (
                  <rect key={phase} className="chart-spare" x={x} y={y + 0.5} width={wide} height={thick - 1} />
                ))}
                {own.map((bar) => {
                  mark += 1
                  const place = TIMELINE_PHASES.indexOf(bar.phase)
                  return (
                    <g key={bar.phase} {...marks.mark(mark, tell({ account, ...bar }))}>
                      <rect
                        className={`chart-bar chart-phase-${place}${bar.open ? ' chart-open' : ''}`}
                        x={bar.x}
                        y={y}
                        width={bar.width}
                        height={thick}
                      />
                      {bar.width < 20 ? null : (
                        <text className="chart-bar-letter" x={bar.x + 4} y={y + thick - 3}>
                          {PHASE_MARKS[bar.phase].word[0]}
                        </text>
                      )}
                    </g>
                  )
                })}
              </g>
            ))}
          </Plot>
        )
      }}
    </Figure>
  )
}

/** Pixels that a deadline's label takes. */
const LABEL_ROOM = 44

/** Of marks in order, those whose labels do not run into the one before; the table has all. */
function spaced<T extends { x: number }>(marks: readonly T[], room: number): T[] {
  const kept: T[] = []
  for (const mark of marks) if (kept.length === 0 || mark.x - kept.at(-1)!.x >= room) kept.push(mark)
  return kept
}

/** Names are in whole in the table; here they must not run into the bars. */
const clip = (name: string, left: number): string => {
  const most = Math.floor(left / 7.2)
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`
}

function PhaseLegend() {
  return (
    <ul className="chart-legend">
      {TIMELINE_PHASES.map((phase, i) => (
        <li key={phase}>
          <svg width="22" height="14" aria-hidden="true">
            <rect className={`chart-bar chart-phase-${i}`} width="22" height="14" />
            <text className="chart-bar-letter" x="6" y="11">
              {PHASE_MARKS[phase].word[0]}
            </text>
          </svg>
          {PHASE_MARKS[phase].word}
        </li>
      ))}
      <li>
        <svg width="22" height="14" aria-hidden="true">
          <rect className="chart-spare" x="0.5" y="0.5" width="21" height="13" />
        </svg>
        spare
      </li>
    </ul>
  )
}
