/** Losses of an operator as lines that add up to what was lost, as far as they are listed. */
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { columnThatAddsUp } from '../why/column.ts'

export interface FaultLine {
  day: string
  reason: string
  shown: string
  exact: string
}

export interface FaultLines {
  lines: FaultLine[]
  total: { shown: string; exact: string }
}

const LISTED = 5

export function toFaultLines({ earnings, lostAtto }: Pick<NodeStatus, 'earnings' | 'lostAtto'>): FaultLines {
  const losses = earnings.filter(({ amountAtto }) => BigInt(amountAtto) < 0n)
  const listed = losses.slice(0, LISTED)
  const sum = listed.reduce((all, { amountAtto }) => all + BigInt(amountAtto), 0n)
  // What is not listed stands in the column too, so that what is shown adds up to the total.
  const rest = -BigInt(lostAtto) - sum
  const column = columnThatAddsUp([...listed.map(({ amountAtto }) => BigInt(amountAtto)), rest], { signed: true })
  return {
    lines: [
      ...listed.map(({ day, reason }, i) => ({ day, reason, ...column.parts[i]! })),
      ...(rest === 0n ? [] : [{ day: '', reason: 'before that', ...column.parts.at(-1)! }]),
    ],
    total: column.total,
  }
}
