/** Rounds: draws, phases, keys, ends, and new attempts. */
import type { Call } from '../calls.ts'
import { type RoundRow, type Rows, type TaskRows, table } from '../rows.ts'
import { advance, enter, submissionsOf } from './phases.ts'

/** States of trainers whose next act a closed round no longer waits for. */
const WAITING: readonly string[] = ['drawn', 'accepted', 'committed', 'revealed', 'published']

/** Opens a round: its trainers are drawn by the first beacon after now. */
export function newRound(rows: Rows, call: Call, task: number, number: number): void {
  const round: RoundRow = {
    task,
    round: number,
    attempt: 0,
    phase: 'assign',
    openedAt: call.at,
    phaseAt: call.at,
    deadline: null,
    beacon: null,
    judgesBeacon: null,
    pool: 0,
    trainers: [],
    spares: [],
    validators: [],
    key: null,
    mergeSet: null,
    settledAt: null,
    updatedHeight: call.height,
  }
  rows.task(task).rounds.set(number, round)
  rows.save(table.rounds, round)
}

/** Brings the rounds that a call concerns to its time, as the contract does first in every call. */
export function passTime(rows: Rows, call: Call): void {
  for (const { t, round } of concerned(rows, call)) moveOn(rows, call, t, round)
}

export function reduceRounds(rows: Rows, call: Call): void {
  const edit = (place: { task: number; round: number }, change: (round: RoundRow, t: TaskRows) => void) => {
    const t = rows.task(place.task)
    const round = t.rounds.get(place.round)
    if (round === undefined) return
    change(round, t)
    round.updatedHeight = call.height
    rows.save(table.rounds, round)
  }
  for (const { data } of call.of('round_assigned')) {
    edit(data, (round, t) => {
      enter(t, round, 'accept', call.at)
      Object.assign(round, { attempt: data.attempt, trainers: data.trainers, spares: data.spares, pool: data.pool })
      round.beacon = { value: data.beacon }
      round.deadline = data.deadline
      if (t.task.roundsSettled === 0) t.task.state = 'Assigned'
      touchTask(rows, call, t)
    })
  }
  for (const { data } of call.of('seat_replaced')) {
    edit(data, (round, t) => {
      round.trainers = [...round.trainers, data.account]
      // Spares that were passed over are gone too.
      round.spares = round.spares.slice(round.spares.indexOf(data.account) + 1)
      if (round.phase === 'accept') round.deadline = call.at + acceptWindow(t)
    })
  }
  for (const { data } of call.of('judges_drawn')) {
    edit(data, (round, t) => {
      enter(t, round, 'publish', call.at)
      round.validators = data.validators
      round.judgesBeacon = { value: data.beacon }
      round.deadline = data.deadline
    })
  }
  for (const { data } of call.of('key_opened')) {
    edit(data, (round) => {
      round.key = data.key
    })
  }
  for (const { data } of call.of('settled')) {
    edit(data, (round, t) => {
      if (round.phase !== 'settle') enter(t, round, 'settle', call.at)
    })
  }
}

/** After everything else of a call: phases that its acts have closed, rounds that it ended or opened anew. */
export function endRounds(rows: Rows, call: Call): void {
  for (const { t, round } of concerned(rows, call)) moveOn(rows, call, t, round)
  const close = (t: TaskRows, round: RoundRow) => {
    enter(t, round, 'settled', call.at)
    round.settledAt = call.at
    round.updatedHeight = call.height
    rows.save(table.rounds, round)
    for (const each of submissionsOf(t, round.round)) {
      if (!WAITING.includes(each.state)) continue
      Object.assign(each, { state: 'out', updatedHeight: call.height })
      rows.save(table.submissions, each)
    }
  }
  for (const { data } of call.of('round_settled')) {
    const t = rows.task(data.task)
    const round = t.rounds.get(data.round)!
    close(t, round)
    round.mergeSet = data.merge_set
  }
  for (const name of ['task_failed', 'task_cancelled'] as const) {
    for (const { data } of call.of(name)) {
      const t = rows.task(data.task)
      const round = t.rounds.get(t.task.round)!
      if (round.phase !== 'settled') close(t, round)
    }
  }
  for (const { data } of call.of('round_retried')) retry(rows, call, data)
}

/** A new attempt: nobody is drawn yet, and what the last one handed in does not count. */
function retry(rows: Rows, call: Call, data: { task: number; round: number; attempt: number }): void {
  const t = rows.task(data.task)
  const round = t.rounds.get(data.round)!
  enter(t, round, 'assign', call.at)
  Object.assign(round, { attempt: data.attempt, beacon: null, judgesBeacon: null, key: null, mergeSet: null })
  Object.assign(round, { trainers: [], spares: [], validators: [], updatedHeight: call.height })
  rows.save(table.rounds, round)
  const gone = t.submissions.filter((each) => each.round === data.round)
  for (const each of gone) rows.changed.get(table.submissions)?.delete(each)
  t.submissions.splice(0, t.submissions.length, ...t.submissions.filter((each) => each.round !== data.round))
  rows.cleared.push({ task: data.task, round: data.round })
  if (t.task.roundsSettled === 0) t.task.state = 'Pending'
  touchTask(rows, call, t)
}

function moveOn(rows: Rows, call: Call, t: TaskRows, round: RoundRow): void {
  const before = round.phase
  const replaced = call.of('seat_replaced').some(({ data }) => data.task === round.task && data.round === round.round)
  const state = t.task.state
  const out = advance(t, round, call.at, replaced)
  for (const each of out) {
    each.updatedHeight = call.height
    rows.save(table.submissions, each)
  }
  if (round.phase === before && out.length === 0) return
  round.updatedHeight = call.height
  rows.save(table.rounds, round)
  if (t.task.state !== state) touchTask(rows, call, t)
}

/** Events that show that the contract opened their round: rewards of past rounds and juries' words do not move one. */
const OPENING = [
  'seat_accepted',
  'seat_declined',
  'seat_parked',
  'committed',
  'revealed',
  'judges_drawn',
  'published',
  'key_opened',
  'verdict_committed',
  'verdict_revealed',
  'answered',
  'jury_drawn',
  'jury_committed',
  'jury_revealed',
  'dispute_opened',
  'settled',
] as const

function concerned(rows: Rows, call: Call): { t: TaskRows; round: RoundRow }[] {
  const places = new Map<string, { task: number; round: number }>()
  for (const name of OPENING) {
    for (const { data } of call.of(name)) places.set(`${data.task}/${data.round}`, data)
  }
  for (const { data } of call.of('ledger_changed')) {
    const { task, round } = data
    if (data.reason === 'CRANK' && task !== null && round !== null) places.set(`${task}/${round}`, { task, round })
  }
  return [...places.values()].flatMap(({ task, round: number }) => {
    const t = rows.task(task)
    const round = t.rounds.get(number)
    return round === undefined ? [] : [{ t, round }]
  })
}

function touchTask(rows: Rows, call: Call, t: TaskRows): void {
  t.task.updatedHeight = call.height
  rows.save(table.tasks, t.task)
}

const acceptWindow = (t: TaskRows): number => (t.task.spec as { windows: { accept: number } }).windows.accept
