/** A trainer opens its commitment: five hashes that fix delta, transcript and states, and where it started from. */
import { type Components, stateHash, submissionCommitment, transcriptRoot } from '../lib/pure/index.ts'
import type { Market } from './context.ts'
import { ensure } from './errors.ts'
import { advance, openRound } from './phase.ts'
import {
  getTrainer,
  origin,
  type Play,
  putReveal,
  requirePhase,
  requireSeat,
  requireState,
  touch,
  withState,
} from './play.ts'
import { isLeaf } from './proofs.ts'
import type { Reveal, TrainerSeat } from './types.ts'

export interface RevealArgs extends Reveal {
  task_id: string
  round: number
  start_proof: string[]
  salt: string
}

/** @throws MARKET_PHASE_WRONG MARKET_SEAT_NONE MARKET_SEAT_DONE MARKET_COMMITMENT_WRONG MARKET_BASE_WRONG MARKET_START_WRONG MARKET_PROOF_WRONG */
export function reveal(m: Market, args: RevealArgs): void {
  const p = openRound(m, args.task_id, args.round)
  requirePhase(p, 'reveal')
  const i = requireSeat(p, p.round.trainers)
  requireState(p.round.t, i, 'c')
  const seat = getTrainer(p, i)
  requireCommitment(p, seat, args)
  requireStart(p, seat, args)
  const { base, delta, chunk_root, boundary_root, middle_root, final, start } = args
  putReveal(p, i, { base, delta, chunk_root, boundary_root, middle_root, final, start })
  p.round.t = withState(p.round.t, i, 'r')
  touch(p)
  m.emit('revealed', {
    ...origin(p),
    account: seat.account,
    submission: i,
    base,
    delta,
  })
  advance(p)
}

function requireCommitment({ m, round }: Play, seat: TrainerSeat, args: RevealArgs): void {
  const { sha256 } = m.host
  const commitment = submissionCommitment(sha256, {
    task: round.task,
    round: round.number,
    base: args.base,
    account: seat.account,
    delta: args.delta,
    chunkRoot: args.chunk_root,
    transcriptRoot: transcriptRoot(sha256, {
      boundaryRoot: args.boundary_root,
      middleRoot: args.middle_root,
      final: stateHash(sha256, args.final),
      delta: args.delta,
      chunkRoot: args.chunk_root,
    }),
    salt: args.salt,
  })
  ensure(
    commitment === seat.commitment,
    'MARKET_COMMITMENT_WRONG',
    () => `the fields hash to ${commitment}, committed was ${seat.commitment}`,
  )
}

/** The first boundary: parameters are the round's base, the rest is the worker's own last merged state, or zero. */
function requireStart({ m, round, spec }: Play, seat: TrainerSeat, args: RevealArgs): void {
  ensure(
    round.number > 0 || args.base === spec.base,
    'MARKET_BASE_WRONG',
    () => `round 0 starts from ${spec.base}, not ${args.base}`,
  )
  ensure(
    args.start.parameters === args.base,
    'MARKET_START_WRONG',
    () => `start.parameters is ${args.start.parameters}, the base is ${args.base}`,
  )
  const rest = seat.last?.components ?? spec.zero
  for (const name of ['m', 'v', 'counters', 'residual'] as const satisfies (keyof Components)[]) {
    ensure(
      args.start[name] === rest[name],
      'MARKET_START_WRONG',
      () => `start.${name} is ${args.start[name]}, it must be ${rest[name]}`,
    )
  }
  const place = { leaf: 0, hash: stateHash(m.host.sha256, args.start), proof: args.start_proof }
  const proven = isLeaf(m.host.sha256, args.boundary_root, spec.segments + 1, place)
  ensure(proven, 'MARKET_PROOF_WRONG', () => 'start_proof does not lead from the start state to boundary_root')
}
