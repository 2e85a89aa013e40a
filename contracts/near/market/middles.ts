/**
 * Compares what validators found in the middle of their leaves with what trainers opened. A difference is a dispute like
 * any other: a trainer could have committed garbage to ruin honest validators. At most one per validator and round.
 */
import { getMiddles } from './answer.ts'
import { openDispute } from './dispute.ts'
import { leavesOf } from './judges.ts'
import { getBook, type Play, touch } from './play.ts'
import { keys } from './storage.ts'
import { getVerdicts } from './verdict.ts'

/** Opens a dispute for each validator's first mismatch, lowest submission and then leaf. */
export function checkMiddles(p: Play): void {
  const { m, round } = p
  round.middles_checked = true
  touch(p)
  const upheld = new Set<number>()
  for (const each of getBook(p).opened) if (each.result === 'upheld') upheld.add(each.submission)
  for (let validator = 0; validator < round.v.length; validator++) {
    if (round.v[validator] !== 'r') continue
    const found = firstMismatch(p, validator, upheld)
    if (found !== null) openDispute(p, { ...found, validator, kind: 'middle', end: null }, m.now)
  }
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
