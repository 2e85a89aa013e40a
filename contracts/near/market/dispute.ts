/**
 * Disputes of one round. On each submission they wait in the order of drawn seats and are tried one at a time: upheld,
 * the rest lapse; rejected or undecided, the next is tried. A dispute is about one leaf, and a jury recomputes that leaf.
 */
import type { Market } from './context.ts'
import { fail } from './errors.ts'
import { getBook, origin, type Play, putBook, seatsIn, touch } from './play.ts'
import { keys } from './storage.ts'
import type { DisputeKind, DisputeRecord } from './types.ts'

export interface Accusation {
  submission: number
  validator: number
  kind: DisputeKind
  leaf: number
  end: string | null
  middle_trainer: string | null
  middle_validator: string | null
}

export function disputeId(task: string, round: number, number: number): string {
  return `${task}-${round}-${number}`
}

/** @throws MARKET_DISPUTE_UNKNOWN */
export function getDispute(m: Market, id: string): DisputeRecord {
  return m.store.get<DisputeRecord>(keys.dispute(id)) ?? fail('MARKET_DISPUTE_UNKNOWN', `there is no dispute ${id}`)
}

/** Opens the first dispute on every published submission. */
export function openFirstDisputes(p: Play, at: number): void {
  if (getBook(p).queue.length === 0) return
  for (const submission of seatsIn(p.round, 'p')) openNextDispute(p, submission, at)
}

/** Opens the next dispute that waits on a submission, if there is one. */
export function openNextDispute(p: Play, submission: number, at: number): void {
  const next = waiting(p, submission)[0]
  if (next === undefined) return
  openDispute(p, { ...next, kind: 'leaf', middle_trainer: null, middle_validator: null }, at)
}

/** Ends the wait of all disputes on a submission: an upheld one has settled it. */
export function lapseDisputes(p: Play, submission: number): void {
  for (const each of waiting(p, submission)) {
    p.m.emit('dispute_lapsed', {
      ...origin(p),
      submission,
      disputer: p.round.validators[each.validator],
      leaf: each.leaf,
    })
  }
}

function waiting(p: Play, submission: number) {
  const { queue, opened } = getBook(p)
  const tried = (validator: number) =>
    opened.some((each) => each.kind === 'leaf' && each.submission === submission && each.validator === validator)
  return queue
    .filter((each) => each.submission === submission && !tried(each.validator))
    .sort((a, b) => a.validator - b.validator)
}

/** Opens a dispute: its jury is drawn by the first beacon after `at`. */
export function openDispute(p: Play, a: Accusation, at: number): void {
  const { m, round } = p
  const book = getBook(p)
  const { submission, validator, kind, leaf } = a
  book.opened.push({ submission, validator, kind, leaf, result: null, trainer_wrong: false, validator_wrong: false })
  putBook(p, book)
  const record: DisputeRecord = {
    id: disputeId(round.task, round.number, round.disputes),
    task: round.task,
    round: round.number,
    number: round.disputes,
    submission,
    trainer: round.trainers[submission],
    validator,
    disputer: round.validators[validator],
    kind,
    leaf,
    end: a.end,
    middle_trainer: a.middle_trainer,
    middle_validator: a.middle_validator,
    phase: 'draw',
    draw_at: at,
    beacon: null,
    deadline: null,
    jurors: [],
    j: '',
    result: null,
    decided: null,
  }
  m.store.put(keys.dispute(record.id), record)
  round.disputes += 1
  round.open += 1
  touch(p)
  const { id, trainer, disputer } = record
  m.emit('dispute_opened', { dispute: id, ...origin(p), submission, trainer, disputer, kind, leaf })
}
