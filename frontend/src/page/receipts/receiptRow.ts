/** A receipt in the list: one sentence, its amount, what it is evidence of. */
import type { ReceiptLine } from '../../../../chain/client/gateway/index.ts'
import { bits } from '../../../../chain/client/why/text.ts'

export interface ReceiptRow {
  index: number
  worker: string
  /** After the worker's name. */
  did: string
  checked: string
  rewardAtto: bigint
  settledAt: number
  smallPool: boolean
}

export function toReceiptRow(line: ReceiptLine): ReceiptRow {
  const { index, worker, task, round, samples, validators, gainMicrobits, rewardAtto, settledAt, smallPool } = line
  const help =
    gainMicrobits === null
      ? 'help not measured'
      : BigInt(gainMicrobits) > 0n
        ? `helped by ${bits(BigInt(gainMicrobits))} bits`
        : 'did not help'
  return {
    index,
    worker,
    did: `was paid for round ${round + 1} of task ${task}`,
    checked: `${samples} × ${validators} samples redone, ${help}`,
    rewardAtto: BigInt(rewardAtto),
    settledAt,
    smallPool,
  }
}

export interface ReceiptQuery {
  index?: number
  worker?: string
  task?: string
}

/** What somebody typed into the search: `5` or `#5` a receipt, `task 7`, else an account. @returns null for nothing */
export function parseReceiptSearch(text: string): ReceiptQuery | null {
  const clean = text.trim().toLowerCase()
  if (clean === '') return null
  const receipt = /^(?:#|receipt\s+)?(\d{1,15})$/.exec(clean)
  if (receipt !== null) return { index: Number(receipt[1]) }
  const task = /^task\s+([1-9]\d{0,15})$/.exec(clean)
  if (task !== null) return { task: task[1]! }
  return /^[a-z0-9]+([-_.][a-z0-9]+)*$/.test(clean) && clean.length <= 64 ? { worker: clean } : null
}
