/** A trainer promises its result before anyone shows theirs. */
import type { Market } from './context.ts'
import { advance, openRound } from './phase.ts'
import { getTrainer, origin, putTrainer, requirePhase, requireSeat, requireState, touch, withState } from './play.ts'

/** @throws MARKET_PHASE_WRONG MARKET_SEAT_NONE MARKET_SEAT_DONE */
export function commit(m: Market, args: { task_id: string; round: number; commitment: string }): void {
  const p = openRound(m, args.task_id, args.round)
  requirePhase(p, 'commit')
  const i = requireSeat(p, p.round.trainers)
  requireState(p.round.t, i, 'a')
  const seat = getTrainer(p, i)
  seat.commitment = args.commitment
  putTrainer(p, i, seat)
  p.round.t = withState(p.round.t, i, 'c')
  touch(p)
  m.emit('committed', { ...origin(p), account: seat.account, submission: i, commitment: args.commitment })
  advance(p)
}
