/** Draws the validators of a round, after its results are fixed, from all seats outside it. */
import { drawLeaves } from '../lib/pure/index.ts'
import { beaconAfter } from './beacon.ts'
import { drawOperators } from './draw.ts'
import { canBond, isParkedAt, lockBond } from './nodes.ts'
import { enter } from './phase.ts'
import { origin, type Play, putValidator, touch } from './play.ts'
import { VALIDATOR_SEATS } from './seats.ts'
import type { ValidatorSeat } from './types.ts'

/** Draws without any eligible validator before the round's submissions count as undecided. */
const MAX_JUDGE_TRIES = 3

/** The draw of judges, when its beacon is there. Returns whether anything moved. */
export function drawJudges(p: Play): boolean {
  const { m, round, task, job } = p
  if (m.now <= round.draw_at) return false
  const beacon = beaconAfter(m, round.draw_at)
  if (beacon === null) return false
  const bond = BigInt(job.quote.validator_bond)
  const drawn = drawOperators(m, {
    list: VALIDATOR_SEATS,
    at: round.draw_at,
    beacon,
    task: task.id,
    round: round.number,
    purpose: 'validators',
    attempt: round.attempt,
    need: job.validators,
    eligible: (node) =>
      node.account !== task.requester &&
      !round.trainers.includes(node.account) &&
      !isParkedAt(node, round.draw_at) &&
      canBond(m, node, round.draw_at, bond),
  })
  if (drawn.length === 0) {
    round.judge_tries += 1
    round.draw_at = m.now + round.windows.accept
    if (round.judge_tries >= MAX_JUDGE_TRIES) enter(p, 'settle', m.now)
    touch(p)
    return true
  }
  round.judges = beacon
  round.validators = drawn.map((node) => node.account)
  round.v = 'd'.repeat(drawn.length)
  drawn.forEach((node, i) => {
    lockBond(m, node, bond)
    putValidator(p, i, newSeat(node.account, bond))
  })
  enter(p, 'publish', m.now)
  m.emit('judges_drawn', { ...origin(p), validators: round.validators, beacon, deadline: round.deadline })
  return true
}

function newSeat(account: string, bond: bigint): ValidatorSeat {
  const commitment = null
  return { account, bond: bond.toString(), taken: '0', jury: '0', released: false, commitment, faults: [], fee: '0' }
}

/** Leaves that one validator recomputes in one submission. */
export function leavesOf({ m, round, job, spec }: Play, validator: number, submission: number): number[] {
  const purpose = {
    beacon: round.judges!,
    task: round.task,
    round: round.number,
    validator: round.validators[validator],
    submission,
  }
  return drawLeaves(m.host.sha256, purpose, spec.segments, job.samples)
}

/** All leaves drawn on one submission, ascending. */
export function drawnLeaves(p: Play, submission: number): number[] {
  const leaves = new Set<number>()
  p.round.validators.forEach((_, i) => {
    for (const leaf of leavesOf(p, i, submission)) leaves.add(leaf)
  })
  return [...leaves].sort((a, b) => a - b)
}
