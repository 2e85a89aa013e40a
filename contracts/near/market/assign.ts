/** Draws a round's trainers and spares. */
import { beaconAfter } from './beacon.ts'
import { drawOperators } from './draw.ts'
import { failTask } from './finish.ts'
import { canBond, isParkedAt, lockBond } from './nodes.ts'
import { enter } from './phase.ts'
import { origin, type Play, putTask, putTrainer, touch } from './play.ts'
import { trainerSeats } from './seats.ts'
import { keys } from './storage.ts'
import type { NodeRecord, TrainerSeat } from './types.ts'

/** Next indices of the same draw, who step in for seats that say nothing. */
const SPARES = 4
/** Draws of one round's trainers before its task has failed. */
export const MAX_ATTEMPTS = 3

/** The round's draw, when its beacon is there. Returns whether anything moved. */
export function assign(p: Play): boolean {
  const { m, round, task, job, spec } = p
  if (m.now <= round.draw_at) return false
  const beacon = beaconAfter(m, round.draw_at)
  if (beacon === null) return false
  const bond = BigInt(job.quote.trainer_bond)
  const drawn = drawOperators(m, {
    list: trainerSeats(spec.class),
    at: round.draw_at,
    beacon,
    task: task.id,
    round: round.number,
    purpose: 'trainers',
    attempt: round.attempt,
    need: spec.workers + SPARES,
    eligible: (node) =>
      node.account !== task.requester && !isParkedAt(node, round.draw_at) && canBond(m, node, round.draw_at, bond),
  })
  if (drawn.length === 0) {
    retry(p, 'NO_TRAINERS')
    return true
  }
  round.assign = beacon
  round.pool = m.totals.operators
  round.trainers = []
  round.t = ''
  round.spares = drawn.slice(spec.workers).map((node) => node.account)
  for (const node of drawn.slice(0, spec.workers)) seatTrainer(p, node)
  if (task.rounds_settled === 0) task.state = 'Assigned'
  putTask(m, task)
  enter(p, 'accept', m.now)
  m.emit('round_assigned', {
    ...origin(p),
    attempt: round.attempt,
    trainers: round.trainers,
    spares: round.spares,
    beacon,
    pool: round.pool,
    deadline: round.deadline,
  })
  return true
}

/** Gives the next seat of the round to an operator and locks its bond. */
export function seatTrainer(p: Play, node: NodeRecord): void {
  const { m, round, job } = p
  const seat: TrainerSeat = {
    account: node.account,
    bond: job.quote.trainer_bond,
    taken: '0',
    jury: '0',
    released: false,
    commitment: null,
    manifest: null,
    last: round.number === 0 ? null : m.store.get<TrainerSeat['last']>(keys.last(round.task, node.account)),
    outcome: null,
    faults: [],
    gain: null,
    base_pay: '0',
    bonus: '0',
    receipt: null,
  }
  lockBond(m, node, BigInt(seat.bond))
  putTrainer(p, round.trainers.length, seat)
  round.trainers.push(node.account)
  round.t += 'd'
}

/** Opens the round's next attempt, or ends the task after the last. */
export function retry(p: Play, reason: string): void {
  const { m, round, task } = p
  if (round.attempt + 1 >= MAX_ATTEMPTS) {
    failTask(p, reason)
    return
  }
  round.attempt += 1
  // The wait lets operators come back: a heartbeat or a new stake before T counts.
  round.draw_at = m.now + round.windows.accept
  round.assign = round.judges = round.key = null
  round.trainers = []
  round.spares = []
  round.validators = []
  round.t = round.v = ''
  round.judge_tries = 0
  round.settle = null
  if (task.rounds_settled === 0) task.state = 'Pending'
  putTask(m, task)
  enter(p, 'assign', m.now)
  touch(p)
  m.emit('round_retried', { ...origin(p), attempt: round.attempt, reason, draw_at: round.draw_at })
}
