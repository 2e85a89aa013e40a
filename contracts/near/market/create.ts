/** A task begins: its spec is checked, its price recomputed, its bounty taken into escrow, its first round opened. */

import { requireOneYocto } from '../lib/access.ts'
import { mulDivCeil, STORAGE_PRICE } from '../lib/money.ts'
import { type CertaintyRow, certaintyRow, type Quote, quoteTask } from '../lib/pure/index.ts'
import { requireRegistered, storageBook, taskBytes } from './accounts.ts'
import { addTotal, type Market } from './context.ts'
import { ensure } from './errors.ts'
import { cancelTask, newRound } from './finish.ts'
import { openRound } from './phase.ts'
import { putTask } from './play.ts'
import { keys, PREFIX } from './storage.ts'
import type { Job, QuoteText, TaskRecord, TaskSpec, Windows } from './types.ts'

const NOTHING = { base_pay: '0', bonus: '0', validators: '0', jury: '0', cranks: '0', burned: '0', treasury: '0' }

/**
 * Creates a task from a transfer. Returns the attoBLY that are not used: the surplus; all of it when the bounty is not
 * covered, or when this nonce has been used before.
 * @param message the text that held the spec: it is stored as it came
 * @throws STORAGE_NOT_REGISTERED STORAGE_EXHAUSTED MARKET_SPEC_INVALID MARKET_POOL_TOO_SMALL
 */
export function createTask(m: Market, requester: string, amount: bigint, spec: TaskSpec, message: string): bigint {
  requireRegistered(m.host, requester)
  const nonce = keys.nonce(requester, spec.nonce)
  const before = m.store.getText(nonce)
  if (before !== null) {
    m.host.log(`E_NONCE: nonce ${spec.nonce} of ${requester} made task ${before}; the transfer is returned`)
    return amount
  }
  const { row, quote } = priceTask(m, spec)
  requirePool(m, spec, row)
  if (amount < quote.bounty) {
    m.host.log(`E_BOUNTY: the bounty is ${quote.bounty} attoBLY, ${amount} sent; the transfer is returned`)
    return amount
  }
  storageBook(m.host).addBytes(requester, taskBytes(spec, row.validators, row.samples))
  const { totals } = m
  totals.tasks += 1
  const id = totals.tasks.toString()
  const job: Job = { quote: quoteText(quote), validators: row.validators, samples: row.samples }
  const task: TaskRecord = {
    id,
    requester,
    state: 'Pending',
    created_at: m.now,
    round: 0,
    rounds_settled: 0,
    empty_rounds: 0,
    key_head: spec.heldout.head,
    key_round: -1,
    escrow: job.quote.bounty,
    reserve: job.quote.reserve,
    deposit: job.quote.deposit,
    spent: { ...NOTHING },
    vest_at: null,
    vest_round: 0,
    vest_seat: 0,
    vested: false,
    reason: null,
    slot: totals.active,
  }
  m.store.putText(nonce, id)
  m.store.put(keys.job(id), job)
  m.store.putText(keys.spec(id), message)
  putTask(m, task)
  m.store.putText(keys.active(totals.active), id)
  totals.active += 1
  m.store.put(PREFIX.totals, totals)
  addTotal(m, 'escrow', quote.bounty)
  newRound(m, id, 0, 1, spec.windows)
  m.emit('task_created', { task: id, requester, bounty: job.quote.bounty, nonce: spec.nonce, spec: spec.spec })
  return amount - quote.bounty
}

/** View: the price of a task, and what it locks of the requester's storage balance. */
export function quote(m: Market, spec: TaskSpec) {
  const { row, quote } = priceTask(m, spec)
  const bytes = taskBytes(spec, row.validators, row.samples)
  return {
    ...quoteText(quote),
    validators: row.validators,
    samples: row.samples,
    storage_bytes: Number(bytes),
    storage_yocto: (bytes * STORAGE_PRICE).toString(),
  }
}

/** Ends a task that no trainer has been drawn for. @throws DEPOSIT_ONE_YOCTO MARKET_NOT_REQUESTER MARKET_TASK_CLOSED */
export function cancel(m: Market, args: { task_id: string }): void {
  requireOneYocto(m.host)
  const p = openRound(m, args.task_id, 0)
  const { task } = p
  const caller = m.host.predecessor()
  ensure(caller === task.requester, 'MARKET_NOT_REQUESTER', () => `task ${task.id} belongs to ${task.requester}`)
  const open = task.state === 'Pending' && task.rounds_settled === 0 && p.round.phase === 'assign'
  ensure(open, 'MARKET_TASK_CLOSED', () => `task ${task.id} is ${task.state}; cancel needs Pending`)
  cancelTask(p)
}

function priceTask(m: Market, spec: TaskSpec): { row: CertaintyRow; quote: Quote } {
  const row = certaintyRow(spec.certainty, spec.validators ?? undefined, spec.samples ?? undefined)
  invalidUnless(
    row !== null,
    () => `certainty ${spec.certainty} has no row of ${spec.validators} validators, ${spec.samples} samples`,
  )
  const pay = BigInt(spec.pay)
  invalidUnless(pay >= 1_000_000n, () => `pay is ${pay} attoBLY, at least 1000000 is needed to split it`)
  invalidUnless(
    spec.tick_ms === undefined || spec.tick_ms === null || spec.tick_ms === m.config.tick_ms,
    () => `tick_ms is ${spec.tick_ms}, this network's tick is ${m.config.tick_ms}`,
  )
  requireWindows(m, spec.windows)
  const quote = quoteTask({
    pay,
    workers: spec.workers,
    rounds: spec.rounds,
    row,
    segments: spec.segments,
    heldoutBps: spec.heldout_bps,
    crankBounty: BigInt(m.config.crank_bounty),
  })
  // Refuses what does not fit u128 before it reaches storage.
  mulDivCeil(quote.bounty, 1n, 1n)
  return { row, quote }
}

function requireWindows({ config }: Market, windows: Windows): void {
  const { challenge, ...rest } = windows
  for (const [name, ms] of Object.entries(rest)) {
    invalidUnless(
      ms >= config.window_min_ms && ms <= config.window_max_ms,
      () => `windows.${name} is ${ms} ms; this network allows ${config.window_min_ms} to ${config.window_max_ms}`,
    )
  }
  invalidUnless(
    challenge >= config.challenge_min_ms && challenge <= config.window_max_ms,
    () =>
      `windows.challenge is ${challenge} ms; this network allows ${config.challenge_min_ms} to ${config.window_max_ms}`,
  )
  const dispute = windows.answer + 2 * windows.jury + challenge
  invalidUnless(
    dispute <= config.dispute_max_ms,
    () => `answer, two jury windows and challenge last ${dispute} ms; unbonding allows ${config.dispute_max_ms}`,
  )
}

function requirePool({ totals }: Market, spec: TaskSpec, row: CertaintyRow): void {
  const wanted = spec.workers + 2 * row.validators
  ensure(
    spec.small_pool || totals.operators >= wanted,
    'MARKET_POOL_TOO_SMALL',
    () =>
      `${totals.operators} operators are staked; ${spec.workers} workers at certainty ${spec.certainty} want ${wanted}`,
  )
}

function quoteText(quote: Quote): QuoteText {
  const text = {} as QuoteText
  for (const name of Object.keys(quote) as (keyof Quote)[]) text[name] = quote[name].toString()
  return text
}

function invalidUnless(condition: boolean, what: () => string): asserts condition {
  ensure(condition, 'MARKET_SPEC_INVALID', what)
}
