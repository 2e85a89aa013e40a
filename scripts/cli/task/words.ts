/** A task and its hand-ins in words, from the market's views. */
import { PHASE_WORDS, taskSentence as sentenceOf } from '../../../chain/client/words/index.ts'
import type { RoundView, TaskView } from '../views.ts'

/** Phases as people know them. */
export const PHASES = PHASE_WORDS

/** The first line: alone it tells what happened, or what is awaited and until when. @param now protocol time, ms */
export function taskSentence(task: TaskView, round: RoundView | null, now: number): string {
  const { id, state, reason, spec, rounds_settled: roundsSettled, vested, vest_at: vestAt, escrow } = task
  const figures = { id, state, reason, rounds: spec.rounds, roundsSettled, vested, vestAt, escrow: BigInt(escrow) }
  if (round === null) return sentenceOf(figures, null, now)
  const { phase_at: phaseAt, disputes, ...rest } = round
  return sentenceOf(figures, { ...rest, phaseAt, disputes: disputes.length }, now)
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
