/** Protocol windows in ms: how long each phase of a round may last. Source: docs/protocol.md §1. */

export interface Windows {
  readonly accept: number
  readonly commit: number
  readonly reveal: number
  readonly publish: number
  readonly verdict: number
  readonly answer: number
  readonly jury: number
  readonly challenge: number
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** At least two minutes, since filling a shard for a shorter one costs under 20 NEAR. */
export const PRODUCTION_WINDOWS: Windows = {
  accept: 2 * MINUTE,
  commit: 10 * MINUTE,
  reveal: 5 * MINUTE,
  publish: 10 * MINUTE,
  verdict: 10 * MINUTE,
  answer: 5 * MINUTE,
  jury: 10 * MINUTE,
  challenge: DAY,
}

/** Windows close early when all have acted, so a generous one costs an honest network nothing. */
export const EMBEDDED_WINDOWS: Windows = {
  accept: MINUTE,
  commit: 3 * MINUTE,
  reveal: MINUTE,
  publish: MINUTE,
  verdict: 3 * MINUTE,
  answer: MINUTE,
  jury: MINUTE,
  challenge: 5000,
}
