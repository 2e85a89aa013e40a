/** What each reason for a payment or a loss means in words, and the rule behind it. Source: docs/protocol.md §2, §4. */

/** Shares of a round's bond, in hundredths of a per cent, and what happened. */
export const FAULTS: Readonly<Record<string, { share: number; what: string }>> = {
  NOT_ACCEPTED: { share: 50, what: 'did not answer the draw in time' },
  NO_COMMIT: { share: 500, what: 'nothing handed in in time' },
  NO_REVEAL: { share: 1_000, what: 'handed in sealed, never opened' },
  LEAVES_NOT_PUBLISHED: { share: 2_000, what: 'drawn samples or check values not opened' },
  DEMAND_UNANSWERED: { share: 2_000, what: 'a demand for data went unanswered' },
  LEAF_FALSE: { share: 10_000, what: 'a sample was false: a jury redid it' },
  VERDICT_SILENT: { share: 500, what: 'no verdict in time' },
  MIDDLE_STATE_WRONG: { share: 5_000, what: 'check values invented: a jury redid the sample' },
  FALSE_LEAF_APPROVED: { share: 10_000, what: 'approved a sample that a jury found false' },
  DISPUTE_REJECTED: { share: 10_000, what: 'disputed a sample that a jury found right' },
}

/** Payments that are earned; the others move what was there before. */
export const EARNINGS: Readonly<Record<string, string>> = {
  BASE_PAY: 'samples redone, all right',
  BONUS: 'its update helped',
  HALF_PAY: 'no jury could decide: half pay',
  VALIDATOR_FEE: 'checked the round’s work',
  JURY_FEE: 'redid a disputed sample as the jury decided',
  FINDER_FEE: 'found a false sample',
  HARMED: 'made good: someone was wrong about its work',
  CRANK: 'moved the task on',
  DECLINED: 'the task’s data was not served',
}

/** Moves between what is locked, payable, on its way and staked. */
export const MOVES: Readonly<Record<string, string>> = {
  REFUND: 'not used, returned to who ordered',
  VEST: 'checking time has passed: payable',
  CLAIM: 'collected',
  CLAIM_RESTORED: 'the payment failed and came back',
  WITHDRAW: 'stake that was removed, payable now',
}

const TENTHS = 10n

/** Base pay of one accepted hand-in: nine tenths, rounded down. */
export const basePay = (pay: bigint): bigint => (pay * 9n) / TENTHS

export interface BonusShare {
  /** This hand-in's gain as it counts: at most twice the median, at least zero; null where none was settled. */
  counted: bigint | null
  /** Sum of what counts in the round. */
  sum: bigint
  /** What the scored (or, without a gain, each unscored) hand-ins share, attoBLY. */
  pool: bigint
  /** attoBLY, rounded down. */
  bonus: bigint
}

/**
 * One hand-in's share of the round's bonus, as the market computes it.
 * @param gains of the accepted ones, millionths of a bit per byte, in their order; null where none was settled
 * @param pay attoBLY for one trainer and round
 */
export function bonusShare(gains: readonly (bigint | null)[], which: number, pay: bigint): BonusShare {
  const count = BigInt(gains.length)
  const all = (pay - basePay(pay)) * count
  const scored = gains.filter((gain) => gain !== null)
  const cap = 2n * medianFloor(scored)
  const counts = (gain: bigint): bigint => (gain < 0n || cap < 0n ? 0n : gain < cap ? gain : cap)
  const sum = scored.reduce((total, gain) => total + counts(gain), 0n)
  const gain = gains[which]!
  if (gain === null) return { counted: null, sum, pool: all, bonus: all / count }
  const pool = (all * BigInt(scored.length)) / count
  const counted = counts(gain)
  const bonus = sum === 0n ? 0n : (all * BigInt(scored.length) * counted) / (count * sum)
  return { counted, sum, pool, bonus }
}

function medianFloor(values: readonly bigint[]): bigint {
  if (values.length === 0) return 0n
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2n
}
