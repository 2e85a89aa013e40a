/** Everything about one task, from the index: its rounds as they went, and each thing that happened as a sentence. */
import { and, asc, eq, notInArray, sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { roundDetail, taskDetail } from '../../../chain/client/gateway/index.ts'
import { outcomeSentence, shownPhase } from '../../../chain/client/words/index.ts'
import { disputes, events, rounds, submissions, verdicts } from '../database/schema/chain.ts'
import type { Parts } from '../types.ts'
import {
  roundFigures,
  spentOf,
  type TaskRow,
  toDisputeLine,
  toSubmissionLine,
  toTaskSummary,
  validatorStates,
} from './taskRows.ts'

/** Lines of evidence in one answer; the newest, since the oldest are in the rounds. */
const MAX_OUTCOMES = 2_000
/** Events whose story the rounds tell, or that only move money about. */
const QUIET = ['seat_accepted', 'published', 'answered', 'key_opened', 'ledger_changed', 'jury_drawn']

type Detail = Omit<z.input<typeof taskDetail>, 'asOf' | 'loss'>

/** PERF: five queries by index; a task of 100 rounds and 32 workers reads 3,200 hand-ins. */
export async function readTaskDetail({ db, now }: Parts, task: TaskRow): Promise<Detail> {
  const id = task.id
  const its = await db.select().from(rounds).where(eq(rounds.task, id)).orderBy(asc(rounds.round))
  const hands = await db
    .select()
    .from(submissions)
    .where(eq(submissions.task, id))
    .orderBy(asc(submissions.round), asc(submissions.submission))
  const opened = await db.select().from(verdicts).where(eq(verdicts.task, id))
  const disputed = await db.select().from(disputes).where(eq(disputes.task, id)).orderBy(asc(disputes.openedAt))
  const told = await readTold(db, id)
  const sealed = told.filter(({ name }) => name === 'verdict_committed')

  const details = its.map((round) => {
    const at = (each: { round: number | null }) => each.round === round.round
    const verdictsHere = opened.filter(at)
    const seats = validatorStates(round, verdictsHere, new Set(sealed.filter(at).flatMap(({ accounts }) => accounts)))
    const handsHere = hands.filter(at)
    const disputesHere = disputed.filter(at)
    const open = disputesHere.filter(({ result }) => result === null).length
    const detail: z.input<typeof roundDetail> = {
      index: round.round,
      attempt: round.attempt,
      phase: round.phase,
      shown: shownPhase(round.phase),
      openedAt: round.openedAt,
      phaseAt: round.phaseAt,
      deadline: round.deadline,
      settledAt: round.settledAt,
      pool: round.pool,
      key: round.key,
      mergeSet: round.mergeSet,
      submissions: handsHere.map((hand) => toSubmissionLine(hand, seats, verdictsHere)),
      validators: round.validators,
      disputes: disputesHere.map(toDisputeLine),
    }
    return { detail, figures: roundFigures(round, handsHere, seats, open) }
  })
  const outcomes = told.flatMap(({ name, data, at, height, tx }) => {
    const sentence = outcomeSentence(name, data)
    return sentence === null ? [] : [{ at, height, tx, event: name, ...sentence }]
  })
  const present = details.find(({ detail }) => detail.index === task.round)?.figures ?? null
  return {
    ...toTaskSummary(task, present, now()),
    spec: task.spec as Record<string, unknown>,
    quote: task.quote as Record<string, string>,
    spent: Object.fromEntries(Object.entries(spentOf(task)).map(([name, atto]) => [name, `${atto}`])),
    roundDetails: details.map(({ detail }) => detail),
    outcomes: outcomes.slice(-MAX_OUTCOMES),
  }
}

interface ToldEvent {
  readonly at: number
  readonly height: number
  readonly tx: string
  readonly name: string
  readonly data: Record<string, unknown>
  readonly round: number | null
  readonly accounts: readonly string[]
}

/** PERF: one row of JSON for all events; PGlite spends a millisecond on every hundred fields that it hands over. */
async function readTold(db: Parts['db'], task: number): Promise<ToldEvent[]> {
  const item = sql`json_build_object('at', ${events.at}, 'height', ${events.height}, 'tx', ${events.tx}, 'name', ${events.name}, 'data', ${events.data}, 'round', ${events.round}, 'accounts', ${events.accounts})`
  const [row] = await db
    .select({ list: sql<ToldEvent[] | null>`json_agg(${item} order by ${events.height}, ${events.index})` })
    .from(events)
    .where(and(eq(events.task, task), notInArray(events.name, QUIET)))
  return row?.list ?? []
}
