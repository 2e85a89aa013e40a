/** The one call that moves what waits for nobody in particular: draws, juries, settlement, vesting. Open to all. */
import { storageBook } from './accounts.ts'
import { assign } from './assign.ts'
import type { Market } from './context.ts'
import { finalizeTask, finishRound } from './finish.ts'
import { drawJudges } from './judges.ts'
import { crankDisputes } from './jury.ts'
import { payFromReserve } from './ledger.ts'
import { checkMiddles } from './middles.ts'
import { enter, openRound } from './phase.ts'
import { getTask, type Play, putTask } from './play.ts'
import { settleSome } from './settle.ts'
import { vestSome } from './vest.ts'

/** At most one draw, eight seats settled or eight vested. Pays its caller if state moved. @throws MARKET_TASK_UNKNOWN */
export function crank(m: Market, args: { task_id: string }): boolean {
  const task = getTask(m, args.task_id)
  if (task.vested) return false
  const p = openRound(m, task.id, task.round)
  const moved = task.vest_at === null ? step(p) || m.touched.size > 0 : vestSome(m, task)
  if (!moved) return false
  const account = m.host.predecessor()
  if (storageBook(m.host).find(account) !== null) {
    const amount = BigInt(p.job.quote.crank_bounty)
    payFromReserve(m, task, { account, amount, reason: 'CRANK', spent: 'cranks', round: p.round.number })
    putTask(m, task)
  }
  finalizeTask(m, task)
  return true
}

function step(p: Play): boolean {
  switch (p.round.phase) {
    case 'assign':
      return assign(p)
    case 'judges':
      return drawJudges(p)
    case 'answer':
      return crankDisputes(p)
    case 'dispute':
      return crankDisputePhase(p)
    case 'settle':
      return settle(p)
    default:
      return false
  }
}

/** Pairs compared beyond which a call leaves the settlement to the next. */
const FEW_PAIRS = 24

/** Verdict disputes first, then middles against answers, then the round is ripe. */
function crankDisputePhase(p: Play): boolean {
  const { round } = p
  if (crankDisputes(p)) return true
  if (round.checked < round.v.length) {
    if (round.checked === 0 && round.open > 0) return false
    const pairs = checkMiddles(p)
    if (round.checked < round.v.length || pairs > FEW_PAIRS || round.open > 0) return true
  }
  if (round.open > 0) return false
  enter(p, 'settle', p.m.now)
  return settle(p)
}

function settle(p: Play): boolean {
  if (settleSome(p)) finishRound(p)
  return true
}
