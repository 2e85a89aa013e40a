/** Where the money of an ordered task went, as a strip that adds up to what was set aside. */
import type { WhyReply } from '../../../../chain/client/gateway/index.ts'
import { SPENT_WORDS } from '../../../../chain/client/words/index.ts'
import { columnThatAddsUp } from './column.ts'

export interface OrderStrip {
  task: string
  state: string
  reason: string | null
  parts: { words: string; shown: string; exact: string }[]
  total: { shown: string; exact: string }
  agrees: boolean
}

export function toOrderStrip(order: WhyReply['orders'][number]): OrderStrip {
  const rows: [string, bigint][] = [
    ...Object.entries(order.spent).map(([name, amount]): [string, bigint] => [
      SPENT_WORDS[name] ?? name,
      BigInt(amount),
    ]),
    ['trainers whose data was not served', BigInt(order.declined)],
    ['returned to you', BigInt(order.returned)],
    ['still set aside', BigInt(order.open)],
  ]
  // Zero is said where it answers a question: what came back, what is still held.
  const told = rows.filter(([words, amount]) => amount !== 0n || words === 'returned to you')
  const column = columnThatAddsUp(told.map(([, amount]) => amount))
  return {
    task: order.task,
    state: order.state,
    reason: order.reason,
    parts: told.map(([words], i) => ({ words, ...column.parts[i]! })),
    total: column.total,
    agrees: order.agrees && told.reduce((sum, [, amount]) => sum + amount, 0n) === BigInt(order.bounty),
  }
}
