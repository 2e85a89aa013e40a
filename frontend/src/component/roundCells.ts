/** The round card as data: operators down, steps across, each cell from an event or from its absence. */
import type { RoundDetail } from '../../../chain/client/gateway/index.ts'
import { faultWords } from '../words/phases.ts'

/** `full` done, `half` under way, `none` not there and no longer to come, `empty` still to come, `ok` and `bad` judged. */
export type Fill = 'empty' | 'half' | 'full' | 'none' | 'ok' | 'bad'
export interface Cell {
  fill: Fill
  /** In words, also for whoever does not see the shape. */
  text: string
}
export interface CardRow {
  account: string
  role: 'trainer' | 'validator'
  cells: readonly Cell[]
  /** Receipt of its work, once there is one. */
  receipt: number | null
}

export const CARD_STEPS = ['chosen', 'handed in', 'opened', 'samples', 'verdict'] as const

const ORDER = ['drawn', 'accepted', 'committed', 'revealed', 'published', 'answered'] as const
type Progress = (typeof ORDER)[number]

export function roundCells(round: RoundDetail): CardRow[] {
  const trainers = round.submissions.map((submission): CardRow => {
    const settled = round.settledAt !== null
    const reached = (state: Progress): boolean =>
      submission.state !== 'declined' &&
      (ORDER.indexOf(submission.state as Progress) >= ORDER.indexOf(state) ||
        // Who is out went as far as what it left behind shows.
        (submission.state === 'out' &&
          ((state === 'committed' && submission.commitment !== null) ||
            (state === 'revealed' && submission.delta !== null))) ||
        submission.outcome === 'accepted')
    const gone = settled || submission.state === 'out' || submission.state === 'declined'
    const step = (done: boolean, word: string, before: boolean): Cell =>
      done
        ? { fill: 'full', text: word }
        : gone
          ? { fill: 'none', text: 'no' }
          : before
            ? { fill: 'half', text: '..' }
            : { fill: 'empty', text: '' }
    return {
      account: submission.account,
      role: 'trainer',
      receipt: submission.receipt,
      cells: [
        submission.state === 'declined'
          ? { fill: 'none', text: 'declined' }
          : step(reached('accepted') || reached('committed'), 'ok', true),
        step(reached('committed'), 'sealed', reached('accepted')),
        step(reached('revealed'), 'open', reached('committed')),
        samplesCell(submission, reached('published'), gone),
        verdictCell(submission, round),
      ],
    }
  })
  const validators = round.validators.map((account): CardRow => {
    const lines = round.submissions.flatMap(({ verdicts }) => verdicts.filter(({ validator }) => validator === account))
    const count = (...states: string[]): number => lines.filter(({ state }) => states.includes(state)).length
    const [sealed, opened, silent] = [count('committed', 'revealed'), count('revealed'), count('silent')]
    const all = lines.length
    return {
      account,
      role: 'validator',
      receipt: null,
      cells: [
        { fill: 'full', text: 'ok' },
        { fill: 'empty', text: '' },
        { fill: 'empty', text: '' },
        all === 0
          ? { fill: 'empty', text: '' }
          : { fill: sealed === all ? 'full' : silent > 0 ? 'none' : 'half', text: `${sealed}/${all}` },
        validatorVerdict(all, sealed, opened, silent),
      ],
    }
  })
  return [...trainers, ...validators]
}

type Submission = RoundDetail['submissions'][number]

function samplesCell({ verdicts, outcome }: Submission, published: boolean, gone: boolean): Cell {
  const spoken = verdicts.filter(({ verdict }) => verdict !== null)
  const against = spoken.find(({ verdict, leaf }) => verdict === 'dispute' && leaf !== null)
  if (against !== undefined && outcome !== 'accepted') return { fill: 'bad', text: `sample ${against.leaf} differs` }
  if (spoken.length > 0) {
    const right = spoken.filter(({ verdict }) => verdict === 'ok').length
    return { fill: right === spoken.length ? 'full' : 'half', text: `${right}/${verdicts.length} agree` }
  }
  if (outcome === 'accepted') return { fill: 'full', text: 'all right' }
  if (published) return { fill: 'half', text: 'being redone' }
  return gone ? { fill: 'none', text: 'no' } : { fill: 'empty', text: '' }
}

function verdictCell({ outcome, fault, index }: Submission, round: RoundDetail): Cell {
  if (outcome === 'accepted') return { fill: 'ok', text: 'accepted' }
  if (fault !== null) return { fill: 'bad', text: faultWords(fault) }
  if (outcome === 'rejected') return { fill: 'bad', text: 'refused' }
  if (outcome === 'missing') return { fill: 'none', text: 'nothing in' }
  if (outcome !== null) return { fill: 'none', text: outcome }
  if (round.disputes.some(({ submission, result }) => submission === index && result === null))
    return { fill: 'half', text: 'disputed' }
  return { fill: 'empty', text: '' }
}

function validatorVerdict(all: number, sealed: number, opened: number, silent: number): Cell {
  if (all === 0) return { fill: 'empty', text: '' }
  if (opened === all) return { fill: 'full', text: 'opened' }
  if (silent > 0) return { fill: 'none', text: 'silent' }
  if (sealed === all) return { fill: 'half', text: 'sealed' }
  return { fill: 'half', text: 'redoing samples' }
}
