/**
 * Opens the sealed test text of each round for requesters who are away. Knowing the key is the authority to open it: the
 * gateway signs with its own account and can spend nothing of the requester's. It also moves such a task on when nobody
 * else does, as daemons do, after them.
 */
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { CallResult } from '../../../chain/client/near/index.ts'
import { BlyanError } from '../../../chain/lib/errors.ts'
import { needsCrank } from '../../node/duties.ts'
import type { MarketViews, TaskView } from '../../node/views.ts'
import { tasks } from '../database/schema/chain.ts'
import { drafts, roundKeys } from '../database/schema/drafts.ts'
import type { Parts } from '../types.ts'
import type { Vault } from './vault.ts'

/** Calls of the market that the gateway's account signs: neither takes a deposit. */
export interface KeeperCalls {
  open_key(args: { task_id: string; round: number; key: string }): Promise<Pick<CallResult<unknown>, 'txHash'>>
  crank(args: { task_id: string }): Promise<unknown>
}

export interface KeeperOptions {
  readonly parts: Pick<Parts, 'db' | 'head' | 'log' | 'now' | 'signal'>
  readonly views: Pick<MarketViews, 'task' | 'round' | 'dispute'>
  readonly calls: KeeperCalls
  readonly vault: Vault
  /** Between two looks at tasks under way, ms. */
  readonly pollMs?: number
}

export interface Keeper {
  /** Looks once at every task whose keys are kept here. Never throws. */
  look(): Promise<void>
  /** Ends looking. */
  stop(): Promise<void>
}

const POLL_MS = 1_000
/** Daemons of the round step forward first. */
const CRANK_AFTER_MS = 5_000
const RETRY_MS = 500
const MAX_RETRY_MS = 30_000
/** What the market says when the key is open or the moment is another: the next look decides. */
const SETTLED = new Set(['MARKET_SEAT_DONE', 'MARKET_PHASE_WRONG', 'MARKET_TASK_CLOSED'])

/** Begins to follow the chain. */
export function startKeeper(options: KeeperOptions): Keeper {
  const { parts, pollMs = POLL_MS } = options
  const { head, log, signal } = parts
  const state: State = { backoff: new Map(), crankSince: new Map() }
  let running: Promise<void> | null = null
  let again = false
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const look = (): Promise<void> => {
    again = running !== null
    running ??= (async () => {
      do {
        again = false
        await lookOnce(options, state).catch((error) => log.warn('cannot look after tasks', describe(error)))
      } while (again && !stopped)
    })().finally(() => {
      running = null
    })
    return running
  }
  const stop = async (): Promise<void> => {
    stopped = true
    unlisten()
    clearTimeout(timer)
    await running
  }
  const poll = async (): Promise<void> => {
    await look()
    if (!stopped) timer = setTimeout(poll, pollMs).unref()
  }
  const unlisten = head.onBlock(() => void look())
  signal.addEventListener('abort', () => void stop(), { once: true })
  void poll()
  return { look, stop }
}

interface State {
  readonly backoff: Map<string, { failures: number; until: number }>
  readonly crankSince: Map<string, number>
}

async function lookOnce(options: KeeperOptions, state: State): Promise<void> {
  const { parts, views } = options
  const held = await parts.db
    .selectDistinct({ id: tasks.id, head: drafts.head })
    .from(drafts)
    .innerJoin(tasks, and(eq(tasks.requester, drafts.account), eq(tasks.nonce, drafts.nonce)))
    .where(and(eq(drafts.opener, 'gateway'), eq(tasks.vested, false)))
  for (const { id, head } of held) {
    const task = String(id)
    await attempt(options, state, `${task}/look`, async () => {
      const view = await views.task(task)
      // The message alone says whose key chain it is: another task may not take these keys.
      if (view.spec.heldout.head !== head) return
      await openDue(options, view)
      await crankDue(options, state, view)
    })
  }
}

async function openDue({ parts, views, calls, vault }: KeeperOptions, task: TaskView): Promise<void> {
  const { db, log, now } = parts
  const { head } = task.spec.heldout
  const round = await views.round(task.id, task.round)
  if (round.phase !== 'publish' || round.key !== null) return
  const place = { head, round: round.round }
  const [row] = await db
    .select()
    .from(roundKeys)
    .where(and(eq(roundKeys.head, head), eq(roundKeys.round, round.round)))
  if (!row) return
  const key = vault.open(place, row.sealed)
  const { txHash } = await calls.open_key({ task_id: task.id, round: round.round, key })
  await db
    .update(roundKeys)
    .set({ openedAt: now(), tx: txHash })
    .where(and(eq(roundKeys.head, head), inArray(roundKeys.round, [round.round]), isNull(roundKeys.openedAt)))
  log.info('round opened', { task: task.id, round: round.round, tx: txHash })
}

async function crankDue({ parts, views, calls }: KeeperOptions, state: State, task: TaskView): Promise<void> {
  const { log, now } = parts
  const round = await views.round(task.id, task.round)
  const disputes = await Promise.all(round.disputes.map((id) => views.dispute(id)))
  const key = `${task.id}/${task.version}`
  if (!needsCrank(task, round, disputes, now())) {
    state.crankSince.delete(key)
    return
  }
  const since = state.crankSince.get(key) ?? now()
  state.crankSince.set(key, since)
  if (now() - since < CRANK_AFTER_MS) return
  state.crankSince.set(key, now())
  await calls.crank({ task_id: task.id })
  log.info('task moved on', { task: task.id })
}

async function attempt(
  { parts }: KeeperOptions,
  { backoff }: State,
  key: string,
  work: () => Promise<void>,
): Promise<void> {
  const { log, now, signal } = parts
  if ((backoff.get(key)?.until ?? 0) > now()) return
  try {
    await work()
    backoff.delete(key)
  } catch (error) {
    if (signal.aborted || (error instanceof BlyanError && SETTLED.has(error.code))) return
    const failures = (backoff.get(key)?.failures ?? 0) + 1
    backoff.set(key, { failures, until: now() + Math.min(RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS) })
    log.warn('could not look after a task', { duty: key, ...describe(error) })
  }
}

function describe(error: unknown): Record<string, unknown> {
  if (error instanceof BlyanError) return { code: error.code, what: error.what }
  return { code: 'INTERNAL', what: error instanceof Error ? error.message : String(error) }
}
