/** What page and recomputing worker say to each other. */

/** Which stretch of whose work; the last number of all is the making of the update itself. */
export interface Sample {
  task: string
  round: number
  submission: number
  leaf: number
}

export interface RecomputeOrder {
  sample: Sample
  /** The market's account, as this page knows it. */
  market: string
  /** Full address of the RPC that the reader chose. */
  rpc: string
  /** Where the runtime's module lies. */
  wasmUrl: string
}

export type Doing = 'reading' | 'fetching' | 'starting' | 'training' | 'packing'

export interface Progress {
  doing: Doing
  /** Steps or files done so far. */
  done: number
  /** Null where it is not known before. */
  of: number | null
}

/** A check value that somebody handed in; null where a zero stands for none. */
export interface HandedValue {
  who: string
  value: string
}

export interface Redone {
  same: boolean
  /** Hash of the end to which the trainer committed itself, and of the one that came out here. */
  committed: string
  got: string
  /** The check value that came out here; null for the update itself, which has none. */
  checkValue: string | null
  handed: HandedValue[]
  steps: number
  /** Spent on steps alone, and from first to last, ms. */
  trainingMs: number
  ms: number
  evidence: { name: string; value: string }[]
}

/** Why it could not be checked here: nothing is said about the trainer. */
export interface Unchecked {
  why: string
  /** The code's own words, for the drawer. */
  detail: string
}

export type RecomputeNews =
  | { type: 'progress'; progress: Progress }
  | { type: 'redone'; redone: Redone }
  | { type: 'unchecked'; unchecked: Unchecked }
