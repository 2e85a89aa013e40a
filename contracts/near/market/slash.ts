/** Takes faults out of a bond, in the order given and together at most the bond: jury, finder, harmed, the rest burned. */
import { bpsFloor, min } from '../lib/money.ts'
import type { Fault } from './faults.ts'
import { burnLater, changeLedger } from './ledger.ts'
import { freeBond, getNode, takeBond } from './nodes.ts'
import { origin, type Play } from './play.ts'
import type { TrainerSeat, ValidatorSeat } from './types.ts'

/** The finder's share of a slash, and its cap in validators' fees. */
const FINDER_BPS = 2_000n
const FINDER_FEES = 5n

export interface Charge {
  fault: Fault
  bps: number
  dispute?: string
  finder?: string
  /** Who is made good, in order, and up to how much. */
  harmed?: { account: string; most: bigint }[]
}

/** Charges a seat. Juries were paid out of its bond when they decided; that counts as part of the slash. */
export function slashSeat(p: Play, seat: TrainerSeat | ValidatorSeat, role: string, charges: readonly Charge[]): void {
  if (charges.length === 0) return
  const bond = BigInt(seat.bond)
  let total = 0n
  let juryLeft = BigInt(seat.jury)
  let fromStake = 0n
  for (const charge of charges) {
    seat.faults.push(charge.fault)
    const amount = min(bpsFloor(bond, BigInt(charge.bps)), bond - total)
    if (amount === 0n) continue
    total += amount
    const jury = min(juryLeft, amount)
    juryLeft -= jury
    fromStake += amount - jury
    splitSlash(p, seat.account, role, charge, amount, jury)
  }
  seat.taken = total.toString()
  takeBond(p.m, getNode(p.m, seat.account), fromStake, 'SLASH')
}

function splitSlash(p: Play, account: string, role: string, charge: Charge, amount: bigint, jury: bigint): void {
  const { m, job } = p
  let rest = amount - jury
  let finder = 0n
  if (charge.finder !== undefined) {
    finder = min(rest, min(bpsFloor(amount, FINDER_BPS), FINDER_FEES * BigInt(job.quote.validator_fee)))
    changeLedger(m, charge.finder, 'payable', finder, 'FINDER_FEE', origin(p))
    rest -= finder
  }
  let harmed = 0n
  for (const each of charge.harmed ?? []) {
    const paid = min(rest, each.most)
    changeLedger(m, each.account, 'payable', paid, 'HARMED', origin(p))
    harmed += paid
    rest -= paid
  }
  burnLater(m, rest, 'SLASH', p.round.task)
  m.emit('slashed', {
    account,
    role,
    reason: charge.fault,
    amount: amount.toString(),
    burned: rest.toString(),
    harmed: harmed.toString(),
    finder: finder.toString(),
    jury: jury.toString(),
    ...origin(p),
    dispute: charge.dispute ?? null,
  })
}

/** Unlocks what is left of a seat's bond. */
export function releaseSeat(p: Pick<Play, 'm'>, seat: TrainerSeat | ValidatorSeat): void {
  if (seat.released) return
  seat.released = true
  freeBond(p.m, getNode(p.m, seat.account), BigInt(seat.bond) - BigInt(seat.taken))
}
