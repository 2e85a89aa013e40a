/**
 * Seats: equal shares of stake, found by index. Each list is append-only and lies in pages; a seat counts for draws of
 * since ≤ T < until, so the seats as of T stay readable for ever and no tree is needed.
 */
import type { Market } from './context.ts'
import { keys, PREFIX } from './storage.ts'
import type { NodeRecord, SeatLot } from './types.ts'

/** Seats in one record: a registration touches few records, a try reads one. */
const PAGE = 32

/** Neighbouring seats of one lot: operator, since, until (0: open), how many. Runs end with their page. */
type Run = [string, number, number, number]
type Lengths = Record<string, number>

/** The list of all seats: juries are drawn from it. */
export const ALL_SEATS = 'a'
export const VALIDATOR_SEATS = 'v'

/** List of trainers, all of them or one class. */
export function trainerSeats(className: string): string {
  return className === 'any' ? 't' : `t-${className}`
}

function listsOf(node: NodeRecord): string[] {
  const lists = [ALL_SEATS]
  if (node.roles.includes('trainer')) lists.push(trainerSeats('any'), trainerSeats(node.class))
  if (node.roles.includes('validator')) lists.push(VALIDATOR_SEATS)
  if (node.roles.includes('server')) lists.push('s')
  return lists
}

function lengths(m: Market): Lengths {
  return m.store.get<Lengths>(PREFIX.lists) ?? {}
}

export function listLength(m: Market, list: string): number {
  return lengths(m)[list] ?? 0
}

/** Seats of a node that are open now. */
export function openSeats(node: NodeRecord): number {
  return node.lots.reduce((sum, lot) => sum + (lot.until === null ? lot.n : 0), 0)
}

/** Seats of a node that were valid at T. */
export function seatsAt(node: NodeRecord, at: number): number {
  return node.lots.reduce(
    (sum, lot) => sum + (lot.since <= at && (lot.until === null || at < lot.until) ? lot.n : 0),
    0,
  )
}

/**
 * Whether an operator may take stake back: as long as it closed at most twice the seats of its funds within an unbonding
 * period. A closed seat stays in its lists, in the way of every draw, and in the node's record; without a bound, who
 * leaves and comes back in a loop would fill both for the price of gas. New BLY has its bound in itself: what left for
 * it is locked for the period.
 */
export function mayReopen(m: Market, node: NodeRecord, funds: bigint): boolean {
  const period = m.now - m.config.unbonding_ms
  const closed = node.lots.reduce((sum, lot) => sum + (lot.until !== null && lot.until > period ? lot.n : 0), 0)
  return closed <= 2 * seatsOf(m, funds) && node.lots.length <= 2 * m.config.max_seats
}

/** Seats that so much stake buys. */
function seatsOf(m: Market, stake: bigint): number {
  return Math.min(m.config.max_seats, Number(stake / BigInt(m.config.seat)))
}

/** Opens or closes seats until they are what the stake buys. The newest seats are closed first. */
export function fitSeats(m: Market, node: NodeRecord): void {
  const want = seatsOf(m, BigInt(node.stake))
  const have = openSeats(node)
  if (want > have) appendSeats(m, node, want - have)
  else if (want < have) closeSeats(m, node, have - want)
}

function appendSeats(m: Market, node: NodeRecord, count: number): void {
  const since = m.now + m.config.age_ms
  const all = lengths(m)
  const lot: SeatLot = { n: count, since, until: null, at: {} }
  for (const list of listsOf(node)) {
    const start = all[list] ?? 0
    lot.at[list] = start
    forPages(start, start + count, (page, n) => {
      const runs = getPage(m, list, page)
      runs.push([node.account, since, 0, n])
      m.store.put(keys.seats(list, page), runs)
    })
    all[list] = start + count
  }
  m.store.put(PREFIX.lists, all)
  node.lots.push(lot)
}

function closeSeats(m: Market, node: NodeRecord, count: number): void {
  for (let k = node.lots.length - 1; k >= 0 && count > 0; k--) {
    const lot = node.lots[k]
    if (lot.until !== null) continue
    const closed = Math.min(count, lot.n)
    count -= closed
    const kept = lot.n - closed
    for (const list of Object.keys(lot.at)) {
      forPages(lot.at[list] + kept, lot.at[list] + lot.n, (page, n, first) => closeRun(m, list, page, first, n))
    }
    if (kept === 0) lot.until = m.now
    else {
      const at: Record<string, number> = {}
      for (const list of Object.keys(lot.at)) at[list] = lot.at[list] + kept
      lot.n = kept
      node.lots.splice(k + 1, 0, { n: closed, since: lot.since, until: m.now, at })
    }
  }
  // Closed lots answer draws of the past, which unbonding outlasts.
  node.lots = node.lots.filter(
    (lot) => lot.until === null || lot.until > m.now - m.config.unbonding_ms - m.config.dispute_max_ms,
  )
}

/** How many seats of a list had begun by T. PERF: one read when nothing was added since T, else log2 of what was. */
export function lengthAt(m: Market, list: string, at: number): number {
  let high = listLength(m, list)
  const begun = (length: number) => length === 0 || getSeat(m, list, length - 1)[1] <= at
  if (begun(high)) return high
  let low = 0
  for (let step = 1; high - step >= 0; step *= 2) {
    if (begun(high - step)) {
      low = high - step
      break
    }
    high -= step
  }
  // `since` never falls along a list.
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (begun(middle)) low = middle
    else high = middle
  }
  return low
}

/** The operator of a seat, if the seat is valid at T. */
export function operatorAt(m: Market, list: string, index: number, at: number): string | null {
  const [account, since, until] = getSeat(m, list, index)
  return since <= at && (until === 0 || at < until) ? account : null
}

function getSeat(m: Market, list: string, index: number): Run {
  const runs = getPage(m, list, Math.floor(index / PAGE))
  let before = index % PAGE
  let k = 0
  while (before >= runs[k][3]) before -= runs[k++][3]
  return runs[k]
}

/** Ends `n` seats of one run from place `first` of the page on: the run's tail, or all of it. */
function closeRun(m: Market, list: string, page: number, first: number, n: number): void {
  const runs = getPage(m, list, page)
  let place = 0
  let k = 0
  while (place + runs[k][3] <= first) place += runs[k++][3]
  const [account, since, , length] = runs[k]
  const kept = first - place
  const rest = length - kept - n
  const parts: Run[] = [[account, since, m.now, n]]
  if (kept > 0) parts.unshift([account, since, 0, kept])
  if (rest > 0) parts.push([account, since, runs[k][2], rest])
  runs.splice(k, 1, ...parts)
  m.store.put(keys.seats(list, page), runs)
}

/** The part of [start, end) in each page: page, how many, place of the first. */
function forPages(start: number, end: number, body: (page: number, n: number, first: number) => void): void {
  for (let i = start; i < end; ) {
    const page = Math.floor(i / PAGE)
    const n = Math.min(end, (page + 1) * PAGE) - i
    body(page, n, i % PAGE)
    i += n
  }
}

function getPage(m: Market, list: string, page: number): Run[] {
  return m.store.get<Run[]>(keys.seats(list, page)) ?? []
}
