/**
 * The phase table. A window [open, close) ends at its deadline, or once all who may act have acted; every call first
 * brings its round to the present, so no phase waits for anybody's message. Draws and settlement wait for a crank.
 */
import { closeAccept } from './accept.ts'
import type { Market } from './context.ts'
import { openFirstDisputes } from './dispute.ts'
import { countStates, openPlay, type Play, putTask, touch } from './play.ts'
import type { Phase, RoundRecord, Windows } from './types.ts'

/** The round, brought to the present. @throws MARKET_ROUND_UNKNOWN */
export function openRound(m: Market, task: string, number: number): Play {
  const play = openPlay(m, task, number)
  advance(play)
  return play
}

/** Ends every phase whose time has come or whose actors have all acted. */
export function advance(p: Play): void {
  for (;;) {
    const at = phaseEnd(p.round, p.m.now)
    if (at === null) return
    leave(p, at)
    touch(p)
  }
}

/** When the current phase ended; null while it lasts or waits for a crank. */
function phaseEnd(round: RoundRecord, now: number): number | null {
  if (round.deadline === null) return null
  if (round.deadline <= now) return round.deadline
  return everyoneActed(round) ? now : null
}

function everyoneActed(round: RoundRecord): boolean {
  switch (round.phase) {
    case 'accept':
      return countStates(round.t, 'd') === 0
    case 'commit':
      return countStates(round.t, 'a') === 0
    case 'reveal':
      return countStates(round.t, 'c') === 0
    case 'publish':
      return countStates(round.t, 'r') === 0 && round.key !== null
    case 'verdict_commit':
      return countStates(round.v, 'd') === 0
    case 'verdict_reveal':
      return countStates(round.v, 'c') === 0
    case 'answer':
      return countStates(round.t, 'p') === 0
    default:
      return false
  }
}

function leave(p: Play, at: number): void {
  if (p.round.phase === 'accept') closeAccept(p, at)
  else enter(p, following(p, at), at)
}

/** The phase after this one. What is left without anybody to act skips to `settle`. */
function following(p: Play, at: number): Phase {
  const { round } = p
  switch (round.phase) {
    case 'commit':
      return countStates(round.t, 'c') > 0 ? 'reveal' : 'settle'
    case 'reveal':
      if (countStates(round.t, 'r') === 0) return 'settle'
      round.draw_at = at
      return 'judges'
    case 'publish':
      return countStates(round.t, 'p') > 0 ? 'verdict_commit' : 'settle'
    case 'verdict_commit':
      return countStates(round.v, 'c') > 0 ? 'verdict_reveal' : 'settle'
    case 'verdict_reveal':
      if (countStates(round.v, 'r') === 0) return 'settle'
      openFirstDisputes(p, at)
      return 'answer'
    default:
      return 'dispute'
  }
}

const WINDOW: Partial<Record<Phase, keyof Windows>> = {
  accept: 'accept',
  commit: 'commit',
  reveal: 'reveal',
  publish: 'publish',
  verdict_commit: 'verdict',
  verdict_reveal: 'reveal',
  answer: 'answer',
}

/** Begins a phase; its window counts from `at`. */
export function enter(p: Play, phase: Phase, at: number): void {
  const { round } = p
  const window = WINDOW[phase]
  round.phase = phase
  round.phase_at = at
  round.deadline = window === undefined ? null : at + round.windows[window]
  if (phase === 'commit' && round.number === 0 && p.task.state !== 'InProgress') {
    p.task.state = 'InProgress'
    putTask(p.m, p.task)
  }
  touch(p)
}
