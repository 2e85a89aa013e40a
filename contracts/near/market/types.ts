/** What the market keeps for each node, task, round, seat and dispute. Amounts are decimal attoBLY, times protocol ms. */
import type { Components, Quote } from '../lib/pure/index.ts'

export type Role = 'trainer' | 'validator' | 'server'
export type NodeClass = 'edge' | 'cloud' | 'browser'
export type Amount = string

/** All BLY that the market holds, by purpose. Their sum is its token balance. */
export interface Totals {
  escrow: Amount
  stake: Amount
  unbonding: Amount
  ledger: Amount
  pool: Amount
  treasury: Amount
  pending_burn: Amount
  /** Sent to the token to burn, not yet answered. */
  burning: Amount
  tasks: number
  nodes: number
  /** Nodes that hold a seat as trainer or validator. */
  operators: number
  active: number
  beacons: number
  last_tick: number
}

/** Seats bought at one moment: places in each list of the node's roles, valid for draws of since ≤ T < until. */
export interface SeatLot {
  n: number
  since: number
  until: number | null
  /** First index in each list. */
  at: Record<string, number>
}

export interface NodeRecord {
  account: string
  roles: Role[]
  kind: string
  class: NodeClass
  peer: string
  worker_key: string | null
  stake: Amount
  locked: Amount
  lots: SeatLot[]
  unbonding: { amount: Amount; at: number }[]
  /** Silent at a draw since then; not drawn until `unparked`. */
  parked: number | null
  unparked: number | null
}

export interface Ledger {
  payable: Amount
  /** Earned, but its task has not vested. */
  locked: Amount
  /** Sent, not yet answered; at most one payment at a time. */
  paying: Amount
}

export interface Beacon {
  tick: number
  /** Tick boundary, ms. */
  at: number
  value: string
}

export interface Windows {
  accept: number
  commit: number
  reveal: number
  publish: number
  verdict: number
  answer: number
  jury: number
  challenge: number
}

export type Certainties = 50 | 80 | 90 | 95 | 99

export interface TaskSpec {
  nonce: string
  spec: string
  kind: 'train'
  base: string
  workers: number
  rounds: number
  certainty: Certainties
  validators?: number | null
  samples?: number | null
  segments: number
  pay: Amount
  profile: 'canonical' | 'native'
  class: 'any' | NodeClass
  small_pool: boolean
  heldout_bps: number
  heldout: { head: string; sets: string; root: string }
  peer?: string | null
  windows: Windows
  zero: { m: string; v: string; counters: string; residual: string }
  tick_ms?: number | null
}

export type QuoteText = Record<keyof Quote, Amount>

/** What a task's price fixed at creation. */
export interface Job {
  quote: QuoteText
  validators: number
  samples: number
}

export type TaskState = 'Pending' | 'Assigned' | 'InProgress' | 'Completed' | 'Failed' | 'Cancelled'

export interface Spent {
  base_pay: Amount
  bonus: Amount
  validators: Amount
  jury: Amount
  cranks: Amount
  burned: Amount
  treasury: Amount
}

export interface TaskRecord {
  id: string
  requester: string
  state: TaskState
  created_at: number
  round: number
  rounds_settled: number
  /** Rounds in a row whose merge set was empty. */
  empty_rounds: number
  /** SHA-256 preimage chain of held-out keys: the last opened key, and its round (-1: none). */
  key_head: string
  key_round: number
  escrow: Amount
  /** Parts of `escrow` that only cranks and juries, or a silent requester, may use up. */
  reserve: Amount
  deposit: Amount
  spent: Spent
  vest_at: number | null
  vest_round: number
  vest_seat: number
  vested: boolean
  reason: string | null
  /** Place in the list of active tasks. */
  slot: number
}

export type Phase =
  | 'assign'
  | 'accept'
  | 'commit'
  | 'reveal'
  | 'judges'
  | 'publish'
  | 'verdict_commit'
  | 'verdict_reveal'
  | 'answer'
  | 'dispute'
  | 'settle'
  | 'settled'

export type Outcome = 'accepted' | 'rejected' | 'missing' | 'undecided'

/**
 * The small record that every call of a round reads. Seats are characters, so that closing a phase touches no seat:
 * trainers `d`rawn `a`ccepted `c`ommitted `r`evealed `p`ublished ans`w`ered, silent `x`, declined `q`, data unavailable `u`;
 * validators `d`rawn `c`ommitted `r`evealed.
 */
export interface RoundRecord {
  task: string
  number: number
  version: number
  attempt: number
  phase: Phase
  opened_at: number
  phase_at: number
  deadline: number | null
  /** The task's windows: closing a phase reads no other record. */
  windows: Windows
  /** T of the draw that the round waits for. */
  draw_at: number
  assign: string | null
  judges: string | null
  judge_tries: number
  trainers: string[]
  t: string
  spares: string[]
  validators: string[]
  v: string
  pool: number
  key: string | null
  /** Disputes opened so far, and those still undecided. */
  disputes: number
  open: number
  /** Validators whose middles have been compared with the answers. */
  checked: number
  settle: Settle | null
  settled_at: number | null
}

/** Fixed when the round enters `settle`; the cursor then walks trainers and validators. */
export interface Settle {
  cursor: number
  outcomes: Outcome[]
  gains: (string | null)[]
  bonuses: Amount[]
  merge_set: number[]
}

export interface TrainerSeat {
  account: string
  bond: Amount
  /** Part of the bond that already left the stake: slashes, and juries paid in advance of them. */
  taken: Amount
  jury: Amount
  released: boolean
  commitment: string | null
  manifest: string | null
  /** Last state of this task that was merged, when the seat was drawn. */
  last: { components: Components; round: number } | null
  outcome: Outcome | null
  faults: string[]
  gain: string | null
  base_pay: Amount
  bonus: Amount
  receipt: number | null
}

export interface Reveal {
  base: string
  delta: string
  chunk_root: string
  boundary_root: string
  middle_root: string
  final: Components
  start: Components
}

export interface OpenMiddle {
  leaf: number
  hash: string
}

export interface ValidatorSeat {
  account: string
  bond: Amount
  taken: Amount
  jury: Amount
  released: boolean
  commitment: string | null
  faults: string[]
  fee: Amount
}

/** A verdict without its middles, which are a record of their own. */
export interface StoredVerdict {
  submission: number
  verdict: 'ok' | 'dispute' | 'unserved'
  leaf: number | null
  end: string | null
  gain: string | null
}

export type DisputeKind = 'leaf' | 'middle'
export type DisputeResult = 'upheld' | 'rejected' | 'undecided' | 'lapsed'

/** Disputes of one round: those that wait for their turn, and in short those that were opened. */
export interface DisputeBook {
  queue: { submission: number; validator: number; leaf: number; end: string }[]
  opened: DisputeNote[]
}

export interface DisputeNote {
  submission: number
  validator: number
  kind: DisputeKind
  leaf: number
  result: DisputeResult | null
  /** Middle disputes: the trainer's closed answer is wrong, the validator's is. */
  trainer_wrong: boolean
  validator_wrong: boolean
}

export interface DisputeRecord {
  id: string
  task: string
  round: number
  /** Place in the round's list of disputes. */
  number: number
  submission: number
  trainer: string
  validator: number
  disputer: string
  kind: DisputeKind
  leaf: number
  end: string | null
  middle_trainer: string | null
  middle_validator: string | null
  phase: 'draw' | 'commit' | 'reveal' | 'decided'
  draw_at: number
  beacon: string | null
  deadline: number | null
  jurors: string[]
  /** Jurors as characters: `d`rawn, `c`ommitted, `r`evealed. */
  j: string
  result: DisputeResult | null
  decided: { middle: string; end: string } | null
}

export interface JurorSeat {
  account: string
  commitment: string | null
  middle: string | null
  end: string | null
}
