/** One operator: where its money is and when it comes free, what it was drawn for, what each day brought. */
import { and, arrayContains, desc, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { nodeStatus } from '../../../chain/client/gateway/index.ts'
import { EARNINGS, FAULTS } from '../../../chain/client/why/index.ts'
import { accounts, events, ledger, seats, submissions, tasks } from '../database/schema/chain.ts'
import type { Parts } from '../types.ts'
import type { NodeRow, NodeSources } from './nodes.ts'
import { askView } from './views.ts'

type Status = z.input<typeof nodeStatus>
type Draw = Status['draws'][number]
/** Draws and days shown, newest first. */
const MAX_DRAWS = 200
const MAX_DAYS = 400
const DAY_MS = 86_400_000

type Details = Omit<Status, 'asOf' | keyof ReturnType<typeof import('./nodes.ts').toNodeSummary>>

export async function readNodeStatus(parts: Parts, row: NodeRow, sources: NodeSources): Promise<Details> {
  const { db } = parts
  const { account } = row
  const [money] = await db.select().from(accounts).where(eq(accounts.account, account))
  const [bonds] = await db
    .select({ sum: sql<string>`coalesce(sum(${seats.bond}), 0)` })
    .from(seats)
    .where(and(eq(seats.account, account), eq(seats.open, true)))
  const bonded = BigInt(bonds!.sum)
  return {
    peer: row.peer,
    freeAtto: `${row.stake > bonded ? row.stake - bonded : 0n}`,
    bondedAtto: `${bonded}`,
    payableAtto: `${money?.payable ?? 0n}`,
    lockedAtto: `${money?.locked ?? 0n}`,
    payingAtto: `${money?.paying ?? 0n}`,
    unbonding: row.unbonding === 0n ? [] : await readUnbonding(parts, account),
    payableFrom: await readPayableFrom(parts, account),
    draws: await readDraws(parts, account, sources),
    earnings: await readEarnings(parts, account),
  }
}

const unbondingView = z
  .object({ unbonding: z.array(z.object({ amount: z.string(), at: z.number().int() })) })
  .nullable()

/** Only the contract keeps when each part comes free; while the chain is away none is told. */
async function readUnbonding(parts: Parts, account: string): Promise<Status['unbonding']> {
  const view = await askView(parts, unbondingView, 'get_node', { account_id: account })
  return (view?.unbonding ?? []).map(({ amount, at }) => ({ amountAtto: amount, at }))
}

/** Locked pay by task, and when its checking time is over. */
async function readPayableFrom({ db }: Parts, account: string): Promise<Status['payableFrom']> {
  const rows = await db
    .select({
      task: ledger.task,
      amount: sql<string>`sum(${ledger.delta})`,
      at: sql<string | null>`max(${tasks.vestAt})`,
    })
    .from(ledger)
    .innerJoin(tasks, eq(tasks.id, ledger.task))
    .where(and(eq(ledger.account, account), eq(ledger.bucket, 'locked')))
    .groupBy(ledger.task)
    .having(sql`sum(${ledger.delta}) > 0`)
    .orderBy(ledger.task)
  return rows.map(({ task, amount, at }) => ({
    task: `${task}`,
    amountAtto: amount,
    at: at === null ? null : Number(at),
  }))
}

/** What it was drawn for and what that came to, and the draws that passed it by. */
async function readDraws(parts: Parts, account: string, { why }: NodeSources): Promise<Draw[]> {
  const { db } = parts
  const held = await db
    .select()
    .from(seats)
    .where(eq(seats.account, account))
    .orderBy(desc(seats.height))
    .limit(MAX_DRAWS)
  const ids = [...new Set(held.map(({ task }) => task))]
  const paid = ids.length === 0 ? [] : await paidFor(parts, account, ids)
  const hands =
    ids.length === 0
      ? []
      : await db
          .select({
            task: submissions.task,
            round: submissions.round,
            outcome: submissions.outcome,
            fault: submissions.fault,
          })
          .from(submissions)
          .where(and(eq(submissions.account, account), inArray(submissions.task, ids)))
  const drawn = held.map((seat): Draw => {
    const here = (each: { task: number | null; round: number | null }) =>
      each.task === seat.task && each.round === seat.round
    const reasons = REASONS_OF[seat.role] ?? []
    const isPaid = paid.some((each) => here(each) && reasons.includes(each.reason))
    const hand = seat.role === 'trainer' ? hands.find(here) : undefined
    const result = isPaid ? 'paid' : seat.open && hand?.outcome == null ? 'open' : 'unpaid'
    return {
      task: `${seat.task}`,
      round: seat.round,
      role: seat.role,
      at: seat.at,
      result,
      why: result === 'open' ? 'not settled yet' : whyOf(isPaid, hand),
    }
  })
  const { passedOver } = await why(account)
  const passed = passedOver.slice(-MAX_DRAWS).map(({ task, round, role, evidence, what }): Draw => {
    return { task, round, role, at: evidence.at, result: 'passed', why: what }
  })
  return [...drawn, ...passed].sort((a, b) => b.at - a.at).slice(0, MAX_DRAWS)
}

const REASONS_OF: Readonly<Record<string, readonly string[]>> = {
  trainer: ['BASE_PAY', 'BONUS', 'HALF_PAY', 'HARMED', 'DECLINED'],
  validator: ['VALIDATOR_FEE', 'FINDER_FEE'],
  juror: ['JURY_FEE'],
}

const paidFor = ({ db }: Parts, account: string, ids: number[]) =>
  db
    .selectDistinct({ task: ledger.task, round: ledger.round, reason: ledger.reason })
    .from(ledger)
    .where(and(eq(ledger.account, account), inArray(ledger.task, ids), inArray(ledger.reason, Object.keys(EARNINGS))))

function whyOf(isPaid: boolean, hand: { outcome: string | null; fault: string | null } | undefined): string {
  if (hand?.fault != null) return FAULTS[hand.fault]?.what ?? hand.fault
  if (hand?.outcome != null) return hand.outcome
  return isPaid ? 'paid' : 'not paid'
}

/** Income and losses by day (UTC) and reason. */
async function readEarnings({ db }: Parts, account: string): Promise<Status['earnings']> {
  const earned = await db
    .select({
      day: sql<string>`(${ledger.at} / ${sql.raw(`${DAY_MS}`)})`,
      reason: ledger.reason,
      amount: sql<string>`sum(${ledger.delta})`,
    })
    .from(ledger)
    .where(and(eq(ledger.account, account), inArray(ledger.reason, Object.keys(EARNINGS))))
    .groupBy(sql`1`, ledger.reason)
    .orderBy(sql`1 desc`)
    .limit(MAX_DAYS)
  const lost = await db
    .select({ at: events.at, data: events.data })
    .from(events)
    .where(and(arrayContains(events.accounts, [account]), eq(events.name, 'slashed')))
    .orderBy(desc(events.height))
    .limit(MAX_DAYS)
  const losses = lost
    .map(({ at, data }) => ({ at, ...(data as { account: string; reason: string; amount: string }) }))
    .filter((each) => each.account === account)
  const lines = [
    ...earned.map(({ day, reason, amount }) => ({ day: dayOf(Number(day) * DAY_MS), reason, amountAtto: amount })),
    ...losses.map(({ at, reason, amount }) => ({ day: dayOf(at), reason, amountAtto: `-${amount}` })),
  ]
  return lines.sort((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : 0))
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
