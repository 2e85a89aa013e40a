/** A task in one sentence: what happened or is awaited, since when, by when it ends by itself. */
import { clock, shortBly, span } from '../why/text.ts'
import { PHASE_WORDS, type RoundPhase } from './phases.ts'

/** A task as far as its sentence goes. Amounts attoBLY, times protocol ms. */
export interface TaskFigures {
  readonly id: string
  readonly state: string
  readonly reason: string | null
  readonly rounds: number
  readonly roundsSettled: number
  readonly vested: boolean
  readonly vestAt: number | null
  readonly escrow: bigint
}

export interface SeatFigures {
  readonly account: string
  readonly state: string
}

export interface RoundFigures {
  /** From 0. */
  readonly round: number
  readonly phase: RoundPhase
  readonly phaseAt: number
  readonly deadline: number | null
  readonly trainers: readonly SeatFigures[]
  readonly validators: readonly SeatFigures[]
  /** How many samples are disputed. */
  readonly disputes: number
}

/** Whom a phase waits for, by the state that they are still in. */
const WAITS: Partial<Record<RoundPhase, { who: 'trainers' | 'validators'; state: string; for: string }>> = {
  accept: { who: 'trainers', state: 'drawn', for: 'to take the seat' },
  commit: { who: 'trainers', state: 'accepted', for: 'to hand in' },
  reveal: { who: 'trainers', state: 'committed', for: 'to open the hand-in' },
  publish: { who: 'trainers', state: 'revealed', for: 'to serve the drawn samples' },
  verdict_commit: { who: 'validators', state: 'drawn', for: 'for its verdict' },
  verdict_reveal: { who: 'validators', state: 'committed', for: 'to open its verdict' },
  answer: { who: 'trainers', state: 'published', for: 'to open its check values' },
}

/** The first line: alone it tells what happened, or what is awaited and until when. @param now protocol time, ms */
export function taskSentence(task: TaskFigures, round: RoundFigures | null, now: number): string {
  const head = `task ${task.id}`
  const done = `${task.roundsSettled} of ${task.rounds} rounds`
  switch (task.state) {
    case 'Completed':
      return `${head}: completed, ${done}; ${payableText(task, now)}.`
    case 'Failed':
      return `${head}: failed after ${done}, ${FAILED[task.reason ?? ''] ?? task.reason}; ${payableText(task, now)}.`
    case 'Cancelled':
      return `${head}: cancelled by who ordered it; ${payableText(task, now)}.`
    default:
      return round === null
        ? `${head}: waits for its first round.`
        : `${head}: round ${round.round + 1} of ${task.rounds}, ${PHASE_WORDS[round.phase]}; ${awaited(round, now)}.`
  }
}

/** Why a task failed, by the contract's code. */
export const FAILED: Readonly<Record<string, string>> = {
  NO_TRAINERS: 'since nobody could take it',
  NOBODY_REVEALED: 'since nobody handed anything in',
  EMPTY_ROUNDS: 'since three rounds in a row had nothing to merge',
  DATA_UNAVAILABLE: 'since its data was not served',
}

function payableText({ vested, vestAt, escrow }: TaskFigures, now: number): string {
  if (vested) return 'everyone is paid, what was not used went back'
  if (vestAt === null) return `${shortBly(escrow)} BLY set aside`
  return vestAt > now
    ? `payable from ${clock(vestAt, now)} (in ${span(vestAt - now)})`
    : 'payable as soon as someone moves it on'
}

function awaited(round: RoundFigures, now: number): string {
  const waits = WAITS[round.phase]
  const since = `for ${span(now - round.phaseAt)}`
  const end =
    round.deadline === null
      ? ''
      : round.deadline > now
        ? `, at most ${span(round.deadline - now)}`
        : ', its time is over'
  if (waits === undefined) {
    if (round.phase === 'dispute') return `waits ${since} for a jury on ${round.disputes} disputed samples`
    return `waits ${since} for the next block that moves it on${end}`
  }
  const who = round[waits.who].filter(({ state }) => state === waits.state).map(({ account }) => account)
  const names =
    who.length === 0 ? 'the end of its window' : who.length <= 3 ? who.join(', ') : `${who.length} ${waits.who}`
  return `waits for ${names}${who.length === 0 ? '' : ` ${waits.for}`}${end}`
}
