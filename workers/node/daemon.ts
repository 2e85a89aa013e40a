/**
 * The daemon: reads the chain, works out what its account owes, does it. It keeps no protocol state of its own beyond
 * the journal, so that after any crash the next look at the chain says where to go on.
 */
import { BlyanError } from '../../chain/lib/errors.ts'
import { crankOrder, type Duty, dutiesOf, dutyKey, needsCrank } from './duties.ts'
import type { Case, Operator } from './operator.ts'
import { judgeAndCommit, revealJudgement } from './role/juror.ts'
import { keysKey, openKey } from './role/requester.ts'
import { acceptSeat, answerMiddles, dropRounds, publishDrawn, revealWork, trainAndCommit } from './role/trainer.ts'
import { auditAndCommit, revealVerdicts } from './role/validator.ts'
import type { TaskContext } from './taskContext.ts'
import type { ActiveView, DisputeView, RoundView, TaskView } from './views.ts'

/** Between two daemons' attempts to move a task on: the first to act pays the gas and gets the bounty. */
export const CRANK_STAGGER_MS = 250
const CRANK_PAUSE_MS = 1000
/** After a duty failed; doubled each time up to a minute. */
const RETRY_MS = 500
const MAX_RETRY_MS = 60_000

export interface DaemonOptions {
  readonly operator: Operator
  /** Opens a task's documents; called once a task, again after a failure. */
  readonly open: (task: TaskView) => Promise<TaskContext>
  readonly now: () => number
  readonly pollMs: number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

interface Backoff {
  failures: number
  until: number
}

/** Runs until the operator's signal is aborted. Faults of peers, chain and storage are logged and retried, never thrown. */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { operator, pollMs, sleep, now } = options
  const { views, signal, log } = operator
  const seen = new Map<string, { version: number; state: Snapshot }>()
  const contexts = new Map<string, Promise<TaskContext>>()
  const busy = new Map<string, Promise<void>>()
  const backoff = new Map<string, Backoff>()
  const crankSince = new Map<string, number>()
  /** Tasks under way here, those of an earlier process included: what was kept for them goes when they have ended. */
  const tasks = new Set(operator.journal.keys('handed/').map((key) => key.split('/')[1]))
  let reachable = true
  let active: ActiveView = []
  let seenHeight = -1

  const contextOf = (task: TaskView): Promise<TaskContext> => {
    const known = contexts.get(task.id)
    if (known) return known
    const opening = (async () => {
      const context = await options.open(task)
      await operator.compute.open(task.id, context.document, context.data)
      return context
    })()
    contexts.set(task.id, opening)
    opening.catch(() => contexts.delete(task.id))
    return opening
  }

  const attempt = (task: string, key: string, work: () => Promise<void>): void => {
    if (busy.has(key) || (backoff.get(key)?.until ?? 0) > now()) return
    const running = work()
      .then(() => void backoff.delete(key))
      .catch((error: unknown) => {
        if (signal.aborted) return
        const failures = (backoff.get(key)?.failures ?? 0) + 1
        backoff.set(key, { failures, until: now() + Math.min(RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS) })
        log('failed', { duty: key, ...describe(error) })
      })
      .finally(() => {
        busy.delete(key)
        // What was seen before this step would ask for it again.
        seen.delete(task)
      })
    busy.set(key, running)
  }

  while (!signal.aborted) {
    try {
      const height = await views.head()
      if (height !== seenHeight) active = await views.active()
      seenHeight = height
      if (!reachable) log('chain answers again')
      reachable = true
    } catch (error) {
      if (reachable && !signal.aborted) log('chain is silent', describe(error))
      reachable = false
    }
    for (const entry of active) {
      tasks.add(entry.task)
      try {
        const known = seen.get(entry.task)
        const state = known && isCurrent(known, entry) ? known.state : await snapshot(operator, entry)
        seen.set(entry.task, { version: entry.version, state })
        for (const duty of dutiesOf(
          state.task,
          state.round,
          state.disputes,
          operator.account,
          holdsKeys(operator, state.task),
        )) {
          attempt(entry.task, dutyKey(state.task, state.round, duty), async () =>
            perform(operator, { ...state, context: await contextOf(state.task) }, duty),
          )
        }
        crank(options, state, entry, crankSince, attempt)
      } catch (error) {
        if (!signal.aborted) log('cannot read a task', { task: entry.task, ...describe(error) })
      }
    }
    for (const id of tasks) {
      if (active.some((entry) => entry.task === id) || !reachable) continue
      tasks.delete(id)
      seen.delete(id)
      contexts.delete(id)
      attempt(id, `${id}/drop`, () => dropRounds(operator, id))
    }
    await sleep(pollMs, signal)
  }
  await Promise.allSettled(busy.values())
}

/** Phases in which nothing that another account does gives this one a duty. */
const QUIET: ReadonlySet<string> = new Set(['commit', 'reveal', 'publish', 'verdict_commit', 'verdict_reveal'])

/** PERF: a round of nine operators changes some sixty times, and each look costs the node three views. */
function isCurrent(
  { version, state: { round } }: { version: number; state: Snapshot },
  entry: ActiveView[number],
): boolean {
  if (version === entry.version) return true
  return QUIET.has(entry.phase) && round.phase === entry.phase && round.round === entry.round
}

interface Snapshot {
  readonly task: TaskView
  readonly round: RoundView
  readonly disputes: readonly DisputeView[]
}

async function snapshot({ views }: Operator, entry: ActiveView[number]): Promise<Snapshot> {
  const [task, round] = await Promise.all([views.task(entry.task), views.round(entry.task, entry.round)])
  const disputes = await Promise.all(round.disputes.map((id) => views.dispute(id)))
  return { task, round, disputes }
}

function crank(
  { operator, now }: DaemonOptions,
  { task, round, disputes }: Snapshot,
  entry: ActiveView[number],
  since: Map<string, number>,
  attempt: (task: string, key: string, work: () => Promise<void>) => void,
): void {
  const key = `${task.id}/crank/${entry.version}`
  if (!needsCrank(task, round, disputes, now())) {
    since.delete(key)
    return
  }
  const first = since.get(key) ?? now()
  since.set(key, first)
  if (now() - first < crankOrder(round, operator.account) * CRANK_STAGGER_MS) return
  // A crank that moved nothing is not repeated at once: a draw may wait for a time that only the contract knows.
  since.set(key, now() + CRANK_PAUSE_MS)
  attempt(task.id, `${task.id}/crank`, () => operator.call('crank', { task_id: task.id }))
}

async function perform(operator: Operator, at: Case, duty: Duty): Promise<void> {
  switch (duty.kind) {
    case 'accept':
      return acceptSeat(operator, at)
    case 'train':
      return trainAndCommit(operator, at)
    case 'reveal':
      return revealWork(operator, at)
    case 'publish':
      return publishDrawn(operator, at)
    case 'answer':
      return answerMiddles(operator, at)
    case 'audit':
      return auditAndCommit(operator, at)
    case 'reveal-verdict':
      return revealVerdicts(operator, at)
    case 'open-key':
      return openKey(operator, at)
    case 'judge-leaf':
      return judgeAndCommit(operator, at, duty.dispute)
    case 'reveal-judgement':
      return revealJudgement(operator, duty.dispute)
    default:
      duty satisfies never
  }
}

function holdsKeys({ journal }: Operator, task: TaskView): boolean {
  return journal.get(keysKey(task.spec.heldout.head)) !== null
}

function describe(error: unknown): Record<string, unknown> {
  if (error instanceof BlyanError) return { code: error.code, what: error.what, fix: error.fix }
  return { code: 'INTERNAL', what: error instanceof Error ? error.message : String(error) }
}
