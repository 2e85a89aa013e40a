/**
 * Explains an account from the index, as `blyan why` does from the chain: the same pure function over the events that can
 * matter to it. Read in one snapshot, so that events, tasks and balances are of one block.
 */
import { and, arrayContains, eq, inArray, lte, sql } from 'drizzle-orm'
import { z } from 'zod'
import { type ChainEvent, explain, marketEvents, type TaskFacts, type Why } from '../../../chain/client/why/index.ts'
import { accounts, cursor, events, nodes, tasks } from '../database/schema/chain.ts'
import type { Database, Parts } from '../types.ts'
import { spentOf } from './taskRows.ts'
import { askView } from './views.ts'

export interface WhyAsOf extends Why {
  readonly height: number
  /** Draws that passed it by, older than those told. */
  readonly leftOut: number
}
export type WhyReader = (account: string, task?: string) => Promise<WhyAsOf>

/** Draws that passed an account by, told at most; the rest is counted. */
export const MAX_PASSED = 2_000
/** Draws that name somebody else are read without their lists: only that they happened matters. */
const DRAWS = ['round_assigned', 'judges_drawn'] as const

/**
 * PERF: two indexed reads of what names the account and of the rounds that it worked in, and one narrow row for each draw
 * since it registered (about 100 bytes; 60,000 for 10,000 tasks). A requester or onlooker reads no draws at all.
 */
export function whyReader(parts: Parts): WhyReader {
  const { db, config, head } = parts
  return async (account, task) => {
    // Read before the snapshot, so everything up to this block is in it; the row is moved seldom while nothing happens.
    const asOf = head.asOf()
    const found = await db.transaction((tx) => readAll(tx as unknown as Database, account, config.contracts.market), {
      isolationLevel: 'repeatable read',
      accessMode: 'read only',
    })
    const { ledger, node } = found
    const { height, at } = found.height >= asOf.height ? found : asOf
    const views = await askBalances(parts, account, height)
    const why = explain({
      account,
      task,
      events: marketEvents(toChainEvents(found.events, config.contracts.market), config.contracts.market),
      tasks: found.tasks,
      balances: views ?? {
        payable: ledger?.payable ?? 0n,
        locked: ledger?.locked ?? 0n,
        paying: ledger?.paying ?? 0n,
        stake: node?.stake ?? 0n,
        unbonding: node?.unbonding ?? 0n,
      },
      now: at,
    })
    const leftOut = Math.max(0, why.passedOver.length - MAX_PASSED)
    return { ...why, passedOver: why.passedOver.slice(leftOut), leftOut, height }
  }
}

const amount = z
  .string()
  .regex(/^\d{1,39}$/)
  .transform(BigInt)
const ledgerView = z.object({ payable: amount, locked: amount, paying: amount })
const nodeView = z.object({ stake: amount, unbonding: z.array(z.object({ amount })) }).nullable()

/** What the contract says at that height; null while it cannot be asked, then the index stands for it. */
async function askBalances(parts: Parts, account: string, height: number) {
  const ledger = await askView(parts, ledgerView, 'ledger', { account_id: account }, height)
  if (ledger === undefined) return null
  const node = await askView(parts, nodeView, 'get_node', { account_id: account }, height)
  if (node === undefined) return null
  const unbonding = (node?.unbonding ?? []).reduce((sum, each) => sum + each.amount, 0n)
  return { ...ledger, stake: node?.stake ?? 0n, unbonding }
}

type EventRow = Pick<typeof events.$inferSelect, 'height' | 'index' | 'tx' | 'name' | 'data' | 'at'>

async function readAll(db: Database, account: string, market: string) {
  const [head] = await db.select({ height: cursor.height, at: cursor.at }).from(cursor)
  const { height, at } = head ?? { height: 0, at: 0 }
  const [ledger] = await db.select().from(accounts).where(eq(accounts.account, account))
  const [node] = await db.select().from(nodes).where(eq(nodes.account, account))

  const columns = {
    height: events.height,
    index: events.index,
    tx: events.tx,
    name: events.name,
    data: events.data,
    at: events.at,
  }
  const upTo = lte(events.height, height)
  const own = await db
    .select({ ...columns, task: events.task, round: events.round })
    .from(events)
    .where(and(arrayContains(events.accounts, [account]), eq(events.contract, market), upTo))
  const ordered = await db.select({ id: tasks.id }).from(tasks).where(eq(tasks.requester, account))
  const orderedIds = new Set(ordered.map(({ id }) => id))
  // Its rounds tell what others did in them; a task's end and the jury's transactions are not always about it by name.
  const worked = new Set(own.flatMap(({ task, name }) => (task !== null && !orderedOnly(name) ? [task] : [])))
  const whole = [...new Set([...worked, ...orderedIds])]
  const ofTasks: EventRow[] = []
  const readOf = async (ids: readonly number[], names: string[]): Promise<void> => {
    for (let from = 0; from < ids.length; from += BATCH) {
      const some = ids.slice(from, from + BATCH)
      const where = and(inArray(events.task, some), inArray(events.name, names), eq(events.contract, market), upTo)
      ofTasks.push(...(await db.select(columns).from(events).where(where)))
    }
  }
  await readOf(whole, OF_TASKS)
  await readOf([...orderedIds], ['ledger_changed'])
  const since = node === undefined ? null : firstRegistered(own)
  const draws = since === null ? [] : await readDraws(db, account, since, height)
  const facts = await readFacts(db, whole, since !== null)
  const all = new Map<string, EventRow>()
  for (const each of [...draws, ...ofTasks, ...own]) all.set(`${each.height}/${each.index}`, each)
  const sorted = [...all.values()].sort((a, b) => a.height - b.height || a.index - b.index)
  return { height, at, ledger, node, events: sorted, tasks: facts }
}

/** Events of a task that are not about its workers. */
const orderedOnly = (name: string): boolean => name === 'task_created'
/** What the explanation reads of rounds and orders, beside what names the account. */
const OF_TASKS = [
  'settled',
  'verdict_revealed',
  'round_settled',
  'round_assigned',
  'judges_drawn',
  'slashed',
  'receipt',
  'dispute_upheld',
  'dispute_rejected',
  'dispute_undecided',
  'vested',
  'task_failed',
  'task_created',
]
/** Task ids in one query. */
const BATCH = 1_000

const firstRegistered = (own: readonly EventRow[]): number | null =>
  own.reduce<number | null>(
    (first, { name, height }) => (name === 'node_registered' ? Math.min(first ?? height, height) : first),
    null,
  )

/** Draws of others since it registered, without their lists. */
async function readDraws(db: Database, account: string, since: number, height: number): Promise<EventRow[]> {
  const rows = await db
    .select({
      height: events.height,
      index: events.index,
      tx: events.tx,
      name: events.name,
      at: events.at,
      task: events.task,
      round: events.round,
    })
    .from(events)
    .where(
      and(
        inArray(events.name, [...DRAWS]),
        sql`${events.height} between ${since} and ${height}`,
        sql`not (${events.accounts} @> array[${account}]::text[])`,
      ),
    )
  return rows.map(({ task, round, ...row }) => {
    const data = { task: `${task}`, round: round ?? 0, trainers: [], spares: [], validators: [], pool: 0 }
    return { ...row, data }
  })
}

/** Bonds of every task are needed to tell what a draw would have asked for; the rest only of its own tasks. */
async function readFacts(db: Database, whole: readonly number[], isNode: boolean): Promise<Map<string, TaskFacts>> {
  const facts = new Map<string, TaskFacts>()
  if (isNode) {
    const rows = await db
      .select({
        id: tasks.id,
        requester: tasks.requester,
        trainerBond: sql<string>`${tasks.quote} ->> 'trainer_bond'`,
        validatorBond: sql<string>`${tasks.quote} ->> 'validator_bond'`,
      })
      .from(tasks)
    for (const row of rows) {
      facts.set(`${row.id}`, {
        ...NOTHING,
        id: `${row.id}`,
        requester: row.requester,
        trainerBond: BigInt(row.trainerBond),
        validatorBond: BigInt(row.validatorBond),
      })
    }
  }
  for (let from = 0; from < whole.length; from += BATCH) {
    const rows = await db
      .select()
      .from(tasks)
      .where(inArray(tasks.id, whole.slice(from, from + BATCH)))
    for (const row of rows) facts.set(`${row.id}`, factsOf(row))
  }
  return new Map([...facts].sort(([a], [b]) => Number(a) - Number(b)))
}

const NOTHING: TaskFacts = {
  id: '',
  requester: '',
  state: '',
  reason: null,
  pay: 0n,
  trainerBond: 0n,
  validatorBond: 0n,
  validatorFee: 0n,
  juryFee: 0n,
  crankBounty: 0n,
  samples: 0,
  bounty: 0n,
  escrow: 0n,
  spent: {},
  vestAt: null,
  vested: false,
}

const specShape = z.object({ pay: amount, segments: z.number().int() })
const quoteShape = z.object({
  trainer_bond: amount,
  validator_bond: amount,
  validator_fee: amount,
  jury_fee: amount,
  crank_bounty: amount,
})

/** A task as far as money goes. @throws ZodError */
export function factsOf(row: typeof tasks.$inferSelect): TaskFacts {
  const { pay, segments } = specShape.parse(row.spec)
  const quote = quoteShape.parse(row.quote)
  return {
    id: `${row.id}`,
    requester: row.requester,
    state: row.state,
    reason: row.reason,
    pay,
    trainerBond: quote.trainer_bond,
    validatorBond: quote.validator_bond,
    validatorFee: quote.validator_fee,
    juryFee: quote.jury_fee,
    crankBounty: quote.crank_bounty,
    samples: Math.min(row.samples, segments),
    bounty: row.bounty,
    escrow: row.escrow,
    spent: spentOf(row),
    vestAt: row.vestAt,
    vested: row.vested,
  }
}

const toChainEvents = (rows: readonly EventRow[], market: string): ChainEvent[] =>
  rows.map(({ height, at, tx, name, data }) => ({
    height,
    at,
    tx,
    contract: market,
    standard: 'blyan_market',
    event: name,
    data: [data],
  }))
