/** Test loss by round: the model's points, lines of simpler models, refused updates hollow. */
import { lossText } from '../format/hash.ts'
import { XLabels, YAxis } from './Axes.tsx'
import { Figure } from './Figure.tsx'
import { across, frame } from './frame.ts'
import { type LossSeries, layLoss, lossTitle } from './loss.ts'
import { Decor, Plot } from './Plot.tsx'
import { labelEvery } from './scale.ts'
import { useMarks } from './useMarks.ts'

const UNIT = 'bits/byte, lower is better'
/** Points beyond which they are drawn small, so that each is still seen. */
const DENSE = 60

/** @param source address of the figures, such as `/api/v1/tasks/12` */
export function LossChart({ series, source }: { series: LossSeries; source: string }) {
  const marks = useMarks(series.points.length + series.refused.length)
  const refusedText = ({ account, round, bitsPerByte, why }: LossSeries['refused'][number]) =>
    `Refused update of ${account}, round ${round + 1}: ${bitsPerByte === null ? 'not measured' : `${lossText(bitsPerByte)} bits/byte`}, ${why}`
  const unmeasured = series.refused.some(({ bitsPerByte }) => bitsPerByte === null)
  const dense = series.points.length > DENSE
  return (
    <Figure
      title={lossTitle(series)}
      note="8 is a blind guess. One point a round, as it was measured; hollow: an update that was refused."
      source={{ href: source, label: 'Source: the task’s rounds, JSON' }}
      readout={marks.readout}
      table={{
        columns: [{ title: 'round' }, { title: 'what' }, { title: 'bits/byte', figure: true }],
        rows: [
          ...series.points.map(({ round, bitsPerByte }) => [`${round}`, 'model', lossText(bitsPerByte)]),
          ...series.refused.map(({ round, account, bitsPerByte, why }) => [
            `${round + 1}`,
            `refused: ${account}, ${why}`,
            bitsPerByte === null ? 'not measured' : lossText(bitsPerByte),
          ]),
          ...series.references.map(({ name, bitsPerByte }) => ['all', name, lossText(bitsPerByte)]),
        ],
        exact: [
          ...series.points.map(({ round, bitsPerByte }) => [round, 'model', bitsPerByte]),
          ...series.refused.map(({ round, account, bitsPerByte, why }) => [
            round + 1,
            `refused: ${account}, ${why}`,
            bitsPerByte,
          ]),
          ...series.references.map(({ name, bitsPerByte }) => ['all', name, bitsPerByte]),
        ],
      }}
    >
      {(width, label) => {
        const at = frame(width, width < 480 ? 240 : 280, { top: 28, bottom: unmeasured ? 66 : 44, left: 36, right: 20 })
        const picture = layLoss(series, at)
        const last = Math.max(1, series.rounds)
        const every = labelEvery(last + 1, at.width - at.left, 36)
        const rounds = Array.from({ length: last + 1 }, (_, round) => round).filter((round) => round % every === 0)
        const [left, right] = across(at)
        return (
          <Plot width={at.width} height={at.height} label={label}>
            <YAxis at={at} axis={picture.y} toY={picture.toY} unit={UNIT} />
            <XLabels
              at={at}
              labels={rounds.map((round) => ({ x: picture.toX(round), text: round === 0 ? 'start' : `${round}` }))}
            />
            <Decor>
              {picture.references.map(({ name, y }) => (
                <g key={name}>
                  <line className="chart-reference" x1={left} x2={right} y1={y} y2={y} />
                </g>
              ))}
              <path className="chart-line" d={picture.line} />
              {picture.references.map(({ name, bitsPerByte, labelY }) => (
                <text key={name} className="chart-reference-label" x={left + 4} y={labelY}>
                  {name} {lossText(bitsPerByte)}
                </text>
              ))}
              <text className="chart-unit" x={right} y={at.height - 4} textAnchor="end">
                round
              </text>
              {unmeasured ? (
                <text className="chart-unit" x={0} y={at.height - 4}>
                  under the axis: refused, not measured
                </text>
              ) : null}
            </Decor>
            {picture.points.map(({ x, y, round, bitsPerByte }, i) => (
              <g
                key={round}
                {...marks.mark(
                  i,
                  `${round === 0 ? 'Start' : `After round ${round}`}: ${lossText(bitsPerByte)} bits/byte`,
                )}
              >
                <circle className="chart-hit" cx={x} cy={y} r={dense ? 6 : 12} />
                <circle className="chart-point" cx={x} cy={y} r={dense ? 1.75 : 4.5} />
              </g>
            ))}
            {picture.refused.map((each, i) => (
              <g key={`${each.round}/${each.account}`} {...marks.mark(picture.points.length + i, refusedText(each))}>
                <circle className="chart-hit" cx={each.x} cy={each.y} r={12} />
                <circle className="chart-hollow" cx={each.x} cy={each.y} r={5} />
              </g>
            ))}
          </Plot>
        )
      }}
    </Figure>
  )
}
