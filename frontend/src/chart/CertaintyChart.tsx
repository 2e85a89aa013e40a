/** The price of certainty: five stops on an axis from zero, odds and operators beneath. */
import { formatBly } from '../../../chain/lib/units.ts'
import { amountText } from '../format/amount.ts'
import { oddsText } from '../format/hash.ts'
import { YAxis } from './Axes.tsx'
import { type CertaintyStop, certaintyTitle, layCertainty } from './certainty.ts'
import { Figure } from './Figure.tsx'
import { frame } from './frame.ts'
import { Decor, Plot } from './Plot.tsx'
import { useMarks } from './useMarks.ts'

export interface CertaintyChartProps {
  stops: readonly CertaintyStop[]
  /** Per cent: the stop that is chosen now. */
  selected: number
  source: string
}

export function CertaintyChart({ stops, selected, source }: CertaintyChartProps) {
  const marks = useMarks(stops.length)
  const price = (stop: CertaintyStop) => amountText(stop.bountyAtto, { direction: 'cost' }).shown
  const tell = (stop: CertaintyStop) =>
    `${stop.certainty} %: at most ${price(stop)} BLY; a tenth faked is caught ${oddsText(stop.caughtTenth)}, a full fake ${oddsText(stop.caughtAll)}; ${stop.operatorsNeeded} operators needed, ${stop.operatorsNow} can take it now`
  return (
    <Figure
      title={certaintyTitle(stops, selected)}
      note="Under each stop: how many of 100 trainers who faked a tenth of their work are caught, a third of all seats being hostile; then operators needed, of those who can take it now."
      source={{ href: source, label: 'Source: the market’s quote, JSON' }}
      readout={marks.readout}
      table={{
        columns: [
          { title: 'certainty' },
          { title: 'at most, BLY', figure: true },
          { title: 'a tenth faked, caught' },
          { title: 'all faked, caught' },
          { title: 'operators needed', figure: true },
          { title: 'available', figure: true },
        ],
        rows: stops.map((stop) => [
          `${stop.certainty} %`,
          price(stop),
          oddsText(stop.caughtTenth),
          oddsText(stop.caughtAll),
          `${stop.operatorsNeeded}`,
          `${stop.operatorsNow}`,
        ]),
        exact: stops.map((stop) => [
          stop.certainty,
          formatBly(stop.bountyAtto),
          stop.caughtTenth,
          stop.caughtAll,
          stop.operatorsNeeded,
          stop.operatorsNow,
        ]),
      }}
    >
      {(width, label) => {
        const narrow = width < 480
        const at = frame(width, 240, { top: 28, bottom: 72, left: 44 })
        const picture = layCertainty(stops, at)
        return (
          <Plot width={at.width} height={at.height} label={label}>
            <YAxis at={at} axis={picture.y} toY={picture.toY} unit="BLY, at most" />
            {picture.stops.map((stop, i) => (
              <g key={stop.certainty} {...marks.mark(i, tell(stop))}>
                <rect
                  className="chart-hit"
                  x={stop.x - 22}
                  y={stop.y - 20}
                  width={44}
                  height={at.height - stop.y + 20}
                />
                <line className="chart-stem" x1={stop.x} x2={stop.x} y1={picture.toY(0)} y2={stop.y} />
                <circle
                  className={stop.certainty === selected ? 'chart-point' : 'chart-hollow-ink'}
                  cx={stop.x}
                  cy={stop.y}
                  r={6}
                />
                <Decor anchor="middle">
                  <text
                    className={stop.certainty === selected ? 'chart-value chart-strong' : 'chart-value'}
                    x={stop.x}
                    y={stop.y - 12}
                  >
                    {amountText(stop.bountyAtto, { direction: 'cost', places: narrow ? 0 : 2 }).shown}
                  </text>
                  <text className="chart-value chart-strong" x={stop.x} y={at.height - 50}>
                    {stop.certainty} %
                  </text>
                  <text className="chart-tick" x={stop.x} y={at.height - 30}>
                    {Math.floor(stop.caughtTenth * 100 + 1e-9)}
                    {narrow ? '' : ' in 100'}
                  </text>
                  <text className={stop.enough ? 'chart-tick' : 'chart-tick chart-short'} x={stop.x} y={at.height - 12}>
                    {stop.operatorsNeeded}
                    {narrow ? '/' : ' of '}
                    {stop.operatorsNow}
                    {stop.enough ? '' : '!'}
                  </text>
                </Decor>
              </g>
            ))}
          </Plot>
        )
      }}
    </Figure>
  )
}
