/** One round in one call: its record, and task and job read only when a rule needs them. */
import type { Components } from '../lib/pure/index.ts'
import type { Market } from './context.ts'
import { ensure, fail } from './errors.ts'
import { keys } from './storage.ts'
import type {
  DisputeBook,
  Job,
  Phase,
  Reveal,
  RoundRecord,
  TaskRecord,
  TaskSpec,
  TrainerSeat,
  ValidatorSeat,
} from './types.ts'

export interface Play {
  readonly m: Market
  readonly round: RoundRecord
  readonly task: TaskRecord
  readonly job: Job
  readonly spec: TaskSpec
}

/** @throws MARKET_TASK_UNKNOWN */
export function getTask(m: Market, task: string): TaskRecord {
  return m.store.get<TaskRecord>(keys.task(task)) ?? fail('MARKET_TASK_UNKNOWN', `there is no task ${task}`)
}

export function putTask(m: Market, task: TaskRecord): void {
  m.store.put(keys.task(task.id), task)
}

/** @throws MARKET_TASK_UNKNOWN */
export function getJob(m: Market, task: string): Job {
  return m.store.get<Job>(keys.job(task)) ?? fail('MARKET_TASK_UNKNOWN', `there is no task ${task}`)
}

/** The spec, out of the message that made the task. @throws MARKET_TASK_UNKNOWN */
export function getSpec(m: Market, task: string): TaskSpec {
  const known = m.specs.get(task)
  if (known !== undefined) return known
  const message = m.store.getText(keys.spec(task)) ?? fail('MARKET_TASK_UNKNOWN', `there is no task ${task}`)
  const { task: spec } = JSON.parse(message) as { task: TaskSpec }
  m.specs.set(task, spec)
  return spec
}

/** @throws MARKET_ROUND_UNKNOWN */
export function openPlay(m: Market, task: string, number: number): Play {
  const round = m.store.get<RoundRecord>(keys.round(task, number))
  if (round === null) fail('MARKET_ROUND_UNKNOWN', `task ${task} has no round ${number}`)
  return {
    m,
    round,
    get task() {
      return getTask(m, task)
    },
    get job() {
      return getJob(m, task)
    },
    get spec() {
      return getSpec(m, task)
    },
  }
}

/** Marks the round as changed, and counts the change once a call. */
export function touch(p: Play): void {
  const { round } = p
  if (!p.m.touched.has(round)) {
    p.m.touched.add(round)
    round.version += 1
  }
  p.m.store.put(keys.round(round.task, round.number), round)
}

/** @throws MARKET_PHASE_WRONG */
export function requirePhase(p: Play, phase: Phase): void {
  ensure(
    p.round.phase === phase,
    'MARKET_PHASE_WRONG',
    () => `round ${p.round.number} of task ${p.round.task} is in '${p.round.phase}', this needs '${phase}'`,
  )
}

/** Index of the caller among the drawn. @throws MARKET_SEAT_NONE */
export function requireSeat(p: Play, seats: readonly string[]): number {
  const caller = p.m.host.predecessor()
  const index = seats.indexOf(caller)
  ensure(index >= 0, 'MARKET_SEAT_NONE', () => `${caller} was not drawn for this`)
  return index
}

/** @throws MARKET_SEAT_DONE */
export function requireState(states: string, index: number, state: string): void {
  ensure(states[index] === state, 'MARKET_SEAT_DONE', () => 'this seat has acted, or missed an earlier window')
}

/** `states` with one character changed. */
export function withState(states: string, index: number, state: string): string {
  return states.slice(0, index) + state + states.slice(index + 1)
}

/** How many seats are in one of `wanted`. */
export function countStates(states: string, wanted: string): number {
  let count = 0
  for (const state of states) if (wanted.includes(state)) count++
  return count
}

export function getTrainer(p: Play, i: number): TrainerSeat {
  return p.m.store.get<TrainerSeat>(keys.trainer(p.round.task, p.round.number, i))!
}

export function putTrainer(p: Play, i: number, seat: TrainerSeat): void {
  p.m.store.put(keys.trainer(p.round.task, p.round.number, i), seat)
}

/** What a trainer revealed; null before. */
export function findReveal(p: Play, i: number): Reveal | null {
  const text = p.m.store.getText(keys.reveal(p.round.task, p.round.number, i))
  if (text === null) return null
  const [base, delta, chunk_root, boundary_root, middle_root, ...rest] = text.split(' ')
  const components = (at: number): Components => {
    const [parameters, m, v, counters, residual] = rest.slice(at, at + 5)
    return { parameters, m, v, counters, residual }
  }
  return { base, delta, chunk_root, boundary_root, middle_root, final: components(0), start: components(5) }
}

export function getReveal(p: Play, i: number): Reveal {
  return findReveal(p, i)!
}

/** PERF: fifteen words instead of JSON, at a third of its gas. */
export function putReveal(p: Play, i: number, r: Reveal): void {
  const words = [r.base, r.delta, r.chunk_root, r.boundary_root, r.middle_root]
  for (const c of [r.final, r.start]) words.push(c.parameters, c.m, c.v, c.counters, c.residual)
  p.m.store.putText(keys.reveal(p.round.task, p.round.number, i), words.join(' '))
}

export function getValidator(p: Play, i: number): ValidatorSeat {
  return p.m.store.get<ValidatorSeat>(keys.validator(p.round.task, p.round.number, i))!
}

export function putValidator(p: Play, i: number, seat: ValidatorSeat): void {
  p.m.store.put(keys.validator(p.round.task, p.round.number, i), seat)
}

export function getBook(p: Play): DisputeBook {
  return p.m.store.get<DisputeBook>(keys.disputes(p.round.task, p.round.number)) ?? { queue: [], opened: [] }
}

export function putBook(p: Play, book: DisputeBook): void {
  p.m.store.put(keys.disputes(p.round.task, p.round.number), book)
}

/** The round's place, as events name it. */
export function origin(p: Play): { task: string; round: number } {
  return { task: p.round.task, round: p.round.number }
}

/** Trainers that revealed, in seat order: what validators judge. */
export function revealedSeats(round: RoundRecord): number[] {
  return seatsIn(round, 'rpw')
}

/** Trainers whose state is one of `wanted`. */
export function seatsIn(round: RoundRecord, wanted: string): number[] {
  const seats: number[] = []
  for (let i = 0; i < round.t.length; i++) if (wanted.includes(round.t[i])) seats.push(i)
  return seats
}
