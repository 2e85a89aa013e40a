/** A task's money as one column: what was spent on what, set aside, come back, and what was ordered; it adds up as shown. */
import type { TaskDetail } from '../../../../chain/client/gateway/index.ts'
import { hundredths, partsThatAddUp } from '../../format/amount.ts'

export interface MoneyLine {
  /** A key of `spent`, or where else it is. */
  name: string
  atto: bigint
  /** Rounded so that the column adds up; null where the lines are no whole of the order. */
  text: string | null
}

export interface MoneyColumn {
  spent: MoneyLine[]
  setAside: MoneyLine
  returned: MoneyLine
  ordered: MoneyLine
}

export function moneyColumn({
  spent,
  escrowAtto,
  returnedAtto,
  bountyAtto,
}: Pick<TaskDetail, 'spent' | 'escrowAtto' | 'returnedAtto' | 'bountyAtto'>): MoneyColumn {
  const entries = Object.entries(spent)
    .map(([name, atto]) => ({ name, atto: BigInt(atto) }))
    .filter(({ atto }) => atto > 0n)
  const values = [...entries.map(({ atto }) => atto), BigInt(escrowAtto), BigInt(returnedAtto)]
  const isWhole = values.reduce((a, b) => a + b, 0n) === BigInt(bountyAtto)
  const { parts, total } = partsThatAddUp(values)
  const line = (name: string, atto: bigint, hundreds: bigint | undefined): MoneyLine => ({
    name,
    atto,
    text: isWhole && hundreds !== undefined ? textOf(atto, hundreds) : null,
  })
  return {
    spent: entries.map(({ name, atto }, i) => line(name, atto, parts[i])),
    setAside: line('set aside', BigInt(escrowAtto), parts.at(-2)),
    returned: line('returned', BigInt(returnedAtto), parts.at(-1)),
    ordered: line('ordered', BigInt(bountyAtto), total),
  }
}

/** What is there never shows as nothing, even where its hundredth went to a neighbour. */
const textOf = (atto: bigint, hundreds: bigint): string =>
  atto > 0n && hundreds === 0n ? '< 0.01' : hundredths(hundreds)
