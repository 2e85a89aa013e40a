/** Tasks: made, ended, paid out. What a spec and its price say is asked from the chain once; the rest is events. */
import type { Call } from '../calls.ts'
import { type Rows, type TaskRow, table } from '../rows.ts'
import { newRound } from './rounds.ts'

const ENDS = { task_completed: 'Completed', task_failed: 'Failed', task_cancelled: 'Cancelled' } as const

export function reduceNewTasks(rows: Rows, call: Call): void {
  for (const { data } of call.of('task_created')) {
    const facts = rows.taskFacts.get(data.task)
    if (facts === undefined) throw new Error(`facts of task ${data.task} are not loaded`)
    const task: TaskRow = {
      id: data.task,
      requester: data.requester,
      state: 'Pending',
      reason: null,
      createdHeight: call.height,
      createdAt: call.at,
      tx: call.tx,
      nonce: data.nonce,
      spec: facts.spec,
      quote: facts.quote,
      validators: facts.validators,
      samples: facts.samples,
      round: 0,
      rounds: facts.spec.rounds,
      roundsSettled: 0,
      workers: facts.spec.workers,
      certainty: facts.spec.certainty,
      smallPool: facts.spec.small_pool,
      bounty: data.bounty,
      escrow: data.bounty,
      basePay: 0n,
      bonus: 0n,
      validatorsPay: 0n,
      jury: 0n,
      cranks: 0n,
      burned: 0n,
      treasury: 0n,
      returned: 0n,
      declined: 0n,
      vestAt: null,
      vested: false,
      updatedHeight: call.height,
    }
    rows.tasks.set(task.id, {
      task,
      rounds: new Map(),
      submissions: [],
      verdicts: [],
      disputes: new Map(),
      seats: [],
      models: new Map(),
    })
    rows.addTotal('escrow', data.bounty)
    rows.save(table.tasks, task)
    newRound(rows, call, task.id, 0)
  }
}

/** After the rounds of the call: ends of tasks, the next round of those that go on, and what came free. */
export function reduceTaskEnds(rows: Rows, call: Call): void {
  const ended = new Set<number>()
  for (const name of ['task_completed', 'task_failed', 'task_cancelled'] as const) {
    for (const { data } of call.of(name)) {
      ended.add(data.task)
      const { task } = rows.task(data.task)
      task.state = ENDS[name]
      task.reason = data.reason
      task.vestAt = data.vest_at
      saveTask(rows, call, task)
    }
  }
  for (const { data } of call.of('round_settled')) {
    const { task } = rows.task(data.task)
    task.roundsSettled += 1
    saveTask(rows, call, task)
    if (ended.has(data.task)) continue
    task.round += 1
    newRound(rows, call, task.id, task.round)
  }
  for (const { data } of call.of('vested')) {
    const { task } = rows.task(data.task)
    task.vested = true
    saveTask(rows, call, task)
  }
}

function saveTask(rows: Rows, call: Call, task: TaskRow): void {
  task.updatedHeight = call.height
  rows.save(table.tasks, task)
}
