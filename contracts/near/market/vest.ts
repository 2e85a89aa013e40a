/** When a task's challenge window is over, locked pay becomes payable and bonds come free: eight seats a call. */
import type { Market } from './context.ts'
import { isVestable } from './finish.ts'
import { moveLedger } from './ledger.ts'
import { getTrainer, getValidator, openPlay, type Play, putTask, putTrainer, putValidator } from './play.ts'
import { releaseSeat } from './slash.ts'
import type { TaskRecord } from './types.ts'

/** Seats vested in one call. */
export const VEST_BATCH = 8

/** Vests the next seats. Returns whether anything moved. */
export function vestSome(m: Market, task: TaskRecord): boolean {
  if (!isVestable(m, task)) return false
  let left = VEST_BATCH
  while (left > 0 && task.vest_round < task.rounds_settled) {
    const p = openPlay(m, task.id, task.vest_round)
    const trainers = p.round.trainers.length
    const seats = trainers + p.round.validators.length
    for (; left > 0 && task.vest_seat < seats; left--, task.vest_seat++) {
      if (task.vest_seat < trainers) vestTrainer(p, task.vest_seat)
      else vestValidator(p, task.vest_seat - trainers)
    }
    if (task.vest_seat === seats) {
      task.vest_round += 1
      task.vest_seat = 0
    }
  }
  putTask(m, task)
  return true
}

function vestTrainer(p: Play, i: number): void {
  const seat = getTrainer(p, i)
  vest(p, seat.account, BigInt(seat.base_pay) + BigInt(seat.bonus))
  if (seat.released) return
  releaseSeat(p, seat)
  putTrainer(p, i, seat)
}

function vestValidator(p: Play, j: number): void {
  const seat = getValidator(p, j)
  vest(p, seat.account, BigInt(seat.fee))
  if (seat.released) return
  releaseSeat(p, seat)
  putValidator(p, j, seat)
}

function vest({ m, round }: Play, account: string, amount: bigint): void {
  moveLedger(m, account, 'locked', 'payable', amount, 'VEST', { task: round.task, round: round.number })
}
