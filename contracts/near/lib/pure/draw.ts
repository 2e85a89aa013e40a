/**
 * Draws as pure functions of a beacon: anyone recomputes who was drawn. A uniform permutation is dealt from the front by a
 * sparse Fisher-Yates shuffle, so a draw among 10^6 seats costs what one among 10^2 costs.
 */
import { concatBytes, fromHex, type Hash, type HashHex, invalidEncoding, u32be } from './bytes.ts'
import { hashLines } from './lines.ts'

/** Most entries that one draw deals: a seat is found within 64 tries or the draw waits. */
export const MAX_TRIES = 64

/** 48-bit words: exact in a double, five in one sha256. */
const WORD = 2 ** 48
const WORDS_PER_HASH = 5

export interface DrawPurpose {
  beacon: HashHex
  task: string
  round: number
  /** What is drawn: 'trainers', 'validators', 'jury/…'. */
  purpose: string
  /** Counts repeated draws of one purpose, from 0. */
  attempt: number
}

/** Seed of one draw. */
export function drawSeed(sha256: Hash, d: DrawPurpose): HashHex {
  return hashLines(sha256, 'draw', [d.beacon, d.task, d.round, d.purpose, d.attempt])
}

/**
 * The first min(k, length, 64) entries of a uniform permutation of 0..length-1.
 * Words: sha256(seed ‖ u32 i), i = 0, 1, …, each cut into five big-endian 48-bit words; a word above the largest
 * multiple of the range is skipped, so the modulo has no bias.
 * @throws `ENCODING_INVALID` when length is no integer in 0..2^31-1
 */
export function drawOrder(sha256: Hash, seed: HashHex, length: number, k: number): number[] {
  if (!(length >= 0 && length <= 0x7fffffff && Math.floor(length) === length)) invalidEncoding(`draw among ${length}`)
  const count = Math.min(k, length, MAX_TRIES)
  const next = wordStream(sha256, fromHex(seed))
  // Fisher-Yates keeps only the slots that were swapped away from their own index.
  const moved = new Map<number, number>()
  const order: number[] = []
  for (let i = 0; i < count; i++) {
    const range = length - i
    const limit = WORD - (WORD % range)
    let word = next()
    while (word >= limit) word = next() // once in 2^17 at most for any range below 2^31
    // An int32, not the double that % gives: QuickJS's Map takes 5 and 5.0 for two keys.
    const j = (i + (word % range)) | 0
    order.push(moved.get(j) ?? j)
    moved.set(j, moved.get(i) ?? i)
  }
  return order
}

export interface LeafPurpose {
  beacon: HashHex
  task: string
  round: number
  /** Validator's account. */
  validator: string
  /** Submission's index in the round. */
  submission: number
}

/** The leaves of 0..segments-1 which one validator recomputes in one submission: distinct, ascending. */
export function drawLeaves(sha256: Hash, l: LeafPurpose, segments: number, samples: number): number[] {
  const seed = hashLines(sha256, 'leaves', [l.beacon, l.task, l.round, l.validator, l.submission])
  return drawOrder(sha256, seed, segments, samples).sort((a, b) => a - b)
}

function wordStream(sha256: Hash, seed: Uint8Array): () => number {
  let block = new Uint8Array(0)
  let counter = 0
  let used = WORDS_PER_HASH
  return () => {
    if (used === WORDS_PER_HASH) {
      block = new Uint8Array(sha256(concatBytes(seed, u32be(counter++))))
      used = 0
    }
    const at = 6 * used++
    let word = 0
    for (let i = at; i < at + 6; i++) word = word * 256 + block[i]
    return word
  }
}
