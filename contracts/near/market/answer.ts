/** A trainer opens the middle states that validators had to find for themselves. Leaves under dispute stay closed. */
import type { Market } from './context.ts'
import { ensure } from './errors.ts'
import { drawnLeaves } from './judges.ts'
import { advance, openRound } from './phase.ts'
import {
  getBook,
  getReveal,
  origin,
  type Play,
  requirePhase,
  requireSeat,
  requireState,
  touch,
  withState,
} from './play.ts'
import { findForeignLeaf } from './proofs.ts'
import { keys } from './storage.ts'
import type { OpenMiddle } from './types.ts'

export interface MiddleArgs extends OpenMiddle {
  proof: string[]
}

/** @throws MARKET_PHASE_WRONG MARKET_SEAT_NONE MARKET_SEAT_DONE MARKET_LEAVES_WRONG MARKET_PROOF_WRONG */
export function answer(m: Market, args: { task_id: string; round: number; middles: MiddleArgs[] }): void {
  const p = openRound(m, args.task_id, args.round)
  const { round } = p
  requirePhase(p, 'answer')
  const i = requireSeat(p, round.trainers)
  requireState(round.t, i, 'p')
  const leaves = answerLeaves(p, i)
  const given = [...args.middles].sort((a, b) => a.leaf - b.leaf)
  ensure(
    given.length === leaves.length && given.every((each, k) => each.leaf === leaves[k]),
    'MARKET_LEAVES_WRONG',
    () => `submission ${i} opens the leaves ${leaves.join(', ')}`,
  )
  const { middle_root: root } = getReveal(p, i)
  const size = p.spec.segments
  const foreign = findForeignLeaf(m.host.sha256, root, size, given)
  ensure(foreign === null, 'MARKET_PROOF_WRONG', () => `the proof of leaf ${foreign} does not lead to middle_root`)
  const opened: OpenMiddle[] = given.map(({ leaf, hash }) => ({ leaf, hash }))
  m.store.put(keys.middles(round.task, round.number, i), opened)
  round.t = withState(round.t, i, 'w')
  touch(p)
  m.emit('answered', { ...origin(p), account: round.trainers[i], submission: i, leaves: leaves.length })
  advance(p)
}

/** The leaves that a submission must open: all that were drawn on it, less those that any verdict disputes. */
export function answerLeaves(p: Play, submission: number): number[] {
  const disputed = getBook(p).queue.filter((each) => each.submission === submission)
  return drawnLeaves(p, submission).filter((leaf) => !disputed.some((each) => each.leaf === leaf))
}

/** The middles that a submission opened; null before. */
export function getMiddles(p: Play, submission: number): OpenMiddle[] | null {
  return p.m.store.get<OpenMiddle[]>(keys.middles(p.round.task, p.round.number, submission))
}
