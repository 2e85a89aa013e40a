/** Sentences and phases that terminal, page and gateway share. */
export { type EventItem, eventSentence, outcomeSentence, type Told } from './eventSentence.ts'
export {
  isRoundPhase,
  PHASE_WORDS,
  ROUND_PHASES,
  type RoundPhase,
  type ShownPhase,
  shownPhase,
  shownTaskPhase,
} from './phases.ts'
export { receiptSentence } from './receiptSentence.ts'
export { SPENT_WORDS } from './spent.ts'
export { FAILED, type RoundFigures, type SeatFigures, type TaskFigures, taskSentence } from './taskSentence.ts'
