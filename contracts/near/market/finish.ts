/** How rounds and tasks end: next round, next attempt, completed, failed. Whatever happens, the escrow comes free. */
import { retry } from './assign.ts'
import type { Market } from './context.ts'
import { payFromEscrow } from './ledger.ts'
import { getNode } from './nodes.ts'
import { enter } from './phase.ts'
import { getTrainer, origin, type Play, putTask, putTrainer, revealedSeats, seatsIn } from './play.ts'
import { releaseSeat } from './slash.ts'
import { keys, PREFIX } from './storage.ts'
import type { RoundRecord, TaskRecord, TaskState, Windows } from './types.ts'

/** Rounds in a row without a single merged delta before the task has failed. */
const MAX_EMPTY_ROUNDS = 3

/** Closes a round whose seats are all settled. */
export function finishRound(p: Play): void {
  const { m, round, task, spec } = p
  if (revealedSeats(round).length === 0) {
    retry(p, 'NOBODY_REVEALED')
    return
  }
  const { merge_set } = round.settle!
  round.settled_at = m.now
  task.rounds_settled += 1
  task.empty_rounds = merge_set.length > 0 ? 0 : task.empty_rounds + 1
  putTask(m, task)
  enter(p, 'settled', m.now)
  m.emit('round_settled', { ...origin(p), merge_set })
  if (task.empty_rounds >= MAX_EMPTY_ROUNDS) endTask(p, 'Failed', 'EMPTY_ROUNDS')
  else if (task.rounds_settled === spec.rounds) endTask(p, 'Completed', null)
  else {
    task.round += 1
    newRound(m, task.id, task.round, round.version + 1, round.windows)
  }
}

/** Opens a round: its trainers are drawn by the first beacon after now. */
export function newRound(m: Market, task: string, number: number, version: number, windows: Windows): void {
  const record: RoundRecord = {
    task,
    number,
    version,
    attempt: 0,
    phase: 'assign',
    opened_at: m.now,
    phase_at: m.now,
    deadline: null,
    windows,
    draw_at: m.now,
    assign: null,
    judges: null,
    judge_tries: 0,
    trainers: [],
    t: '',
    spares: [],
    validators: [],
    v: '',
    pool: m.totals.operators,
    key: null,
    disputes: 0,
    open: 0,
    checked: 0,
    settle: null,
    settled_at: null,
  }
  m.store.put(keys.round(task, number), record)
}

/** The round's draws came to nothing too often. */
export function failTask(p: Play, reason: string): void {
  p.round.settled_at = p.m.now
  enter(p, 'settled', p.m.now)
  endTask(p, 'Failed', reason)
}

/** Half of the drawn say that the task's data is not served: they are unparked and share the deposit. */
export function failUnavailable(p: Play): void {
  const { m, round, task } = p
  const complaints = seatsIn(round, 'u')
  const share = BigInt(task.deposit) / BigInt(complaints.length)
  for (const i of complaints) {
    const account = round.trainers[i]
    const node = getNode(m, account)
    if (node.parked !== null && node.unparked === null) {
      node.unparked = m.now
      m.store.put(keys.node(account), node)
    }
    payFromEscrow(m, task, {
      account,
      bucket: 'payable',
      amount: share,
      reason: 'DECLINED',
      spent: null,
      round: round.number,
    })
  }
  task.deposit = '0'
  for (const i of seatsIn(round, 'da')) {
    const seat = getTrainer(p, i)
    releaseSeat(p, seat)
    putTrainer(p, i, seat)
  }
  failTask(p, 'DATA_UNAVAILABLE')
  finalizeTask(m, task)
}

function endTask(p: Play, state: TaskState, reason: string | null): void {
  const { m, task, round } = p
  task.state = state
  task.reason = reason
  task.vest_at = m.now + (task.rounds_settled > 0 ? round.windows.challenge : 0)
  putTask(m, task)
  m.emit(state === 'Completed' ? 'task_completed' : state === 'Failed' ? 'task_failed' : 'task_cancelled', {
    task: task.id,
    requester: task.requester,
    rounds: task.rounds_settled,
    reason,
    vest_at: task.vest_at,
  })
}

/** Ends a task on its requester's word. */
export function cancelTask(p: Play): void {
  p.round.settled_at = p.m.now
  enter(p, 'settled', p.m.now)
  endTask(p, 'Cancelled', 'REQUESTER')
  finalizeTask(p.m, p.task)
}

/** Whether a task has ended, its challenge window is over, and every seat of it has vested. */
export function isVestable(m: Market, task: TaskRecord): boolean {
  return task.vest_at !== null && task.vest_at <= m.now && !task.vested
}

/** Returns what was not used, once every seat has vested. */
export function finalizeTask(m: Market, task: TaskRecord): void {
  if (!isVestable(m, task) || task.vest_round < task.rounds_settled) return
  const refund = BigInt(task.escrow)
  task.reserve = task.deposit = '0'
  payFromEscrow(m, task, {
    account: task.requester,
    bucket: 'payable',
    amount: refund,
    reason: 'REFUND',
    spent: null,
    round: task.round,
  })
  task.vested = true
  leaveActive(m, task)
  putTask(m, task)
  m.emit('vested', { task: task.id, refund: refund.toString() })
}

/** Takes a task off the list of active ones: the last one moves into its place. */
function leaveActive(m: Market, task: TaskRecord): void {
  const { totals } = m
  const lastSlot = totals.active - 1
  const lastId = m.store.getText(keys.active(lastSlot))!
  if (lastId !== task.id) {
    const last = m.store.get<TaskRecord>(keys.task(lastId))!
    last.slot = task.slot
    putTask(m, last)
    m.store.putText(keys.active(task.slot), lastId)
  }
  m.store.remove(keys.active(lastSlot))
  totals.active = lastSlot
  m.store.put(PREFIX.totals, totals)
}
