/** What the market shows: the records, joined and named as clients read them. Amounts are decimal text, times ms. */
import { batchSeed } from '../lib/pure/index.ts'
import { answerLeaves, getMiddles } from './answer.ts'
import { beaconOfTick } from './beacon.ts'
import type { Market } from './context.ts'
import { disputeId } from './dispute.ts'
import { leavesOf } from './judges.ts'
import { advanceDispute } from './jury.ts'
import { getLedger } from './ledger.ts'
import { findNode, funds, isParkedAt } from './nodes.ts'
import { openRound } from './phase.ts'
import { findReveal, getJob, getSpec, getTrainer, getValidator, type Play } from './play.ts'
import * as receipts from './receipts.ts'
import { mayReopen, openSeats } from './seats.ts'
import { keys } from './storage.ts'
import type { DisputeRecord, JurorSeat, Phase, RoundRecord, TaskRecord } from './types.ts'
import { getVerdicts } from './verdict.ts'

const LIMIT = 50

interface Page {
  from_index?: number
  limit?: number
}

export function active(m: Market) {
  const list = []
  for (let slot = 0; slot < m.totals.active; slot++) {
    const task = m.store.getText(keys.active(slot))!
    const record = m.store.get<TaskRecord>(keys.task(task))!
    const { round } = openRound(m, task, record.round)
    list.push({ task, round: record.round, phase: round.phase, version: round.version, vest_at: record.vest_at })
  }
  return list
}

export function getTask(m: Market, { task_id }: { task_id: string }) {
  const task = m.store.get<TaskRecord>(keys.task(task_id))
  if (task === null) return null
  const { quote, validators, samples } = getJob(m, task_id)
  const spec = getSpec(m, task_id)
  const keysOpened: (string | null)[] = []
  for (let n = 0; n <= task.round; n++) keysOpened.push(m.store.get<RoundRecord>(keys.round(task_id, n))!.key)
  const { round } = openRound(m, task_id, task.round)
  return {
    id: task.id,
    requester: task.requester,
    state: task.state,
    spec,
    validators,
    samples,
    created_at: task.created_at,
    round: task.round,
    rounds_settled: task.rounds_settled,
    version: round.version,
    bounty: quote.bounty,
    quote,
    spent: task.spent,
    escrow: task.escrow,
    reserve: task.reserve,
    key_head: task.key_head,
    keys: keysOpened,
    pool: round.pool,
    vest_at: task.vest_at,
    vested: task.vested,
    reason: task.reason,
  }
}

export function getTasks(m: Market, { from_index = 0, limit = LIMIT }: Page) {
  const list = []
  for (let n = from_index; n < Math.min(m.totals.tasks, from_index + limit); n++) {
    list.push(getTask(m, { task_id: `${n + 1}` }))
  }
  return list
}

export function getRound(m: Market, args: { task_id: string; round: number }) {
  if (m.store.get(keys.round(args.task_id, args.round)) === null) return null
  const p = openRound(m, args.task_id, args.round)
  const { round } = p
  const disputes = []
  for (let n = 0; n < round.disputes; n++) disputes.push(disputeId(round.task, round.number, n))
  return {
    task: round.task,
    round: round.number,
    version: round.version,
    phase: round.phase,
    attempt: round.attempt,
    opened_at: round.opened_at,
    phase_at: round.phase_at,
    deadline: round.deadline,
    draw_at: round.draw_at,
    beacon: { assign: round.assign, judges: round.judges },
    pool: round.pool,
    spares: round.spares,
    trainers: round.trainers.map((_, i) => trainerView(p, i)),
    validators: round.validators.map((_, i) => validatorView(p, i)),
    disputes,
    key: round.key,
    merge_set: round.settle?.merge_set ?? null,
    settled_at: round.settled_at,
  }
}

function trainerView(p: Play, i: number) {
  const { m, round } = p
  const seat = getTrainer(p, i)
  const revealed = findReveal(p, i)
  const open = 'rpw'.includes(round.t[i])
  const task = round.task
  return {
    index: i,
    account: seat.account,
    state: trainerState(round, i),
    bond: seat.bond,
    batch_seed: batchSeed(m.host.sha256, { beacon: round.assign!, task, round: round.number, account: seat.account }),
    last_final: seat.last,
    commitment: seat.commitment,
    base: open ? revealed!.base : null,
    delta: open ? revealed!.delta : null,
    chunk_root: open ? revealed!.chunk_root : null,
    boundary_root: open ? revealed!.boundary_root : null,
    middle_root: open ? revealed!.middle_root : null,
    final: open ? revealed!.final : null,
    start: open ? revealed!.start : null,
    manifest: seat.manifest,
    answer: round.phase === 'answer' && round.t[i] === 'p' ? answerLeaves(p, i) : null,
    middles: round.t[i] === 'w' ? getMiddles(p, i) : null,
    outcome: seat.outcome,
    faults: seat.faults,
    gain: seat.gain,
    base_pay: seat.base_pay,
    bonus: seat.bonus,
    receipt: seat.receipt,
  }
}

const TRAINER_STATES: Record<string, string> = {
  d: 'drawn',
  a: 'accepted',
  c: 'committed',
  r: 'revealed',
  p: 'published',
  w: 'answered',
}
/** The last phase in which each state is still in time. */
const LAST_PHASE: Record<string, Phase> = { d: 'accept', a: 'commit', c: 'reveal', r: 'publish', p: 'answer' }
const ORDER: Phase[] = [
  'assign',
  'accept',
  'commit',
  'reveal',
  'judges',
  'publish',
  'verdict_commit',
  'verdict_reveal',
  'answer',
  'dispute',
  'settle',
  'settled',
]

function isLate(round: RoundRecord, state: string): boolean {
  const last = LAST_PHASE[state]
  return last !== undefined && ORDER.indexOf(round.phase) > ORDER.indexOf(last)
}

function trainerState(round: RoundRecord, i: number): string {
  const state = round.t[i]
  return isLate(round, state) ? 'out' : (TRAINER_STATES[state] ?? 'out')
}

function validatorView(p: Play, j: number) {
  const { round } = p
  const seat = getValidator(p, j)
  const state = round.v[j]
  const late = ORDER.indexOf(round.phase) > ORDER.indexOf(state === 'd' ? 'verdict_commit' : 'verdict_reveal')
  return {
    index: j,
    account: seat.account,
    state: state === 'r' ? 'revealed' : late ? 'silent' : state === 'c' ? 'committed' : 'drawn',
    bond: seat.bond,
    leaves: round.trainers.map((_, i) => ('rpw'.includes(round.t[i]) ? leavesOf(p, j, i) : [])),
    commitment: seat.commitment,
    verdicts: state === 'r' ? verdictsView(p, j) : null,
    faults: seat.faults,
    fee: seat.fee,
  }
}

function verdictsView(p: Play, j: number) {
  const middles = p.m.store.get<string[][]>(keys.answers(p.round.task, p.round.number, j))!
  return getVerdicts(p, j).map((each, k) => ({ ...each, middles: middles[k] }))
}

export function getDispute(m: Market, { dispute_id }: { dispute_id: string }) {
  const known = m.store.get<DisputeRecord>(keys.dispute(dispute_id))
  const [task, round] = known === null ? dispute_id.split('-') : [known.task, known.round]
  // A dispute that the passing of time has opened lies only in memory yet.
  if (m.store.get(keys.round(task, Number(round))) === null) return null
  const p = openRound(m, task, Number(round))
  const d = m.store.get<DisputeRecord>(keys.dispute(dispute_id))
  if (d === null) return null
  advanceDispute(p, d)
  const { j, jurors, number: _, validator: __, ...rest } = d
  return {
    ...rest,
    jurors: jurors.map((_, i) => {
      const seat = m.store.get<JurorSeat>(keys.juror(d.id, i))!
      const silent = d.phase === 'decided' || (d.phase === 'reveal' && j[i] === 'd')
      const state = j[i] === 'r' ? 'revealed' : silent ? 'silent' : j[i] === 'c' ? 'committed' : 'drawn'
      return { ...seat, state }
    }),
  }
}

export function getNode(m: Market, { account_id }: { account_id: string }) {
  const node = findNode(m, account_id)
  if (node === null) return null
  const free = BigInt(node.stake) - BigInt(node.locked)
  return {
    account: node.account,
    roles: node.roles,
    kind: node.kind,
    class: node.class,
    peer: node.peer,
    worker_key: node.worker_key,
    stake: node.stake,
    locked: node.locked,
    free: (free < 0n ? 0n : free).toString(),
    seats: openSeats(node),
    parked: isParkedAt(node, m.now),
    unbonding: node.unbonding,
    may_restake: mayReopen(m, node, funds(node)),
    ledger: getLedger(m, account_id),
  }
}

export function getNodes(m: Market, { from_index = 0, limit = LIMIT }: Page) {
  const list = []
  for (let n = from_index; n < Math.min(m.totals.nodes, from_index + limit); n++) {
    list.push(getNode(m, { account_id: m.store.getText(keys.nodeAt(n))! }))
  }
  return list
}

export function ledger(m: Market, { account_id }: { account_id: string }) {
  return getLedger(m, account_id)
}

export function supply({ totals }: Market) {
  const { escrow, stake, unbonding, ledger, pool, treasury } = totals
  // What the token was asked to burn is here until it answers.
  const pending_burn = (BigInt(totals.pending_burn) + BigInt(totals.burning)).toString()
  return { escrow, stake, unbonding, ledger, pool, treasury, pending_burn }
}

export function getReceipt(m: Market, { index }: { index: number }) {
  return receipts.getReceipt(m, index)
}

export function getReceipts(m: Market, { from_index = 0, limit = LIMIT }: Page) {
  const list = []
  const { size } = receipts.receiptRoot(m)
  for (let n = from_index; n < Math.min(size, from_index + limit); n++) list.push(receipts.getReceipt(m, n))
  return list
}

export function receiptRoot(m: Market) {
  return receipts.receiptRoot(m)
}

export function receiptProof(m: Market, { index }: { index: number }) {
  return receipts.receiptProof(m, index)
}

/** Beacons, times and results of a round's draws: with the seats as of then, anyone draws again. */
export function draw(m: Market, args: { task_id: string; round: number }) {
  const record = m.store.get<RoundRecord>(keys.round(args.task_id, args.round))
  if (record === null) return null
  const { round, job, spec } = openRound(m, args.task_id, args.round)
  return {
    task: round.task,
    round: round.number,
    attempt: round.attempt,
    trainers: { beacon: round.assign, drawn: round.trainers, spares: round.spares },
    validators: { beacon: round.judges, drawn: round.validators, samples: job.samples, segments: spec.segments },
  }
}

export function getBeacon(m: Market, { tick }: { tick: number }) {
  return beaconOfTick(m, tick)
}
