/** The receipt chain: one receipt for each accepted submission, each naming the one before, in a mountain range of hashes. */
import {
  appendMmr,
  EMPTY_MMR,
  type Mmr,
  mmrProof,
  mmrRoot,
  type Receipt,
  receiptHash,
  ZERO_HASH,
} from '../lib/pure/index.ts'
import type { Market } from './context.ts'
import { countStates, getJob, getReveal, getSpec, getTrainer, openPlay, origin, type Play } from './play.ts'
import { keys, PREFIX } from './storage.ts'
import type { Reveal, TrainerSeat } from './types.ts'

/** Leaf hashes in one record: storing every node of the range would cost seven times as much. */
const PAGE = 32

interface Range extends Mmr {
  /** Hash of the newest receipt. */
  previous: string
}

/** Where a receipt's fields lie; they are put together again when it is read. */
interface ReceiptNote {
  task: string
  round: number
  submission: number
  settled_at: number
}

/** Appends the receipt of an accepted submission. Returns its index. */
export function appendReceipt(p: Play, submission: number, seat: TrainerSeat, revealed: Reveal): number {
  const { m, round } = p
  const range = getRange(m)
  const index = range.size
  const note: ReceiptNote = { task: round.task, round: round.number, submission, settled_at: m.now }
  const hash = receiptHash(m.host.keccak256, buildReceipt(p, index, note, seat, revealed, range.previous))
  const { size, peaks } = appendMmr(m.host.keccak256, range, hash)
  m.store.put(PREFIX.receipts, { size, peaks, previous: hash } satisfies Range)
  m.store.put(keys.receipt(index), note)
  const page = m.store.get<string[]>(keys.receiptPage(Math.floor(index / PAGE))) ?? []
  page.push(hash)
  m.store.put(keys.receiptPage(Math.floor(index / PAGE)), page)
  const reward = (BigInt(seat.base_pay) + BigInt(seat.bonus)).toString()
  m.emit('receipt', { index, hash, ...origin(p), worker: seat.account, reward, gain: seat.gain })
  return index
}

function buildReceipt(
  { round, m }: Play,
  index: number,
  note: ReceiptNote,
  seat: TrainerSeat,
  revealed: Reveal,
  previous: string,
): Receipt {
  const { samples } = getJob(m, note.task)
  const spec = getSpec(m, note.task)
  return {
    version: 1,
    index: index.toString(),
    task: note.task,
    round: note.round,
    worker: seat.account,
    base: revealed.base,
    delta: revealed.delta,
    gain: seat.gain,
    validators: countStates(round.v, 'r'),
    samples,
    certainty: spec.certainty,
    pool: round.pool,
    smallPool: spec.small_pool,
    profile: spec.profile,
    beacon: 'near',
    reward: (BigInt(seat.base_pay) + BigInt(seat.bonus)).toString(),
    settledAt: note.settled_at,
    previous,
  }
}

function getRange(m: Market): Range {
  return m.store.get<Range>(PREFIX.receipts) ?? { ...EMPTY_MMR, previous: ZERO_HASH }
}

/** One receipt with its hash; null beyond the last. */
export function getReceipt(m: Market, index: number): (Receipt & { hash: string }) | null {
  const note = m.store.get<ReceiptNote>(keys.receipt(index))
  if (note === null) return null
  const p = openPlay(m, note.task, note.round)
  const seat = getTrainer(p, note.submission)
  const revealed = getReveal(p, note.submission)
  const previous = index === 0 ? ZERO_HASH : leafAt(m, index - 1)
  return { ...buildReceipt(p, index, note, seat, revealed, previous), hash: leafAt(m, index) }
}

export function receiptRoot(m: Market): { size: number; root: string } {
  const range = getRange(m)
  return { size: range.size, root: mmrRoot(m.host.keccak256, range) }
}

/** Proof of one receipt under the present root; null beyond the last. PERF: one keccak per receipt, for views alone. */
export function receiptProof(m: Market, index: number) {
  const { size, root } = receiptRoot(m)
  if (index >= size) return null
  const leaves: string[] = []
  for (let i = 0; i < size; i++) leaves.push(leafAt(m, i))
  return { index, leaf: leaves[index], size, root, proof: mmrProof(m.host.keccak256, leaves, index) }
}

function leafAt(m: Market, index: number): string {
  return m.store.get<string[]>(keys.receiptPage(Math.floor(index / PAGE)))![index % PAGE]
}
