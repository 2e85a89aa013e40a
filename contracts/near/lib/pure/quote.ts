/**
 * What a task costs, in whole attoBLY rounded up, and the certainty table behind it. The contract recomputes it in the
 * call that creates the task; clients show it before. Source: docs/protocol.md §4.
 */

export interface CertaintyRow {
  /** Validators drawn in a round. */
  validators: number
  /** Leaves that each of them recomputes in each submission. */
  samples: number
  /** Trainer's bond as a multiple of its pay per round. */
  bondRatio: number
}

export type Certainty = 50 | 80 | 90 | 95 | 99

/** Certainty: the chance in percent that a trainer who faked a tenth of its leaves is caught, a third of all seats hostile. */
export const CERTAINTY: Readonly<Record<Certainty, CertaintyRow>> = {
  50: { validators: 3, samples: 4, bondRatio: 5 }, // p(0.1) = 0.54
  80: { validators: 5, samples: 6, bondRatio: 5 }, // 0.85
  90: { validators: 5, samples: 8, bondRatio: 6 }, // 0.908
  95: { validators: 9, samples: 6, bondRatio: 8 }, // 0.966
  99: { validators: 9, samples: 9, bondRatio: 10 }, // 0.991
}

/** The other row of 50 %, for small networks: p(0.1) = 0.55 with four validators. */
export const CERTAINTY_50_SMALL: CertaintyRow = { validators: 4, samples: 3, bondRatio: 5 }

/** The row of the table that a task names; null when its validators and samples are none of them. */
export function certaintyRow(certainty: number, validators?: number, samples?: number): CertaintyRow | null {
  const row = CERTAINTY[certainty as Certainty]
  if (row === undefined) return null
  for (const each of certainty === 50 ? [row, CERTAINTY_50_SMALL] : [row]) {
    if ((validators ?? each.validators) === each.validators && (samples ?? each.samples) === each.samples) return each
  }
  return null
}

export interface QuoteInput {
  /** attoBLY for one worker and round (R). */
  pay: bigint
  workers: number
  rounds: number
  row: CertaintyRow
  /** Segments of a transcript (S). */
  segments: number
  /** Cost of held-out scoring over cost of training, basis points (E). */
  heldoutBps: number
  /** attoBLY for one crank that moved state. */
  crankBounty: bigint
}

/** All attoBLY. `bounty` = work + fee + reserve + deposit. */
export interface Quote {
  work: bigint
  fee: bigint
  reserve: bigint
  deposit: bigint
  bounty: bigint
  /** One validator seat for one round (A). */
  validator_fee: bigint
  /** One juror in one dispute. */
  jury_fee: bigint
  crank_bounty: bigint
  trainer_bond: bigint
  validator_bond: bigint
}

/** Fee on work, basis points: 300 burned, 200 to the treasury. */
export const FEE_BPS = 500n
export const DEPOSIT_BPS = 200n
const BPS = 10_000n

/** The quote of protocol.md §4; validators and jurors are paid 1.5 times what their work costs (3/2 below). */
export function quoteTask(q: QuoteInput): Quote {
  const { pay, crankBounty } = q
  const [m, rounds, v] = [BigInt(q.workers), BigInt(q.rounds), BigInt(q.row.validators)]
  const [s, segments] = [BigInt(q.row.samples), BigInt(q.segments)]
  const jurors = 2n * v + 1n
  const validatorFee = ceilDiv(3n * m * pay * (s * BPS + BigInt(q.heldoutBps) * segments), 2n * segments * BPS)
  const juryFee = ceilDiv(3n * pay, 2n * segments)
  const work = rounds * (m * pay + v * validatorFee)
  const fee = ceilDiv(work * FEE_BPS, BPS)
  const reserve = rounds * (8n + ceilDiv(m, 8n)) * crankBounty + jurors * juryFee
  const deposit = ceilDiv(work * DEPOSIT_BPS, BPS)
  const [byFee, byJury] = [5n * validatorFee, 2n * jurors * juryFee]
  return {
    work,
    fee,
    reserve,
    deposit,
    bounty: work + fee + reserve + deposit,
    validator_fee: validatorFee,
    jury_fee: juryFee,
    crank_bounty: crankBounty,
    trainer_bond: BigInt(q.row.bondRatio) * pay,
    validator_bond: byFee > byJury ? byFee : byJury,
  }
}

function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b
}
