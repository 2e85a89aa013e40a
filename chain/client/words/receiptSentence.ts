/** What a work receipt says, in one sentence. */
import { shortBly } from '../why/text.ts'

export interface ReceiptFigures {
  readonly index: number
  readonly worker: string
  /** From 0. */
  readonly round: number
  readonly task: string
  /** attoBLY. */
  readonly reward: bigint
}

/** @example receiptSentence({ index: 4, worker: 'a.near', round: 0, task: '7', reward: 10n ** 18n }) */
export const receiptSentence = ({ index, worker, round, task, reward }: ReceiptFigures): string =>
  `Receipt ${index}: ${worker} was paid ${shortBly(reward)} BLY for round ${round + 1} of task ${task}.`
