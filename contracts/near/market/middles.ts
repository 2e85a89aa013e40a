/**
 * Compares what validators found in the middle of their leaves with what trainers opened. A difference is a dispute like
 * any other: a trainer could have committed garbage to ruin honest validators. At most one per validator and round.
 */
import { getMiddles } from './answer.ts'
import { openDispute } from './dispute.ts'
import { leavesOf } from './judges.ts'
import { getBook, type Play, revealedSeats, touch } from './play.ts'
import { keys } from './storage.ts'
import { getVerdicts } from './verdict.ts'

/** Pairs of validator and submission compared in one call: a pair costs up to 1 TGas. */
const PAIRS = 48

/**
 * Opens a dispute for each validator's first mismatch, lowest submission and then leaf; at most {@link PAIRS} a call
 * behind a cursor. Returns how many pairs it looked at.
 */
export function checkMiddles(p: Play): number {
  const { m, round } = p
  touch(p)
  const upheld = new Set<number>()
  for (const each of getBook(p).opened) {
    // Only verdict disputes count: what other validators' middles bring to light meanwhile must not depend on the cursor.
    if (each.kind === 'leaf' && each.result === 'upheld') upheld.add(each.submission)
  }
  const each = Math.max(1, revealedSeats(round).length)
  let pairs = 0
  for (; round.checked < round.v.length && (pairs === 0 || pairs + each <= PAIRS); round.checked++) {
    if (round.v[round.checked] !== 'r') continue
    pairs += each
    const found = firstMismatch(p, round.checked, upheld)
    if (found !== null) openDispute(p, { ...found, validator: round.checked, kind: 'middle', end: null }, m.now)
  }
  return pairs
}

function firstMismatch(p: Play, validator: number, upheld: ReadonlySet<number>) {
  const { m, round } = p
  const verdicts = getVerdicts(p, validator)
  const middles = m.store.get<string[][]>(keys.answers(round.task, round.number, validator))!
  for (let k = 0; k < verdicts.length; k++) {
    const { submission, verdict } = verdicts[k]
    if (verdict === 'unserved' || upheld.has(submission) || round.t[submission] !== 'w') continue
    const opened = getMiddles(p, submission)!
    const leaves = leavesOf(p, validator, submission)
    for (let i = 0; i < leaves.length; i++) {
      const shown = opened.find((each) => each.leaf === leaves[i])
      if (shown === undefined || shown.hash === middles[k][i]) continue
      return { submission, leaf: leaves[i], middle_trainer: shown.hash, middle_validator: middles[k][i] }
    }
  }
  return null
}
