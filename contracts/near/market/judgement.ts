/** What a jury's answers decide, and who pays the jury: the loser, at once, out of its bond. */
import { bpsFloor, min } from '../lib/money.ts'
import { addTo, type Market } from './context.ts'
import { lapseDisputes, openNextDispute } from './dispute.ts'
import { FAULT_BPS } from './faults.ts'
import { changeLedger, payFromReserve } from './ledger.ts'
import { getNode, takeBond } from './nodes.ts'
import {
  getBook,
  getTrainer,
  getValidator,
  origin,
  type Play,
  putBook,
  putTask,
  putTrainer,
  putValidator,
  touch,
} from './play.ts'
import { keys } from './storage.ts'
import type { DisputeNote, DisputeRecord, DisputeResult, JurorSeat, TrainerSeat, ValidatorSeat } from './types.ts'

/** Answers that a jury needs to decide anything. */
export const MIN_ANSWERS = 3

export interface Pair {
  middle: string
  end: string
}

/** The pair that two thirds of the answers name; null when there is none, or there are fewer than three answers. */
export function agreedPair(answers: readonly Pair[]): Pair | null {
  if (answers.length < MIN_ANSWERS) return null
  for (const pair of answers) {
    const same = answers.filter((each) => each.middle === pair.middle && each.end === pair.end)
    if (same.length * 3 >= answers.length * 2) return { middle: pair.middle, end: pair.end }
  }
  return null
}

/** Closes a dispute with what its jury said. */
export function decide(p: Play, d: DisputeRecord): void {
  const { m, round } = p
  const answers = readAnswers(m, d)
  const agreed = agreedPair(answers)
  const book = getBook(p)
  const note = book.opened[d.number]
  judge(d, agreed, note)
  d.phase = 'decided'
  d.deadline = null
  d.result = note.result
  d.decided = agreed
  m.store.put(keys.dispute(d.id), d)
  putBook(p, book)
  round.open -= 1
  touch(p)
  const right = answers.filter((each) => agreed === null || (each.middle === agreed.middle && each.end === agreed.end))
  payJury(
    p,
    note,
    right.map((each) => each.account),
  )
  m.emit(`dispute_${note.result as Exclude<DisputeResult, 'lapsed'>}`, {
    dispute: d.id,
    ...origin(p),
    submission: d.submission,
    trainer: d.trainer,
    disputer: d.disputer,
    kind: d.kind,
    leaf: d.leaf,
    middle: agreed?.middle ?? null,
    end: agreed?.end ?? null,
    answers: answers.length,
  })
  if (d.kind === 'middle') return
  if (note.result === 'upheld') lapseDisputes(p, d.submission)
  else openNextDispute(p, d.submission, m.now)
}

function judge(d: DisputeRecord, agreed: Pair | null, note: DisputeNote): void {
  if (agreed === null) {
    note.result = 'undecided'
    return
  }
  const leafFalse = agreed.end !== d.end
  const middleFalse = agreed.middle !== d.middle_trainer
  note.trainer_wrong = d.kind === 'leaf' ? leafFalse : middleFalse
  note.validator_wrong = d.kind === 'leaf' ? !leafFalse : agreed.middle !== d.middle_validator
  note.result = note.trainer_wrong ? 'upheld' : 'rejected'
}

function readAnswers(m: Market, d: DisputeRecord): (Pair & { account: string })[] {
  const answers: (Pair & { account: string })[] = []
  for (let i = 0; i < d.j.length; i++) {
    if (d.j[i] !== 'r') continue
    const { account, middle, end } = m.store.get<JurorSeat>(keys.juror(d.id, i))!
    answers.push({ account, middle: middle!, end: end! })
  }
  return answers
}

/** Jurors who agreed get their fee from the loser's bond, and what that lacks from the task's reserve. */
function payJury(p: Play, note: DisputeNote, jurors: readonly string[]): void {
  const { m, task, round, job } = p
  const fee = BigInt(job.quote.jury_fee)
  let pot = fromLoser(p, note, fee * BigInt(jurors.length))
  for (const account of jurors) {
    const paid = min(pot, fee)
    pot -= paid
    changeLedger(m, account, 'payable', paid, 'JURY_FEE', origin(p))
    payFromReserve(m, task, { account, amount: fee - paid, reason: 'JURY_FEE', spent: 'jury', round: round.number })
  }
  putTask(m, task)
}

/** Takes the jury's cost from the loser, within the fault that it will be charged with. Returns what was there. */
function fromLoser(p: Play, note: DisputeNote, cost: bigint): bigint {
  if (cost === 0n || !(note.trainer_wrong || note.validator_wrong)) return 0n
  const fault = note.trainer_wrong ? 'LEAF_FALSE' : note.kind === 'leaf' ? 'DISPUTE_REJECTED' : 'MIDDLE_STATE_WRONG'
  const prepay = (seat: TrainerSeat | ValidatorSeat): bigint => {
    const most = bpsFloor(BigInt(seat.bond), BigInt(FAULT_BPS[fault])) - BigInt(seat.jury)
    const taken = most < 0n ? 0n : min(cost, most)
    takeBond(p.m, getNode(p.m, seat.account), taken, 'JURY')
    seat.jury = addTo(seat.jury, taken)
    seat.taken = addTo(seat.taken, taken)
    return taken
  }
  if (note.trainer_wrong) {
    const seat = getTrainer(p, note.submission)
    const taken = prepay(seat)
    putTrainer(p, note.submission, seat)
    return taken
  }
  const seat = getValidator(p, note.validator)
  const taken = prepay(seat)
  putValidator(p, note.validator, seat)
  return taken
}
