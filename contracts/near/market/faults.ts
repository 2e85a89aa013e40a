/** Faults and their price in basis points of the round's bond; together they never exceed it. */
export const FAULT_BPS = {
  NOT_ACCEPTED: 50,
  NO_COMMIT: 500,
  NO_REVEAL: 1_000,
  /** Also: middle states not opened. */
  LEAVES_NOT_PUBLISHED: 2_000,
  LEAF_FALSE: 10_000,
  /** A verdict that was not even committed; a committed one that stays closed costs twice that. */
  VERDICT_SILENT: 500,
  MIDDLE_STATE_WRONG: 5_000,
  FALSE_LEAF_APPROVED: 10_000,
  DISPUTE_REJECTED: 10_000,
} as const

export const VERDICT_CLOSED_BPS = 1_000

export type Fault = keyof typeof FAULT_BPS
