/** Everything about one task, from the index: its rounds as they went, and each thing that happened as a sentence. */
import { sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import type { roundDetail, taskDetail } from '../../../chain/client/gateway/index.ts'
import { outcomeSentence, shownPhase } from '../../../chain/client/words/index.ts'
import { rowsAsJson, rowsOfJson } from '../database/index.ts'
import { disputes, events, rounds, submissions, tasks, verdicts } from '../database/schema/chain.ts'
import type { Parts } from '../types.ts'
import { roundFigures, spentOf, toDisputeLine, toSubmissionLine, toTaskSummary, validatorStates } from './taskRows.ts'

/** Lines of evidence in one answer; the newest, since the oldest are in the rounds. */
const MAX_OUTCOMES = 2_000
/** Events whose story the rounds tell, or that only move money about. */
const QUIET = ['key_opened', 'ledger_changed', 'jury_drawn']

type Detail = Omit<z.input<typeof taskDetail>, 'asOf' | 'loss'>

/** PERF: one query; a task of 100 rounds and 32 workers reads 3,200 hand-ins. @returns null when there is no such task */
export async function readTaskDetail({ db, now }: Parts, id: number): Promise<Detail | null> {
  const of = (column: PgColumn) => sql`${column} = ${id}`
  const [row] = await db
    .select({
      task: rowsAsJson(tasks, sql`${tasks.id} = ${id}`, sql`1`),
      rounds: rowsAsJson(rounds, of(rounds.task), sql`${rounds.round}`),
      hands: rowsAsJson(submissions, of(submissions.task), sql`${submissions.round}, ${submissions.submission}`),
      opened: rowsAsJson(verdicts, of(verdicts.task), sql`1`),
      disputed: rowsAsJson(disputes, of(disputes.task), sql`${disputes.openedAt}`),
      told: toldAsJson(id),
    })
    .from(sql`(select 1) as one`)
  const task = rowsOfJson(tasks, row?.task)[0]
  if (row === undefined || task === undefined) return null
  const its = rowsOfJson(rounds, row.rounds)
  const hands = rowsOfJson(submissions, row.hands)
  const opened = rowsOfJson(verdicts, row.opened)
  const disputed = rowsOfJson(disputes, row.disputed)
  const told = row.told ?? []
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

function toldAsJson(task: number) {
  const item = sql`json_build_object('at', ${events.at}, 'height', ${events.height}, 'tx', ${events.tx}, 'name', ${events.name}, 'data', ${events.data}, 'round', ${events.round}, 'accounts', ${events.accounts})`
  const quiet = sql.join(
    QUIET.map((name) => sql`${name}`),
    sql`, `,
  )
  return sql<
    ToldEvent[] | null
  >`(select json_agg(${item} order by ${events.height}, ${events.index}) from ${events} where ${events.task} = ${task} and ${events.name} not in (${quiet}))`
}
