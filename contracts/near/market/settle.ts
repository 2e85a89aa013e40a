/** Pays and charges the seats of a round, eight a call, behind a cursor. Money stays locked until the task vests. */

import { approvedFalsely } from './approve.ts'
import { disputeId } from './dispute.ts'
import { FAULT_BPS, type Fault, VERDICT_CLOSED_BPS } from './faults.ts'
import { payFromEscrow, takeFee } from './ledger.ts'
import { BASE_TENTHS, fixOutcomes } from './outcome.ts'
import {
  getBook,
  getReveal,
  getTrainer,
  getValidator,
  origin,
  type Play,
  putTask,
  putTrainer,
  putValidator,
  revealedSeats,
  touch,
} from './play.ts'
import { appendReceipt } from './receipts.ts'
import type { Charge } from './slash.ts'
import { releaseSeat, slashSeat } from './slash.ts'
import { keys } from './storage.ts'
import type { Outcome } from './types.ts'
import { getVerdicts } from './verdict.ts'

/** Seats settled in one call: its logs stay under the chain's 16 KiB. */
export const SETTLE_BATCH = 8
const FEW_VALIDATORS = 2

/** Settles the next seats. Returns whether the last one is done. */
export function settleSome(p: Play): boolean {
  const { round } = p
  if (round.settle === null) fixOutcomes(p)
  const settle = round.settle!
  const trainers = round.trainers.length
  const seats = trainers + round.validators.length
  // A validator is held against every dispute of the round: many disputes leave room for few validators in a call.
  const many = round.disputes > SETTLE_BATCH
  const judging = settle.cursor >= trainers
  const batch = many && judging ? FEW_VALIDATORS : SETTLE_BATCH
  const end = Math.min(settle.cursor + batch, many && !judging ? trainers : seats)
  let paid = 0n
  for (; settle.cursor < end; settle.cursor++) {
    paid += settle.cursor < trainers ? settleTrainer(p, settle.cursor) : settleValidator(p, settle.cursor - trainers)
  }
  takeFee(p.m, p.task, paid)
  putTask(p.m, p.task)
  touch(p)
  return settle.cursor === seats
}

/** Returns the attoBLY paid for work. */
function settleTrainer(p: Play, i: number): bigint {
  const { m, round, task, spec } = p
  const seat = getTrainer(p, i)
  const outcome = round.settle!.outcomes[i]
  seat.outcome = outcome
  seat.gain = round.settle!.gains[i]
  slashSeat(p, seat, 'trainer', trainerCharges(p, i, outcome))
  const base = (BigInt(spec.pay) * BASE_TENTHS) / 10n
  const pay = { account: seat.account, bucket: 'locked', round: round.number } as const
  if (outcome === 'accepted') {
    seat.base_pay = base.toString()
    seat.bonus = round.settle!.bonuses[i]
    payFromEscrow(m, task, { ...pay, amount: base, reason: 'BASE_PAY', spent: 'base_pay' })
    payFromEscrow(m, task, { ...pay, amount: BigInt(seat.bonus), reason: 'BONUS', spent: 'bonus' })
    const revealed = getReveal(p, i)
    m.store.put(keys.last(round.task, seat.account), { components: revealed.final, round: round.number })
    seat.receipt = appendReceipt(p, i, seat, revealed)
  } else if (outcome === 'undecided') {
    seat.base_pay = (base / 2n).toString()
    payFromEscrow(m, task, { ...pay, amount: base / 2n, reason: 'HALF_PAY', spent: 'base_pay' })
  }
  // What later evidence cannot change is free at once: only accepted work stays bonded until the task vests.
  if (outcome !== 'accepted') releaseSeat(p, seat)
  putTrainer(p, i, seat)
  m.emit('settled', {
    ...origin(p),
    submission: i,
    account: seat.account,
    outcome,
    gain: seat.gain,
    base_pay: seat.base_pay,
    bonus: seat.bonus,
    fault: seat.faults[0] ?? null,
  })
  return BigInt(seat.base_pay) + BigInt(seat.bonus)
}

function trainerCharges(p: Play, i: number, outcome: Outcome): Charge[] {
  const simple = (fault: Fault): Charge[] => [{ fault, bps: FAULT_BPS[fault] }]
  switch (p.round.t[i]) {
    case 'x':
      return simple('NOT_ACCEPTED')
    case 'a':
      return simple('NO_COMMIT')
    case 'c':
      return simple('NO_REVEAL')
    case 'q':
    case 'u':
      return []
  }
  const { opened } = getBook(p)
  const n = opened.findIndex((each) => each.submission === i && each.result === 'upheld')
  if (n >= 0) {
    const note = opened[n]
    // The requester is the one harmed, and its pay for this submission returns to it whole: nothing is left to make good.
    const charge: Charge = {
      fault: 'LEAF_FALSE',
      bps: FAULT_BPS.LEAF_FALSE,
      dispute: disputeId(p.round.task, p.round.number, n),
    }
    if (!note.validator_wrong) charge.finder = p.round.validators[note.validator]
    return [charge]
  }
  // 'r' never published, 'p' never answered; either is a fault only where the round came that far.
  const silent = outcome === 'rejected' && p.round.t[i] !== 'w'
  return silent ? simple('LEAVES_NOT_PUBLISHED') : []
}

/** Returns the attoBLY paid for work. */
function settleValidator(p: Play, j: number): bigint {
  const { m, round, task } = p
  const seat = getValidator(p, j)
  const charges = validatorCharges(p, j)
  slashSeat(p, seat, 'validator', charges)
  if (round.v[j] === 'r') {
    // A rejected dispute costs its bond alone: the rest of the verdict was work.
    if (!charges.some((each) => each.fault !== 'DISPUTE_REJECTED')) {
      const fee = earnedFee(p, j)
      seat.fee = fee.toString()
      const pay = { account: seat.account, bucket: 'locked', round: round.number } as const
      payFromEscrow(m, task, { ...pay, amount: fee, reason: 'VALIDATOR_FEE', spent: 'validators' })
    }
  } else releaseSeat(p, seat)
  putValidator(p, j, seat)
  return BigInt(seat.fee)
}

/** In table order: silence, wrong middle, false leaf approved, dispute rejected. */
function validatorCharges(p: Play, j: number): Charge[] {
  const { round, spec } = p
  const state = round.v[j]
  if (state !== 'r') {
    // Nobody had anything to judge when no trainer published.
    if (!revealedSeats(round).some((i) => round.t[i] !== 'r')) return []
    return [{ fault: 'VERDICT_SILENT', bps: state === 'c' ? VERDICT_CLOSED_BPS : FAULT_BPS.VERDICT_SILENT }]
  }
  const { opened } = getBook(p)
  const harmed = (submission: number) => {
    const unharmed = round.settle!.outcomes[submission] !== 'accepted'
    return unharmed ? [] : [{ account: round.trainers[submission], most: BigInt(spec.pay) }]
  }
  const lost = opened.flatMap((note, n) => (note.validator === j && note.validator_wrong ? [{ note, n }] : []))
  const charges: Charge[] = []
  const id = (n: number) => disputeId(round.task, round.number, n)
  const middle = lost.find(({ note }) => note.kind === 'middle')
  if (middle !== undefined) {
    charges.push({
      fault: 'MIDDLE_STATE_WRONG',
      bps: FAULT_BPS.MIDDLE_STATE_WRONG,
      dispute: id(middle.n),
      harmed: harmed(middle.note.submission),
    })
  }
  const approved = approvedFalsely(p, j)
  if (approved !== null) {
    charges.push({ fault: 'FALSE_LEAF_APPROVED', bps: FAULT_BPS.FALSE_LEAF_APPROVED, dispute: id(approved) })
  }
  const rejected = lost.filter(({ note }) => note.kind === 'leaf')
  if (rejected.length > 0) {
    charges.push({
      fault: 'DISPUTE_REJECTED',
      bps: FAULT_BPS.DISPUTE_REJECTED,
      dispute: id(rejected[0].n),
      harmed: rejected.flatMap(({ note }) => harmed(note.submission)),
    })
  }
  return charges
}

/** The validator's fee, less the share of each submission whose gain it reported otherwise than the majority. */
function earnedFee(p: Play, j: number): bigint {
  const full = BigInt(p.job.quote.validator_fee)
  const share = full / BigInt(Math.max(1, revealedSeats(p.round).length))
  const { gains } = p.round.settle!
  const off = getVerdicts(p, j).filter(
    (each) => gains[each.submission] !== null && each.gain !== gains[each.submission],
  )
  return full - share * BigInt(off.length)
}
