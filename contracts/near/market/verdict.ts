/** A validator says what it found on each submission, sealed first: its middle hashes prove that it recomputed. */
import { codecEnd, stateHash, verdictCommitment } from '../lib/pure/index.ts'
import type { Market } from './context.ts'
import { ensure, fail } from './errors.ts'
import { leavesOf } from './judges.ts'
import { advance, openRound } from './phase.ts'
import {
  getBook,
  getReveal,
  getValidator,
  origin,
  type Play,
  putBook,
  putValidator,
  requirePhase,
  requireSeat,
  requireState,
  revealedSeats,
  touch,
  withState,
} from './play.ts'
import { isLeaf } from './proofs.ts'
import { keys } from './storage.ts'
import type { StoredVerdict } from './types.ts'

export interface VerdictArgs {
  submission: number
  verdict: 'ok' | 'dispute' | 'unserved'
  leaf: number | null
  end: string | null
  end_proof: string[]
  gain: string | null
  middles: string[]
}

/** @throws MARKET_PHASE_WRONG MARKET_SEAT_NONE MARKET_SEAT_DONE */
export function verdictCommit(m: Market, args: { task_id: string; round: number; commitment: string }): void {
  const p = openRound(m, args.task_id, args.round)
  requirePhase(p, 'verdict_commit')
  const i = requireSeat(p, p.round.validators)
  requireState(p.round.v, i, 'd')
  const seat = getValidator(p, i)
  seat.commitment = args.commitment
  putValidator(p, i, seat)
  p.round.v = withState(p.round.v, i, 'c')
  touch(p)
  m.emit('verdict_committed', { ...origin(p), account: seat.account, commitment: args.commitment })
  advance(p)
}

/** @throws MARKET_PHASE_WRONG MARKET_SEAT_NONE MARKET_SEAT_DONE MARKET_VERDICTS_WRONG MARKET_COMMITMENT_WRONG MARKET_PROOF_WRONG */
export function verdictReveal(
  m: Market,
  args: { task_id: string; round: number; verdicts: VerdictArgs[]; salt: string },
): void {
  const p = openRound(m, args.task_id, args.round)
  const { round } = p
  requirePhase(p, 'verdict_reveal')
  const i = requireSeat(p, round.validators)
  requireState(round.v, i, 'c')
  const seat = getValidator(p, i)
  const { account } = seat
  const commitment = verdictCommitment(m.host.sha256, { ...args, task: round.task, round: round.number, account })
  ensure(
    commitment === seat.commitment,
    'MARKET_COMMITMENT_WRONG',
    () => `the verdicts hash to ${commitment}, committed was ${seat.commitment}`,
  )
  const stored = checkVerdicts(p, i, args.verdicts)
  m.store.put(keys.verdicts(round.task, round.number, i), stored)
  m.store.put(
    keys.answers(round.task, round.number, i),
    args.verdicts.map((each) => each.middles),
  )
  round.v = withState(round.v, i, 'r')
  touch(p)
  m.emit('verdict_revealed', {
    ...origin(p),
    account,
    verdicts: stored.map((each) => [each.submission, each.verdict, each.leaf, each.gain]),
  })
  advance(p)
}

function checkVerdicts(p: Play, validator: number, verdicts: readonly VerdictArgs[]): StoredVerdict[] {
  const submissions = revealedSeats(p.round)
  ensure(
    verdicts.length === submissions.length && verdicts.every((each, k) => each.submission === submissions[k]),
    'MARKET_VERDICTS_WRONG',
    () => `verdicts must be on submissions ${submissions.join(', ')} in this order`,
  )
  return verdicts.map((each) => checkVerdict(p, validator, each))
}

function checkVerdict(p: Play, validator: number, given: VerdictArgs): StoredVerdict {
  const { submission, verdict } = given
  const samples = Math.min(p.job.samples, p.spec.segments)
  // Who was served nothing has no middles to show; it may still fill their places.
  ensure(
    given.middles.length === samples || (verdict === 'unserved' && given.middles.length === 0),
    'MARKET_VERDICTS_WRONG',
    () => `'${verdict}' on submission ${submission} takes ${samples} middles, got ${given.middles.length}`,
  )
  // Without a key there is no gain; an opened one may still have failed on this submission.
  const gain = p.round.key === null ? null : given.gain
  if (verdict !== 'dispute') {
    ensure(
      given.leaf === null && given.end === null,
      'MARKET_VERDICTS_WRONG',
      () => `'${verdict}' on submission ${submission} names no leaf`,
    )
    return { submission, verdict, leaf: null, end: null, gain }
  }
  const leaf = given.leaf ?? fail('MARKET_VERDICTS_WRONG', `a dispute on submission ${submission} names a leaf`)
  const end = disputedEnd(p, validator, submission, leaf, given)
  if (p.round.t[submission] !== 'r') {
    const book = getBook(p)
    book.queue.push({ submission, validator, leaf, end })
    putBook(p, book)
  }
  return { submission, verdict, leaf, end, gain }
}

/** What the trainer says its leaf ends in: boundary i + 1, proven here, or the codec's end, known from its reveal. */
function disputedEnd(p: Play, validator: number, submission: number, leaf: number, given: VerdictArgs): string {
  const { m, spec } = p
  const { segments } = spec
  const revealed = getReveal(p, submission)
  if (leaf === segments) {
    const { final, delta, chunk_root: chunkRoot } = revealed
    const end = codecEnd(m.host.sha256, { final: stateHash(m.host.sha256, final), delta, chunkRoot })
    ensure(
      given.end === null || given.end === end,
      'MARKET_VERDICTS_WRONG',
      () => `the codec leaf of submission ${submission} ends in ${end}`,
    )
    return end
  }
  // Leaf 0 is everybody's: a wrong base shows there.
  ensure(
    leaf === 0 || leavesOf(p, validator, submission).includes(leaf),
    'MARKET_VERDICTS_WRONG',
    () => `leaf ${leaf} of submission ${submission} was not drawn for this validator`,
  )
  const end = given.end ?? fail('MARKET_VERDICTS_WRONG', `a dispute on leaf ${leaf} gives its end and proof`)
  const place = { leaf: leaf + 1, hash: end, proof: given.end_proof }
  const proven = isLeaf(m.host.sha256, revealed.boundary_root, segments + 1, place)
  ensure(proven, 'MARKET_PROOF_WRONG', () => `end_proof of submission ${submission} does not lead to boundary_root`)
  return end
}

/** A revealed validator's verdicts. */
export function getVerdicts(p: Play, validator: number): StoredVerdict[] {
  return p.m.store.get<StoredVerdict[]>(keys.verdicts(p.round.task, p.round.number, validator)) ?? []
}
