/** A fresh jury recomputes one leaf: it commits middle and end, then opens them. Two thirds of the answers decide. */
import { juryCommitment } from '../lib/pure/index.ts'
import { beaconAfter } from './beacon.ts'
import type { Market } from './context.ts'
import { disputeId, getDispute } from './dispute.ts'
import { drawOperators } from './draw.ts'
import { ensure } from './errors.ts'
import { decide, MIN_ANSWERS } from './judgement.ts'
import { isParkedAt } from './nodes.ts'
import { openRound } from './phase.ts'
import { countStates, getBook, type Play, requireSeat, requireState, touch, withState } from './play.ts'
import { ALL_SEATS } from './seats.ts'
import { keys } from './storage.ts'
import type { DisputeRecord, JurorSeat } from './types.ts'

/** Moves the round's open disputes; at most one draw a call. Returns whether anything moved. */
export function crankDisputes(p: Play): boolean {
  let moved = false
  const notes = getBook(p).opened
  for (let n = 0; n < notes.length; n++) {
    if (notes[n].result !== null) continue
    const d = getDispute(p.m, disputeId(p.round.task, p.round.number, n))
    if (d.phase === 'draw') {
      if (drawJury(p, d)) return true
    } else if (advanceDispute(p, d)) moved = true
  }
  return moved
}

function drawJury(p: Play, d: DisputeRecord): boolean {
  const { m, task, job } = p
  if (m.now <= d.draw_at) return false
  const beacon = beaconAfter(m, d.draw_at)
  if (beacon === null) return false
  const parties = [task.requester, d.trainer, d.disputer]
  const drawn = drawOperators(m, {
    list: ALL_SEATS,
    at: d.draw_at,
    beacon,
    task: d.task,
    round: d.round,
    purpose: `jury/${d.id}`,
    attempt: 0,
    need: 2 * job.validators + 1,
    eligible: (node) => !parties.includes(node.account) && !isParkedAt(node, d.draw_at),
  })
  d.beacon = beacon
  d.jurors = drawn.map((node) => node.account)
  d.j = 'd'.repeat(drawn.length)
  d.phase = 'commit'
  d.deadline = m.now + p.round.windows.jury
  drawn.forEach((node, i) => {
    m.store.put(keys.juror(d.id, i), { account: node.account, commitment: null, middle: null, end: null } as JurorSeat)
  })
  putDispute(p, d)
  m.emit('jury_drawn', { dispute: d.id, task: d.task, round: d.round, jurors: d.jurors, beacon, deadline: d.deadline })
  if (drawn.length < MIN_ANSWERS) decide(p, d)
  return true
}

/** @throws MARKET_DISPUTE_UNKNOWN MARKET_PHASE_WRONG MARKET_SEAT_NONE MARKET_SEAT_DONE */
export function juryCommit(m: Market, args: { dispute_id: string; commitment: string }): void {
  const { p, d, i } = openSeat(m, args.dispute_id, 'commit', 'd')
  const seat = m.store.get<JurorSeat>(keys.juror(d.id, i))!
  seat.commitment = args.commitment
  m.store.put(keys.juror(d.id, i), seat)
  d.j = withState(d.j, i, 'c')
  putDispute(p, d)
  m.emit('jury_committed', { dispute: d.id, task: d.task, round: d.round, account: seat.account })
  advanceDispute(p, d)
}

/** @throws MARKET_DISPUTE_UNKNOWN MARKET_PHASE_WRONG MARKET_SEAT_NONE MARKET_SEAT_DONE MARKET_COMMITMENT_WRONG */
export function juryReveal(m: Market, args: { dispute_id: string; middle: string; end: string; salt: string }): void {
  const { p, d, i } = openSeat(m, args.dispute_id, 'reveal', 'c')
  const seat = m.store.get<JurorSeat>(keys.juror(d.id, i))!
  const { middle, end, salt } = args
  const commitment = juryCommitment(m.host.sha256, { dispute: d.id, account: seat.account, middle, end, salt })
  ensure(
    commitment === seat.commitment,
    'MARKET_COMMITMENT_WRONG',
    () => `the answer hashes to ${commitment}, committed was ${seat.commitment}`,
  )
  seat.middle = middle
  seat.end = end
  m.store.put(keys.juror(d.id, i), seat)
  d.j = withState(d.j, i, 'r')
  putDispute(p, d)
  m.emit('jury_revealed', { dispute: d.id, task: d.task, round: d.round, account: seat.account, middle, end })
  advanceDispute(p, d)
}

function openSeat(m: Market, id: string, phase: DisputeRecord['phase'], state: string) {
  const d = getDispute(m, id)
  const p = openRound(m, d.task, d.round)
  advanceDispute(p, d)
  ensure(d.phase === phase, 'MARKET_PHASE_WRONG', () => `dispute ${id} is in '${d.phase}', this needs '${phase}'`)
  const i = requireSeat(p, d.jurors)
  requireState(d.j, i, state)
  return { p, d, i }
}

/** Ends the dispute's windows that are over. Returns whether anything moved. */
export function advanceDispute(p: Play, d: DisputeRecord): boolean {
  let moved = false
  for (;;) {
    if (d.deadline === null) return moved
    const open = d.phase === 'commit' ? 'd' : 'c'
    const over = d.deadline <= p.m.now
    if (!over && countStates(d.j, open) > 0) return moved
    moved = true
    if (d.phase === 'commit' && countStates(d.j, 'c') >= MIN_ANSWERS) {
      const from = over ? d.deadline : p.m.now
      d.phase = 'reveal'
      d.deadline = from + p.round.windows.jury
      putDispute(p, d)
    } else decide(p, d)
  }
}

function putDispute(p: Play, d: DisputeRecord): void {
  p.m.store.put(keys.dispute(d.id), d)
  touch(p)
}
