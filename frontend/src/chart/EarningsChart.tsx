/** Earnings per day: base, bonus and checking above zero, faults below; each kind has its own pattern. */
import { useId } from 'react'
import { formatBly } from '../../../chain/lib/units.ts'
import { amountText } from '../format/amount.ts'
import { XLabels, YAxis } from './Axes.tsx'
import { EARNING_KINDS, type EarningDay, type EarningKind, earningsTitle, gained, layEarnings } from './earnings.ts'
import { Figure } from './Figure.tsx'
import { frame } from './frame.ts'
import { Plot } from './Plot.tsx'
import { labelEvery } from './scale.ts'
import { useMarks } from './useMarks.ts'

const WORDS: Readonly<Record<EarningKind, string>> = {
  base: 'base',
  bonus: 'bonus',
  checking: 'checking',
  other: 'made good, moved on',
  faults: 'lost by faults',
}

export function EarningsChart({
  days,
  leftOut = 0,
  source,
}: {
  days: readonly EarningDay[]
  leftOut?: number
  source: string
}) {
  const marks = useMarks(days.length)
  const patterns = useId()
  const used = EARNING_KINDS.filter((kind) => days.some(({ amounts }) => amounts[kind] !== 0n))
  const shown = (kind: EarningKind, amount: bigint) =>
    amount === 0n ? '0' : amountText(amount, { signed: true, direction: kind === 'faults' ? 'cost' : 'income' }).shown
  const tell = (day: EarningDay) => {
    const parts = used
      .filter((kind) => day.amounts[kind] !== 0n)
      .map((kind) => `${WORDS[kind]} ${shown(kind, day.amounts[kind])}`)
    return `${day.day}: ${parts.length === 0 ? 'nothing' : `${parts.join(', ')} BLY`}`
  }
  return (
    <Figure
      title={earningsTitle(days)}
      note={`By day, UTC, when it was booked.${leftOut === 0 ? '' : ` ${leftOut} older days are in Why.`}`}
      source={{ href: source, label: 'Source: the ledger’s lines, JSON' }}
      readout={marks.readout}
      legend={
        <ul className="chart-legend">
          {used.map((kind) => (
            <li key={kind}>
              <svg width="18" height="14" aria-hidden="true">
                <Patterns id={`${patterns}legend`} />
                <rect
                  className={`chart-kind-${kind}`}
                  x="0.5"
                  y="0.5"
                  width="17"
                  height="13"
                  fill={fillOf(kind, `${patterns}legend`)}
                />
              </svg>
              {WORDS[kind]}
            </li>
          ))}
        </ul>
      }
      table={{
        columns: [
          { title: 'day, UTC' },
          ...EARNING_KINDS.map((kind) => ({ title: `${WORDS[kind]}, BLY`, figure: true })),
        ],
        rows: days.map(({ day, amounts }) => [day, ...EARNING_KINDS.map((kind) => shown(kind, amounts[kind]))]),
        exact: days.map(({ day, amounts }) => [day, ...EARNING_KINDS.map((kind) => formatBly(amounts[kind]))]),
      }}
    >
      {(width, label) => {
        const at = frame(width, width < 480 ? 200 : 240, { top: 28, left: 44 })
        const picture = layEarnings(days, at)
        const every = labelEvery(days.length, at.width - at.left, 56)
        return (
          <Plot width={at.width} height={at.height} label={label}>
            <Patterns id={patterns} />
            <YAxis at={at} axis={picture.y} toY={picture.toY} unit="BLY a day, losses below zero" />
            <XLabels
              at={at}
              labels={picture.days
                .filter((_, i) => i % every === 0)
                .map(({ middle, day }) => ({ x: middle, text: dayText(day) }))}
            />
            {picture.days.map((day, i) => (
              <g key={day.day} {...marks.mark(i, tell(day))}>
                <rect
                  className="chart-hit"
                  x={day.x}
                  y={at.top}
                  width={day.width}
                  height={at.height - at.top - at.bottom}
                />
                {day.parts.map(({ kind, y, height }) => (
                  <rect
                    key={kind}
                    className={`chart-kind-${kind}`}
                    x={day.x}
                    y={y}
                    width={day.width}
                    height={height}
                    fill={fillOf(kind, patterns)}
                  />
                ))}
                {gained(day) === 0n && day.amounts.faults === 0n ? (
                  <text className="chart-tick" x={day.middle} y={picture.toY(0) - 4} textAnchor="middle">
                    0
                  </text>
                ) : null}
              </g>
            ))}
          </Plot>
        )
      }}
    </Figure>
  )
}

const fillOf = (kind: EarningKind, id: string): string | undefined =>
  kind === 'base' ? undefined : `url(#${id}${kind})`

/** `21 Nov`. */
const dayText = (day: string): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(Date.parse(day))

/** Kinds differ by pattern, so that nothing hangs on colour. */
function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}bonus`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line className="chart-stroke-ink" x1="0" y1="0" x2="0" y2="6" strokeWidth="4" />
      </pattern>
      <pattern id={`${id}checking`} width="6" height="6" patternUnits="userSpaceOnUse">
        <circle className="chart-fill-ok" cx="3" cy="3" r="1.9" />
      </pattern>
      <pattern id={`${id}other`} width="4" height="4" patternUnits="userSpaceOnUse">
        <line className="chart-stroke-muted" x1="0" y1="2" x2="4" y2="2" strokeWidth="1.5" />
      </pattern>
      <pattern id={`${id}faults`} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path className="chart-stroke-bad" d="M0 0H7M0 0V7" strokeWidth="3" />
      </pattern>
    </defs>
  )
}
