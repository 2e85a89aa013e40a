/** Lines and labels of a plot's axes. */
import { across, type Frame, upward } from './frame.ts'
import { Decor } from './Plot.tsx'
import { type Axis, tickText } from './scale.ts'

export function YAxis({
  at,
  axis,
  toY,
  unit,
}: {
  at: Frame
  axis: Axis
  toY: (value: number) => number
  unit: string
}) {
  const [left, right] = across(at)
  return (
    <Decor>
      <text className="chart-unit" x={0} y={12}>
        {unit}
      </text>
      {axis.ticks.map((tick) => (
        <g key={tick}>
          <line
            className={tick === 0 ? 'chart-zero' : 'chart-grid'}
            x1={left}
            x2={right}
            y1={toY(tick)}
            y2={toY(tick)}
          />
          <text className="chart-tick" x={left - 8} y={toY(tick) + 4} textAnchor="end">
            {tickText(tick, axis.digits)}
          </text>
        </g>
      ))}
    </Decor>
  )
}

export function XLabels({
  at,
  labels,
  unit,
}: {
  at: Frame
  labels: readonly { x: number; text: string }[]
  unit?: string
}) {
  const [, right] = across(at)
  const [base] = upward(at)
  return (
    <Decor>
      {labels.map(({ x, text }) => (
        <text key={`${x}`} className="chart-tick" x={x} y={base + 18} textAnchor="middle">
          {text}
        </text>
      ))}
      {unit === undefined ? null : (
        <text className="chart-unit" x={right} y={base + 36} textAnchor="end">
          {unit}
        </text>
      )}
    </Decor>
  )
}
