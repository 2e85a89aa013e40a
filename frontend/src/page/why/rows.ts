/** The lines of an explanation as rows of a ledger: filtered, grouped where one thing happened often, each with its evidence. */
import type { WhyReply } from '../../../../chain/client/gateway/index.ts'
import { columnThatAddsUp } from './column.ts'

type Line = WhyReply['lines'][number]

export const WHY_ROLES = ['trainer', 'validator', 'juror', 'anyone'] as const
export type WhyRole = (typeof WHY_ROLES)[number]

export interface WhyFilter {
  task?: string | null
  role?: WhyRole | null
  /** Only rounds that earned nothing or cost something. */
  unpaid?: boolean
}

export interface WhyRow {
  key: string
  task: string | null
  /** From 1, as people count. */
  round: number | null
  role: WhyRole
  kind: Line['kind']
  what: string
  rule: string
  reason: string
  figures: { name: string; value: string | number | null }[]
  amountAtto: bigint
  /** As shown, so that the column adds up. */
  amount: { shown: string; exact: string }
  times: number
  /** Of each time, oldest first. */
  evidence: Line['evidence'][]
  recomputed: boolean | null
}

export interface WhyLedger {
  pay: WhyRow[]
  losses: WhyRow[]
  /** What only changed its place: locked, payable, collected, staked. */
  moves: WhyRow[]
  paidTotal: { shown: string; exact: string }
  lostTotal: { shown: string; exact: string }
  /** Rows that the filter hides. */
  hidden: number
}

const ROLE_OF: Readonly<Record<string, WhyRole>> = {
  VALIDATOR_FEE: 'validator',
  FINDER_FEE: 'validator',
  JURY_FEE: 'juror',
  CRANK: 'anyone',
}

export function roleOf({ reason, figures }: Pick<Line, 'reason' | 'figures'>): WhyRole {
  const named = figures.role
  if (named === 'trainer' || named === 'validator' || named === 'juror') return named
  return ROLE_OF[reason] ?? 'trainer'
}

/** Rows by task and round, small bounties last, as the command line has them. */
export function toWhyRows({ lines }: Pick<WhyReply, 'lines'>, filter: WhyFilter = {}): WhyLedger {
  const groups = [...Map.groupBy(lines, groupKey)].map(([key, of]) => toRow(key, of))
  const wanted = groups.filter((row) => fits(row, filter)).sort(byRound)
  const pay = wanted.filter(({ kind }) => kind === 'pay')
  const losses = wanted.filter(({ kind }) => kind === 'loss')
  const moves = wanted.filter(({ kind }) => kind === 'move').sort((a, b) => height(b) - height(a))
  const [paid, lost] = [pay, losses].map((rows) =>
    columnThatAddsUp(
      rows.map(({ amountAtto }) => amountAtto),
      { signed: true },
    ),
  )
  const shown = (rows: WhyRow[], column: typeof paid) => rows.map((row, i) => ({ ...row, amount: column!.parts[i]! }))
  return {
    pay: shown(pay, paid),
    losses: shown(losses, lost),
    moves,
    paidTotal: paid!.total,
    lostTotal: lost!.total,
    hidden: groups.filter(({ kind }) => kind !== 'move').length - pay.length - losses.length,
  }
}

const groupKey = ({ kind, task, round, reason, deltaAtto, bucket, evidence }: Line): string =>
  kind === 'move'
    ? `move/${evidence.height}/${evidence.tx}/${reason}/${bucket}/${deltaAtto}`
    : `${kind}/${task}/${round}/${reason}`

function toRow(key: string, of: readonly Line[]): WhyRow {
  const [first] = of as [Line, ...Line[]]
  const amountAtto = of.reduce((sum, { deltaAtto }) => sum + BigInt(deltaAtto), 0n)
  const checks = of.map(({ recomputed }) => recomputed)
  return {
    key,
    task: first.task,
    round: first.round === null ? null : first.round + 1,
    role: roleOf(first),
    kind: first.kind,
    what: of.length === 1 ? first.what : `${first.what}, ${of.length} times`,
    rule: first.rule,
    reason: first.reason,
    figures: Object.entries(first.figures).map(([name, value]) => ({ name, value })),
    amountAtto,
    amount: columnThatAddsUp([amountAtto], { signed: true }).total,
    times: of.length,
    evidence: of.map(({ evidence }) => evidence),
    recomputed: checks.includes(false) ? false : checks.every((each) => each === true) ? true : null,
  }
}

function fits(row: WhyRow, { task = null, role = null, unpaid = false }: WhyFilter): boolean {
  if (task !== null && row.task !== task) return false
  if (row.kind === 'move') return !unpaid && role === null
  if (role !== null && row.role !== role) return false
  return !unpaid || row.amountAtto <= 0n
}

function byRound(a: WhyRow, b: WhyRow): number {
  const small = ({ reason }: WhyRow): number => Number(reason === 'CRANK')
  return (
    Number(a.task ?? 0) - Number(b.task ?? 0) ||
    (a.round ?? -1) - (b.round ?? -1) ||
    small(a) - small(b) ||
    height(a) - height(b)
  )
}

const height = ({ evidence }: WhyRow): number => evidence[0]!.height

/** Tasks that lines name, in order. */
export const tasksOf = ({ lines }: Pick<WhyReply, 'lines'>): string[] =>
  [...new Set(lines.flatMap(({ task }) => task ?? []))].sort((a, b) => Number(a) - Number(b))

/** Draws that went by, by reason, with what would change it. */
export function passedGroups(passed: WhyReply['passedOver']): {
  what: string
  count: number
  /** What to do about it; null where there is nothing to do. */
  fix: { words: string; addAtto: bigint } | null
  draws: WhyReply['passedOver']
}[] {
  return [...Map.groupBy(passed, ({ reason, what }) => `${reason} ${what}`).values()]
    .map((draws) => {
      const { reason, what, free, bond } = draws[0]!
      const short = BigInt(bond) - BigInt(free)
      const fix = reason === 'STAKE_FREE_TOO_LOW' && short > 0n ? { words: 'Add stake', addAtto: short } : null
      return { what, count: draws.length, fix, draws }
    })
    .sort((a, b) => b.count - a.count)
}
