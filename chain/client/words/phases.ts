/** A round's phases as people know them, beside the contract's own. */

/** The contract's phases, in order. */
export const ROUND_PHASES = [
  'assign',
  'accept',
  'commit',
  'reveal',
  'judges',
  'publish',
  'verdict_commit',
  'verdict_reveal',
  'answer',
  'dispute',
  'settle',
  'settled',
] as const
export type RoundPhase = (typeof ROUND_PHASES)[number]

export const PHASE_WORDS: Readonly<Record<RoundPhase, string>> = {
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

/** As `PHASES` of the gateway's schema names them. */
export type ShownPhase = 'choosing' | 'training' | 'handing-in' | 'checking' | 'disputed' | 'settled' | 'payable'

const SHOWN: Readonly<Record<RoundPhase, ShownPhase>> = {
  assign: 'choosing',
  accept: 'choosing',
  commit: 'training',
  reveal: 'handing-in',
  judges: 'handing-in',
  publish: 'handing-in',
  verdict_commit: 'checking',
  verdict_reveal: 'checking',
  answer: 'checking',
  dispute: 'disputed',
  settle: 'settled',
  settled: 'settled',
}

export const isRoundPhase = (text: string): text is RoundPhase => Object.hasOwn(PHASE_WORDS, text)

/** @param phase as the contract says; one that is not known here is shown as choosing, which promises nothing */
export const shownPhase = (phase: string): ShownPhase => (isRoundPhase(phase) ? SHOWN[phase] : 'choosing')

/** Phase of a task: of its present round while it goes on, then whether its money is free. */
export function shownTaskPhase(task: { state: string; vested: boolean }, roundPhase: string | null): ShownPhase {
  if (task.vested) return 'payable'
  if (['Completed', 'Failed', 'Cancelled'].includes(task.state)) return 'settled'
  return roundPhase === null ? 'choosing' : shownPhase(roundPhase)
}
