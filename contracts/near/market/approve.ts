/** Whether a validator said `ok` where a jury found its own leaf false. */
import { disputeId, getDispute } from './dispute.ts'
import { leavesOf } from './judges.ts'
import { getBook, type Play } from './play.ts'
import { keys } from './storage.ts'
import { getVerdicts } from './verdict.ts'

/**
 * Number of the dispute that proves a false approval; null when there is none. The codec leaf is everybody's. Where only
 * the middle was false, those are guilty who repeated the trainer's middle: who found the true one did its work.
 */
export function approvedFalsely(p: Play, validator: number): number | null {
  const { opened } = getBook(p)
  for (let n = 0; n < opened.length; n++) {
    const note = opened[n]
    if (note.result !== 'upheld') continue
    const k = getVerdicts(p, validator).findIndex((each) => each.submission === note.submission)
    if (k < 0 || getVerdicts(p, validator)[k].verdict !== 'ok') continue
    if (note.leaf === p.spec.segments) return n
    const place = leavesOf(p, validator, note.submission).indexOf(note.leaf)
    if (place >= 0 && (note.kind === 'leaf' || repeated(p, validator, n, k, place))) return n
  }
  return null
}

function repeated(p: Play, validator: number, n: number, k: number, place: number): boolean {
  const { m, round } = p
  const middles = m.store.get<string[][]>(keys.answers(round.task, round.number, validator))!
  const d = getDispute(m, disputeId(round.task, round.number, n))
  return middles[k][place] === d.middle_trainer
}
