/**
 * The contract's phase table once more, over rows: a window ends at its deadline or once all who may act have acted.
 * Source: contracts/near/market/phase.ts and accept.ts. Draws and settlements have events and are not decided here.
 */
import type { RoundRow, SubmissionRow, TaskFacts, TaskRows } from '../rows.ts'

const WINDOW: Readonly<Record<string, string>> = {
  accept: 'accept',
  commit: 'commit',
  reveal: 'reveal',
  publish: 'publish',
  verdict_commit: 'verdict',
  verdict_reveal: 'reveal',
  answer: 'answer',
}
/** Who is too late once a phase is over. */
const LATE: Readonly<Record<string, string>> = {
  accept: 'drawn',
  commit: 'accepted',
  reveal: 'committed',
  publish: 'revealed',
  answer: 'published',
}

/** Begins a phase; its window counts from `at`, ms. */
export function enter(t: TaskRows, round: RoundRow, phase: string, at: number): void {
  const { windows } = t.task.spec as TaskFacts['spec']
  const window = WINDOW[phase]
  round.phase = phase
  round.phaseAt = at
  round.deadline = window === undefined ? null : at + (windows[window] ?? 0)
  if (phase === 'commit' && round.round === 0 && t.task.state !== 'InProgress') t.task.state = 'InProgress'
}

/** Ends every phase whose time has come or whose actors have all acted. @returns submissions that are out by it */
export function advance(t: TaskRows, round: RoundRow, now: number, replaced: boolean): SubmissionRow[] {
  const out: SubmissionRow[] = []
  for (;;) {
    if (round.deadline === null) return out
    const over = round.deadline <= now
    if (!over && !everyoneActed(t, round)) return out
    const at = over ? round.deadline : now
    const late = submissionsOf(t, round.round).filter(({ state }) => state === LATE[round.phase])
    for (const each of late) each.state = 'out'
    out.push(...late)
    // Who silently let the window pass is replaced by a spare, whose time begins with the call that told it.
    if (round.phase === 'accept' && late.length > 0) {
      if (replaced) {
        enter(t, round, 'accept', now)
        return out
      }
      enter(t, round, count(t, round, 'accepted') > 0 ? 'commit' : 'settle', now)
    } else enter(t, round, following(t, round), at)
  }
}

function everyoneActed(t: TaskRows, round: RoundRow): boolean {
  switch (round.phase) {
    case 'accept':
      return count(t, round, 'drawn') === 0
    case 'commit':
      return count(t, round, 'accepted') === 0
    case 'reveal':
      return count(t, round, 'committed') === 0
    case 'publish':
      return count(t, round, 'revealed') === 0 && round.key !== null
    case 'verdict_commit':
      return judges(t, round, 'drawn') === 0
    case 'verdict_reveal':
      return judges(t, round, 'sealed') === 0
    case 'answer':
      return count(t, round, 'published') === 0
    default:
      return false
  }
}

function following(t: TaskRows, round: RoundRow): string {
  switch (round.phase) {
    case 'accept':
      return count(t, round, 'accepted') > 0 ? 'commit' : 'settle'
    case 'commit':
      return count(t, round, 'committed') > 0 ? 'reveal' : 'settle'
    case 'reveal':
      return count(t, round, 'revealed') > 0 ? 'judges' : 'settle'
    case 'publish':
      return count(t, round, 'published') > 0 ? 'verdict_commit' : 'settle'
    case 'verdict_commit':
      return judges(t, round, 'sealed') > 0 ? 'verdict_reveal' : 'settle'
    case 'verdict_reveal':
      return judges(t, round, 'revealed') > 0 ? 'answer' : 'settle'
    default:
      return 'dispute'
  }
}

export function submissionsOf(t: TaskRows, round: number): SubmissionRow[] {
  return t.submissions.filter((each) => each.round === round)
}

function count(t: TaskRows, round: RoundRow, state: string): number {
  return submissionsOf(t, round.round).filter((each) => each.state === state).length
}

/** Validators of a round by what they did. */
export function judges(t: TaskRows, round: RoundRow, state: 'drawn' | 'sealed' | 'revealed'): number {
  return round.validators.filter((validator) => {
    const own = t.verdicts.find((each) => each.round === round.round && each.validator === validator)
    return (own === undefined ? 'drawn' : own.verdict === 'sealed' ? 'sealed' : 'revealed') === state
  }).length
}
