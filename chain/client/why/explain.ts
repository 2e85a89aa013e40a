/**
 * Explains every balance of an account from the market's events: lines that add up exactly to what its views say, and a
 * sentence first. A pure function, so that terminal, page and gateway tell the same story. Source: docs/protocol.md §2–4.
 */
import { followDraws } from './draws.ts'
import { eventsOf, type MarketEvent } from './events.ts'
import { evidenceOf, ledgerLines, lossLines, stakeLines, zeroLines } from './lines.ts'
import { clock, shortBly, span } from './text.ts'
import type { Balances, Order, TaskFacts, Why, WhyLine } from './types.ts'

export interface ExplainInput {
  account: string
  /** All of the market's events, in order. */
  events: readonly MarketEvent[]
  tasks: ReadonlyMap<string, TaskFacts>
  /** As the views say at the height of the last event or later. */
  balances: Balances
  /** Protocol time, ms. */
  now: number
  /** Only lines of this task; sums are still compared over everything. */
  task?: string
}

export function explain(input: ExplainInput): Why {
  const { account, events, tasks, balances, task = null } = input
  const earnedOrMoved = ledgerLines(input)
  const lost = [...lossLines(input), ...juryAdvances(account, events)]
  const told = [...earnedOrMoved, ...lost]
  const all = [...stakeLines(input), ...told, ...zeroLines(input, told)].sort(
    (a, b) => a.evidence.height - b.evidence.height,
  )
  const summed = sumUp(all)
  const orders = ordersOf(input, events)
  const differences = [
    ...BUCKETS.flatMap(({ name, words }) => difference(words, summed[name], balances[name])),
    ...difference('stake with what is being removed', summed.stake, balances.stake + balances.unbonding),
    ...all.filter((line) => line.recomputed === false).map(ruleDifference),
    ...orders.filter((order) => !order.agrees).map((order) => `task ${order.task} does not add up to its bounty`),
  ]
  const lines = task === null ? all : all.filter((line) => line.task === task)
  const { drawn, passedOver } = followDraws(account, events, tasks)
  const why: Omit<Why, 'sentence'> = {
    account,
    task,
    lines,
    earned: total(lines, 'pay'),
    lost: -total(lines, 'loss'),
    balances,
    summed,
    agrees: differences.length === 0,
    differences,
    orders: orders.filter((order) => task === null || order.task === task),
    drawn,
    passedOver: passedOver.filter((each) => task === null || each.task === task),
  }
  return { ...why, sentence: sentenceOf(why, input) }
}

const BUCKETS = [
  { name: 'payable', words: 'payable' },
  { name: 'locked', words: 'locked' },
  { name: 'paying', words: 'on its way' },
] as const

const total = (lines: readonly WhyLine[], kind: WhyLine['kind']): bigint =>
  lines.reduce((sum, line) => (line.kind === kind ? sum + line.deltaAtto : sum), 0n)

function sumUp(lines: readonly WhyLine[]): Balances {
  const bucket = (name: WhyLine['bucket']) =>
    lines.reduce((sum, line) => (line.bucket === name ? sum + line.deltaAtto : sum), 0n)
  return {
    payable: bucket('payable'),
    locked: bucket('locked'),
    paying: bucket('paying'),
    // Of what is being removed, too.
    stake: bucket('stake'),
    unbonding: 0n,
  }
}

/** A jury is paid out of the loser's bond at once; the loss itself is told when the round settles. */
function juryAdvances(account: string, events: readonly MarketEvent[]): WhyLine[] {
  const taken = eventsOf(events, 'stake_changed').filter(
    ({ data }) => data.account === account && data.reason === 'JURY',
  )
  const advanced = taken.reduce((sum, { data }) => sum - BigInt(data.delta), 0n)
  const told = eventsOf(events, 'slashed')
    .filter(({ data }) => data.account === account)
    .reduce((sum, { data }) => sum + BigInt(data.jury), 0n)
  if (advanced === told) return []
  return [
    {
      task: null,
      round: null,
      reason: 'JURY_ADVANCE',
      kind: 'loss',
      what: 'lost a dispute: the jury’s cost so far, its round is still settling',
      rule: 'a part of the loss to come',
      figures: {},
      deltaAtto: told - advanced,
      bucket: 'stake',
      evidence: evidenceOf(taken.at(-1)!),
      recomputed: null,
    },
  ]
}

function ordersOf({ account, tasks }: ExplainInput, events: readonly MarketEvent[]): Order[] {
  const paid = (task: string, reason: string) =>
    eventsOf(events, 'ledger_changed')
      .filter(({ data }) => data.task === task && data.reason === reason)
      .reduce((sum, { data }) => sum + BigInt(data.delta), 0n)
  return [...tasks.values()]
    .filter(({ requester }) => requester === account)
    .map(({ id, state, reason, bounty, spent, escrow }) => {
      const [returned, declined] = [paid(id, 'REFUND'), paid(id, 'DECLINED')]
      const used = Object.values(spent).reduce((sum, each) => sum + each, 0n)
      const agrees = used + returned + declined + escrow === bounty
      return { task: id, state, reason, bounty, spent, returned, declined, open: escrow, agrees }
    })
}

function difference(words: string, events: bigint, view: bigint): string[] {
  return events === view ? [] : [`${words}: events add up to ${events}, the contract says ${view} (10⁻¹⁸ BLY)`]
}

const ruleDifference = ({ reason, task, round, deltaAtto }: WhyLine): string =>
  `${reason} of task ${task} round ${(round ?? 0) + 1}: the rule does not give the ${deltaAtto} that were booked (10⁻¹⁸ BLY)`

function sentenceOf(why: Omit<Why, 'sentence'>, { account, tasks, task, now }: ExplainInput): string {
  const who = task === undefined ? account : `${account}, task ${task}`
  const parts: string[] = []
  if (why.earned > 0n) parts.push(`earned ${shortBly(why.earned)} BLY${payableFrom(why, tasks, now)}`)
  if (why.lost > 0n) parts.push(`lost ${shortBly(why.lost, 'cost')} of its stake`)
  const ordered = why.orders.reduce((sum, { bounty }) => sum + bounty, 0n)
  const back = why.orders.reduce((sum, { returned }) => sum + returned, 0n)
  if (ordered > 0n) parts.push(`set ${shortBly(ordered)} BLY aside for work, ${shortBly(back)} came back`)
  if (parts.length > 0) return `${who}: ${parts.join('; ')}.`
  if (why.lines.some((line) => line.kind === 'pay')) return `${who}: took part and earned nothing.`
  if (why.drawn > 0) return `${who}: drawn, nothing settled yet; nothing is lost so far.`
  if (why.passedOver.length > 0) return `${who}: never drawn so far, in ${why.passedOver.length} draws; no faults.`
  const { stake } = why.balances
  if (task === undefined && stake > 0n)
    return `${who}: no draw since it staked; ${shortBly(stake)} BLY of stake, no faults.`
  return `${who}: no work and no order ${task === undefined ? 'here' : 'in this task'}; nothing to explain.`
}

function payableFrom(why: Omit<Why, 'sentence'>, tasks: ReadonlyMap<string, TaskFacts>, now: number): string {
  const locked = why.lines.reduce((sum, line) => (line.bucket === 'locked' ? sum + line.deltaAtto : sum), 0n)
  if (locked === 0n) return ''
  const of = new Set(why.lines.filter((line) => line.bucket === 'locked').map((line) => line.task))
  const open = [...of].flatMap((id) => tasks.get(id ?? '') ?? []).filter((facts) => !facts.vested)
  if (open.some(({ vestAt }) => vestAt === null)) return `, ${shortBly(locked)} of it payable once its task has ended`
  const last = Math.max(...open.map(({ vestAt }) => vestAt!))
  if (!Number.isFinite(last)) return ''
  const when = last > now ? `from ${clock(last, now)} (in ${span(last - now)})` : 'as soon as someone moves its task on'
  return `, ${locked === why.earned ? '' : `${shortBly(locked)} of it `}payable ${when}`
}
