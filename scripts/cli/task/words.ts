/** A task and its rounds in words: what happened or is awaited, since when, by when it ends by itself. */
import { clock, shortBly, span } from '../../../chain/client/why/index.ts'
import type { RoundView, TaskView } from '../views.ts'

/** Phases as people know them. */
export const PHASES: Readonly<Record<RoundView['phase'], string>> = {
  assign: 'choosing',
  accept: 'choosing',
  commit: 'training',
  reveal: 'handing in',
  judges: 'handing in',
  publish: 'handing in',
  verdict_commit: 'checking',
  verdict_reveal: 'checking',
  answer: 'checking',
  dispute: 'disputed',
  settle: 'settling',
  settled: 'settled',
}

/** Whom a phase waits for, by the state that they are still in. */
const WAITS: Partial<Record<RoundView['phase'], { who: 'trainers' | 'validators'; state: string; for: string }>> = {
  accept: { who: 'trainers', state: 'drawn', for: 'to take the seat' },
  commit: { who: 'trainers', state: 'accepted', for: 'to hand in' },
  reveal: { who: 'trainers', state: 'committed', for: 'to open the hand-in' },
  publish: { who: 'trainers', state: 'revealed', for: 'to serve the drawn samples' },
  verdict_commit: { who: 'validators', state: 'drawn', for: 'for its verdict' },
  verdict_reveal: { who: 'validators', state: 'committed', for: 'to open its verdict' },
  answer: { who: 'trainers', state: 'published', for: 'to open its check values' },
}

/** The first line: alone it tells what happened, or what is awaited and until when. @param now protocol time, ms */
export function taskSentence(task: TaskView, round: RoundView | null, now: number): string {
  const { id, spec, rounds_settled: settled, reason } = task
  const head = `task ${id}`
  switch (task.state) {
    case 'Completed':
      return `${head}: completed, ${settled} of ${spec.rounds} rounds; ${payableText(task, now)}.`
    case 'Failed':
      return `${head}: failed after ${settled} of ${spec.rounds} rounds, ${FAILED[reason ?? ''] ?? reason}; ${payableText(task, now)}.`
    case 'Cancelled':
      return `${head}: cancelled by who ordered it; ${payableText(task, now)}.`
    default:
      return round === null
        ? `${head}: waits for its first round.`
        : `${head}: round ${round.round + 1} of ${spec.rounds}, ${PHASES[round.phase]}; ${awaited(round, now)}.`
  }
}

const FAILED: Readonly<Record<string, string>> = {
  NO_TRAINERS: 'since nobody could take it',
  NOBODY_REVEALED: 'since nobody handed anything in',
  EMPTY_ROUNDS: 'since three rounds in a row had nothing to merge',
  DATA_UNAVAILABLE: 'since its data was not served',
}

function payableText({ vested, vest_at: at, escrow }: TaskView, now: number): string {
  if (vested) return 'everyone is paid, what was not used went back'
  if (at === null) return `${shortBly(BigInt(escrow))} BLY set aside`
  return at > now ? `payable from ${clock(at, now)} (in ${span(at - now)})` : 'payable as soon as someone moves it on'
}

function awaited(round: RoundView, now: number): string {
  const waits = WAITS[round.phase]
  const since = `for ${span(now - round.phase_at)}`
  const end =
    round.deadline === null
      ? ''
      : round.deadline > now
        ? `, at most ${span(round.deadline - now)}`
        : ', its time is over'
  if (waits === undefined) {
    if (round.phase === 'dispute') return `waits ${since} for a jury on ${round.disputes.length} disputed samples`
    return `waits ${since} for the next block that moves it on${end}`
  }
  const seats: readonly { account: string; state: string }[] = round[waits.who]
  const who = seats.filter(({ state }) => state === waits.state).map(({ account }) => account)
  const names =
    who.length === 0 ? 'the end of its window' : who.length <= 3 ? who.join(', ') : `${who.length} ${waits.who}`
  return `waits for ${names}${who.length === 0 ? '' : ` ${waits.for}`}${end}`
}

/** What became of a hand-in, in the words of the round card. */
export function outcomeText({ state, outcome, faults }: RoundView['trainers'][number]): string {
  if (outcome === null) return state === 'out' ? 'out of the round' : (TRAINER_STATES[state] ?? state)
  return faults.length === 0 ? outcome : `${outcome}, ${faults.join(' ')}`
}

const TRAINER_STATES: Readonly<Record<string, string>> = {
  drawn: 'chosen',
  accepted: 'training',
  committed: 'handed in, sealed',
  revealed: 'handed in',
  published: 'samples served',
  answered: 'check values opened',
}
