/** A drawn trainer says whether it takes part; who says nothing is parked, and a spare steps in. */
import { seatTrainer } from './assign.ts'
import type { Market } from './context.ts'
import { failUnavailable } from './finish.ts'
import { canBond, freeBond, getNode, isParkedAt, park } from './nodes.ts'
import { advance, enter, openRound } from './phase.ts'
import {
  countStates,
  getTrainer,
  origin,
  type Play,
  putTrainer,
  requirePhase,
  requireSeat,
  requireState,
  touch,
  withState,
} from './play.ts'

/** @throws MARKET_PHASE_WRONG MARKET_SEAT_NONE MARKET_SEAT_DONE */
export function accept(m: Market, args: { task_id: string; round: number }): void {
  const p = openRound(m, args.task_id, args.round)
  requirePhase(p, 'accept')
  const i = requireSeat(p, p.round.trainers)
  requireState(p.round.t, i, 'd')
  p.round.t = withState(p.round.t, i, 'a')
  touch(p)
  m.emit('seat_accepted', { ...origin(p), account: m.host.predecessor(), submission: i })
  advance(p)
}

/**
 * Gives the seat back: the bond is released and the operator parked. When two or more, and half of all drawn, say
 * `unavailable`, the task fails, they are not parked and share its deposit.
 * @throws MARKET_PHASE_WRONG MARKET_SEAT_NONE MARKET_SEAT_DONE
 */
export function decline(m: Market, args: { task_id: string; round: number; reason: string }): void {
  const p = openRound(m, args.task_id, args.round)
  const { round } = p
  requirePhase(p, 'accept')
  const i = requireSeat(p, round.trainers)
  requireState(round.t, i, 'd')
  const seat = getTrainer(p, i)
  const node = getNode(m, seat.account)
  freeBond(m, node, BigInt(seat.bond))
  seat.released = true
  putTrainer(p, i, seat)
  const unavailable = args.reason === 'unavailable'
  round.t = withState(round.t, i, unavailable ? 'u' : 'q')
  touch(p)
  m.emit('seat_declined', { ...origin(p), account: seat.account, submission: i, reason: args.reason })
  const complaints = countStates(round.t, 'u')
  if (unavailable && complaints >= 2 && complaints * 2 >= round.trainers.length) {
    failUnavailable(p)
    return
  }
  park(m, node, m.now, origin(p))
  if (callSpares(p, 1) > 0) round.deadline = m.now + round.windows.accept
  advance(p)
}

/** Ends the window: silent seats are parked, spares get a window of their own, else those who accepted begin. */
export function closeAccept(p: Play, at: number): void {
  const { m, round } = p
  let silent = 0
  for (let i = 0; i < round.t.length; i++) {
    if (round.t[i] !== 'd') continue
    silent += 1
    round.t = withState(round.t, i, 'x')
    park(m, getNode(m, round.trainers[i]), at, origin(p))
  }
  // A spare's time runs from the call that told it, not from a deadline that may be long past.
  if (silent > 0 && callSpares(p, silent) > 0) enter(p, 'accept', m.now)
  else enter(p, countStates(round.t, 'a') > 0 ? 'commit' : 'settle', silent > 0 ? m.now : at)
}

function callSpares(p: Play, wanted: number): number {
  const { m, round, job } = p
  let called = 0
  while (called < wanted && round.spares.length > 0) {
    const node = getNode(m, round.spares.shift()!)
    if (isParkedAt(node, m.now) || !canBond(m, node, round.draw_at, BigInt(job.quote.trainer_bond))) continue
    seatTrainer(p, node)
    called += 1
    m.emit('seat_replaced', { ...origin(p), account: node.account, submission: round.trainers.length - 1 })
  }
  return called
}
