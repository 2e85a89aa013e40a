/** A trainer says where the drawn leaves' start states lie; their middles stay closed. */
import type { Market } from './context.ts'
import { advance, openRound } from './phase.ts'
import { getTrainer, origin, putTrainer, requirePhase, requireSeat, requireState, touch, withState } from './play.ts'

/** @throws MARKET_PHASE_WRONG MARKET_SEAT_NONE MARKET_SEAT_DONE */
export function publish(m: Market, args: { task_id: string; round: number; manifest: string }): void {
  const p = openRound(m, args.task_id, args.round)
  requirePhase(p, 'publish')
  const i = requireSeat(p, p.round.trainers)
  requireState(p.round.t, i, 'r')
  const seat = getTrainer(p, i)
  seat.manifest = args.manifest
  putTrainer(p, i, seat)
  p.round.t = withState(p.round.t, i, 'p')
  touch(p)
  m.emit('published', { ...origin(p), account: seat.account, submission: i, manifest: args.manifest })
  advance(p)
}
