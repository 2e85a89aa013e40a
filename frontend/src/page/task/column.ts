/** A task's money as one column: paid, set aside, come back and what was ordered, rounded so that they add up as shown. */
import type { TaskDetail } from '../../../../chain/client/gateway/index.ts'
import { hundredths, partsThatAddUp } from '../../format/amount.ts'

export interface MoneyColumn {
  paid: string
  setAside: string
  returned: string
  ordered: string
}

/** @returns null where the three are no whole of the order: then each is rounded by itself */
export function moneyColumn({
  paidAtto,
  escrowAtto,
  returnedAtto,
  bountyAtto,
}: Pick<TaskDetail, 'paidAtto' | 'escrowAtto' | 'returnedAtto' | 'bountyAtto'>): MoneyColumn | null {
  const values = [paidAtto, escrowAtto, returnedAtto].map(BigInt)
  if (values.reduce((a, b) => a + b, 0n) !== BigInt(bountyAtto)) return null
  const { parts, total } = partsThatAddUp(values)
  const [paid, setAside, returned] = parts.map(hundredths) as [string, string, string]
  return { paid, setAside, returned, ordered: hundredths(total) }
}
