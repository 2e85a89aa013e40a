/** States and phases as people know them, each with its stamp. */
import type { PHASES, TaskSummary } from '../../../chain/client/gateway/index.ts'
import { FAULTS } from '../../../chain/client/why/rules.ts'

/** What a colour may say; the word beside it says it too. */
export type Tone = 'ok' | 'wait' | 'bad' | 'plain'
export interface Mark {
  word: string
  tone: Tone
}

export const PHASE_MARKS: Readonly<Record<(typeof PHASES)[number], Mark>> = {
  choosing: { word: 'Choosing', tone: 'wait' },
  training: { word: 'Training', tone: 'wait' },
  'handing-in': { word: 'Handing in', tone: 'wait' },
  checking: { word: 'Checking', tone: 'wait' },
  disputed: { word: 'Disputed', tone: 'bad' },
  settled: { word: 'Settled', tone: 'ok' },
  payable: { word: 'Payable', tone: 'ok' },
}

export const STATE_MARKS: Readonly<Record<TaskSummary['state'], Mark>> = {
  Pending: { word: 'Pending', tone: 'wait' },
  Assigned: { word: 'Assigned', tone: 'wait' },
  InProgress: { word: 'In progress', tone: 'wait' },
  Completed: { word: 'Completed', tone: 'ok' },
  Failed: { word: 'Failed', tone: 'bad' },
  Cancelled: { word: 'Cancelled', tone: 'plain' },
}

/** A task's sentence as a page's first line: which task it is stands beside it. */
export function pageSentence({ sentence }: Pick<TaskSummary, 'sentence'>): string {
  const bare = sentence.replace(/^task \d+: /, '')
  return bare.charAt(0).toUpperCase() + bare.slice(1)
}

export const isRunning = (state: TaskSummary['state']): boolean =>
  state === 'Pending' || state === 'Assigned' || state === 'InProgress'

/** What became of one submission. */
export function outcomeMark(outcome: string | null, fault: string | null): Mark | null {
  if (fault !== null && outcome !== 'accepted') return { word: 'Refused', tone: 'bad' }
  switch (outcome) {
    case null:
      return null
    case 'accepted':
      return { word: 'Accepted', tone: 'ok' }
    case 'rejected':
      return { word: 'Refused', tone: 'bad' }
    case 'undecided':
      return { word: 'Undecided', tone: 'wait' }
    case 'missing':
      return { word: 'Nothing in', tone: 'plain' }
    default:
      return { word: outcome, tone: 'plain' }
  }
}

/** What became of a dispute; null while its sample is being done again. */
export const disputeWords = (result: keyof typeof DISPUTE_RESULTS | null): string =>
  result === null ? 'being redone' : DISPUTE_RESULTS[result]

const DISPUTE_RESULTS = {
  upheld: 'the sample was false',
  rejected: 'the sample was right',
  undecided: 'the jury could not decide',
  lapsed: 'nobody decided in time',
}

/** Faults in people's words; a code unknown here is shown as it is. */
export const faultWords = (fault: string): string => FAULTS[fault]?.what ?? fault
