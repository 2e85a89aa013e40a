/**
 * What a worker, a validator or a juror promises before it opens it: one hash each, over lines of text. The contract
 * recomputes them at reveal. Source: docs/protocol.md §2 rules 8 and 9.
 */
import { type Hash, type HashHex, ZERO_HASH } from './bytes.ts'
import { hashLines } from './lines.ts'

export { ZERO_HASH }

/** One training state: the sha256 of each component's raw little-endian bytes. */
export interface Components {
  parameters: HashHex
  /** First AdamW moment. */
  m: HashHex
  /** Second AdamW moment. */
  v: HashHex
  /** Step and data counters. */
  counters: HashHex
  /** Error-feedback residual of the delta codec. */
  residual: HashHex
}

/** Hash of one state, over its component hashes in fixed order. */
export function stateHash(sha256: Hash, c: Components): HashHex {
  return hashLines(sha256, 'state', [c.parameters, c.m, c.v, c.counters, c.residual])
}

export interface Transcript {
  /** Root over the S + 1 boundary states. */
  boundaryRoot: HashHex
  /** Root over the S middle states. */
  middleRoot: HashHex
  /** `stateHash` of the state after the codec leaf. */
  final: HashHex
  /** CID of the encoded delta. */
  delta: string
  /** Merkle root over the delta's chunks. */
  chunkRoot: HashHex
}

/** One hash for all that a worker says about its round's work. */
export function transcriptRoot(sha256: Hash, t: Transcript): HashHex {
  return hashLines(sha256, 'transcript', [t.boundaryRoot, t.middleRoot, t.final, t.delta, t.chunkRoot])
}

export interface Submission {
  /** Task id, decimal u64. */
  task: string
  round: number
  /** sha256 of the round's initial parameter bytes. */
  base: HashHex
  account: string
  delta: string
  chunkRoot: HashHex
  transcriptRoot: HashHex
  salt: string
}

/** What `commit` stores and `reveal` must open. */
export function submissionCommitment(sha256: Hash, s: Submission): HashHex {
  const fields = [s.task, s.round, s.base, s.account, s.delta, s.chunkRoot, s.transcriptRoot, s.salt]
  return hashLines(sha256, 'submission', fields)
}

/** End hash of the codec leaf: ties the delta to the state after it. */
export function codecEnd(sha256: Hash, c: { final: HashHex; delta: string; chunkRoot: HashHex }): HashHex {
  return hashLines(sha256, 'codec', [c.final, c.delta, c.chunkRoot])
}

/** One validator's verdict on one submission. */
export interface Verdict {
  /** Index of the submission in the round. */
  submission: number
  verdict: 'ok' | 'dispute' | 'unserved'
  /** The leaf that a dispute accuses. */
  leaf: number | null
  /** Held-out gain, microbits per byte, decimal; null where no key was opened. */
  gain: string | null
  /** Middle hashes in the order of this validator's drawn leaves. */
  middles: readonly HashHex[]
}

export interface VerdictCommitment {
  task: string
  round: number
  account: string
  verdicts: readonly Verdict[]
  salt: string
}

/** What `verdict_commit` stores: one line for each submission between the account and the salt. */
export function verdictCommitment(sha256: Hash, v: VerdictCommitment): HashHex {
  const fields: (string | number)[] = [v.task, v.round, v.account]
  for (const each of v.verdicts) fields.push(verdictLine(each))
  fields.push(v.salt)
  return hashLines(sha256, 'verdict', fields)
}

/** `submission:verdict:leaf:gain:middles`, a dash for null. */
export function verdictLine(v: Verdict): string {
  return `${v.submission}:${v.verdict}:${v.leaf ?? '-'}:${v.gain ?? '-'}:${v.middles.join(',')}`
}

export interface JuryAnswer {
  /** Dispute id. */
  dispute: string
  account: string
  /** Middle state's hash; `ZERO_HASH` for the codec leaf. */
  middle: HashHex
  end: HashHex
  salt: string
}

/** What `jury_commit` stores. */
export function juryCommitment(sha256: Hash, j: JuryAnswer): HashHex {
  return hashLines(sha256, 'jury', [j.dispute, j.account, j.middle, j.end, j.salt])
}

/** Seed of one worker's batches in one round: the chain gives it, so the work can be replayed and copying shows. */
export function batchSeed(sha256: Hash, b: { beacon: HashHex; task: string; round: number; account: string }): HashHex {
  return hashLines(sha256, 'batch', [b.beacon, b.task, b.round, b.account])
}
