/** `blyan why ACCOUNT`: the sentence, lines that visibly add up, then what nobody asked. */
import {
  type Evidence,
  explain,
  marketEvents,
  type PassedOver,
  shortBly,
  type Why,
  type WhyLine,
} from '../../chain/client/why/index.ts'
import { SPENT_WORDS } from '../../chain/client/words/index.ts'
import { BlyanError } from '../../chain/lib/errors.ts'
import { formatBly } from '../../chain/lib/units.ts'
import { parseArgs } from './args.ts'
import { columnDigits, exactBly } from './columns.ts'
import { EXIT } from './errors.ts'
import { type Palette, palette, table } from './print.ts'
import { type Head, PLACE_FLAGS, type Session, withSession } from './session.ts'
import { ledgerView, nodeView, taskFacts, taskView } from './views.ts'

/** The events do not add up to what the contract says. */
export class LedgerDiffersError extends BlyanError {
  static override readonly code: string = 'WHY_LEDGER_DIFFERS'
}

const SPEC = {
  command: 'why',
  sentence: 'Explains every amount of an account: rule, figures, evidence.',
  positionals: [{ name: 'ACCOUNT', help: 'an account; trainer-2 stands for trainer-2.test.near', required: true }],
  flags: {
    ...PLACE_FLAGS,
    task: { type: 'string', value: 'N', help: 'only this task' },
    json: { type: 'boolean', help: 'one JSON document with every line' },
  },
} as const

/** Tasks that one view call returns. */
const PAGE = 20

export async function run(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  return withSession(flags, async (session) => {
    const { why, head } = await readWhy(session, session.accountId(positionals[0]!), flags.task)
    process.stdout.write(
      flags.json ? `${JSON.stringify(whyJson(why, head), null, 2)}\n` : whyText(why, head, flags.dir),
    )
    if (why.agrees) return EXIT.done
    throw new LedgerDiffersError({
      what: `The events of ${why.account} do not add up: ${why.differences.join('; ')}.`,
      fix: 'Keep the chain’s folder and report this with its events: it is a mistake in the market or here.',
      data: { account: why.account, differences: why.differences },
    })
  })
}

/** Reads everything that explains an account, as of one block. */
export async function readWhy(session: Session, account: string, task?: string): Promise<{ why: Why; head: Head }> {
  await session.client.account(account)
  const head = await session.head()
  const { height } = head
  const ledger = await session.view(ledgerView, 'ledger', { account_id: account }, height)
  const node = await session.view(nodeView.nullable(), 'get_node', { account_id: account }, height)
  const tasks = []
  for (let from = 0; ; from += PAGE) {
    const page = await session.view(taskView.array(), 'get_tasks', { from_index: from, limit: PAGE }, height)
    tasks.push(...page.map(taskFacts))
    if (page.length < PAGE) break
  }
  const events = (await session.events()).filter((event) => event.height <= height)
  const why = explain({
    account,
    task,
    events: marketEvents(events, session.ids.market),
    tasks: new Map(tasks.map((facts) => [facts.id, facts])),
    balances: {
      payable: BigInt(ledger.payable),
      locked: BigInt(ledger.locked),
      paying: BigInt(ledger.paying),
      stake: BigInt(node?.stake ?? 0),
      unbonding: (node?.unbonding ?? []).reduce((sum, { amount }) => sum + BigInt(amount), 0n),
    },
    now: head.at,
  })
  return { why, head }
}

/** The `blyan.why/1` document: every line with rule, figures and evidence; amounts as decimal text. */
export function whyJson(why: Why, head: Head) {
  const { balances, orders, passedOver } = why
  return {
    schema: 'blyan.why/1',
    account: why.account,
    task: why.task,
    asOf: head,
    sentence: why.sentence,
    agrees: why.agrees,
    differences: why.differences,
    earnedAtto: `${why.earned}`,
    lostAtto: `${why.lost}`,
    ledger: { payableAtto: `${balances.payable}`, lockedAtto: `${balances.locked}`, payingAtto: `${balances.paying}` },
    stake: { stakeAtto: `${balances.stake}`, unbondingAtto: `${balances.unbonding}` },
    lines: why.lines.map(({ deltaAtto, ...line }) => ({ ...line, deltaAtto: `${deltaAtto}` })),
    orders: orders.map(({ bounty, spent, returned, declined, open, ...order }) => ({
      ...order,
      bountyAtto: `${bounty}`,
      spentAtto: Object.fromEntries(Object.entries(spent).map(([name, atto]) => [name, `${atto}`])),
      returnedAtto: `${returned}`,
      declinedAtto: `${declined}`,
      openAtto: `${open}`,
    })),
    drawn: why.drawn,
    passedOver: passedOver.map(({ free, bond, ...each }) => ({ ...each, freeAtto: `${free}`, bondAtto: `${bond}` })),
  }
}

export function whyText(why: Why, head: Head, dir?: string): string {
  const paint = palette()
  const blocks = [
    paint.strong(why.sentence),
    lineTable(why, paint),
    orderText(why),
    balanceText(why),
    passedText(why.passedOver, why.drawn),
    `as of block ${head.height}, on chain${dir === undefined ? '' : ` in ${dir}`}`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n')}\n`
}

/** By task and round, small bounties last; else as it happened. */
function byRound(a: WhyLine, b: WhyLine): number {
  const small = (line: WhyLine): number => Number(line.reason === 'CRANK')
  return (
    Number(a.task ?? 0) - Number(b.task ?? 0) ||
    (a.round ?? -1) - (b.round ?? -1) ||
    small(a) - small(b) ||
    a.evidence.height - b.evidence.height
  )
}

/** Lines of one round and reason are one row, where there are several, such as many small bounties. */
function lineTable(why: Why, paint: Palette): string {
  const shown = why.lines.filter(({ kind }) => kind !== 'move').toSorted(byRound)
  if (shown.length === 0) return ''
  const rows = [...Map.groupBy(shown, ({ task, round, reason }) => `${task}/${round}/${reason}`).values()]
  const sums = rows.map((lines) => lines.reduce((sum, { deltaAtto }) => sum + deltaAtto, 0n))
  const ofKind = (kind: WhyLine['kind']) => sums.filter((_, i) => rows[i]![0]!.kind === kind)
  const digits = Math.max(columnDigits(ofKind('pay')), columnDigits(ofKind('loss')))
  const figure = (atto: bigint) =>
    atto === 0n ? exactBly(0n, digits) : `${atto > 0n ? '+' : '-'} ${exactBly(atto < 0n ? -atto : atto, digits)}`
  const right = { align: 'right' } as const
  return table(
    [
      { title: why.task === null ? 'task/round' : 'round' },
      { title: 'what happened' },
      { title: 'rule and figures' },
      { title: 'pay', ...right },
      { title: 'stake', ...right },
      { title: 'evidence' },
    ],
    [
      ...rows.map((lines, i) => {
        const [line] = lines as [WhyLine, ...WhyLine[]]
        const amount = figure(sums[i]!)
        return [
          line.round === null ? '' : why.task === null ? `${line.task}/${line.round + 1}` : String(line.round + 1),
          lines.length === 1 ? line.what : `${line.what}, ${lines.length} times`,
          line.rule,
          line.kind === 'pay' ? (sums[i]! > 0n ? paint.ok(amount) : amount) : '',
          line.kind === 'loss' ? paint.bad(amount) : '',
          evidenceText(lines.at(-1)!),
        ]
      }),
      [
        '',
        '',
        '',
        `= ${exactBly(why.earned, digits)}`,
        why.lost === 0n ? '' : `- ${exactBly(why.lost, digits)}`,
        why.agrees ? paint.ok('ledger agrees') : paint.bad('LEDGER DIFFERS'),
      ],
    ],
  )
}

function evidenceText({ reason, evidence }: { reason: string; evidence: Evidence }): string {
  const { receipt, dispute, height } = evidence
  const code = /^[A-Z]+(_[A-Z]+)+$/.test(reason) && dispute !== undefined ? `${reason} ` : ''
  if (receipt !== undefined) return `receipt ${receipt}`
  return dispute === undefined ? `block ${height}` : `${code}dispute ${dispute}, block ${height}`
}

function orderText({ orders }: Why): string {
  return orders
    .map(({ task, state, reason, bounty, spent, returned, declined, open, agrees }) => {
      const rows: [string, bigint][] = [
        ...Object.entries(spent).map(([name, atto]): [string, bigint] => [SPENT_WORDS[name] ?? name, atto]),
        ['trainers without data', declined],
        ['returned to you', returned],
        ['still set aside', open],
      ]
      const used = rows.filter(([, atto]) => atto > 0n)
      const digits = columnDigits(used.map(([, atto]) => atto))
      const lines = [
        ...used.map(([name, atto]) => [`  ${name}`, exactBly(atto, digits)]),
        ['  bounty', `= ${exactBly(bounty, digits)}`],
      ]
      const head = `ordered task ${task}, ${state}${reason === null ? '' : ` (${reason})`}${agrees ? '' : ': DOES NOT ADD UP'}`
      return `${head}\n${table([{ title: '' }, { title: '', align: 'right' }], lines)}`
    })
    .join('\n')
}

function balanceText({ balances, lines }: Why): string {
  const { payable, locked, paying, stake, unbonding } = balances
  const collected = lines.reduce(
    (sum, { reason, bucket, deltaAtto }) =>
      reason === 'CLAIM' && bucket === 'paying' && deltaAtto < 0n ? sum - deltaAtto : sum,
    0n,
  )
  const parts = [
    collected > 0n && `collected ${shortBly(collected)}`,
    payable > 0n && `payable ${shortBly(payable)}`,
    locked > 0n && `locked ${shortBly(locked)}`,
    paying > 0n && `on its way ${shortBly(paying)}`,
    stake > 0n && `stake ${shortBly(stake)}`,
    unbonding > 0n && `being removed ${shortBly(unbonding)}`,
  ].filter(Boolean)
  return parts.length === 0 ? '' : `now   ${parts.join(' · ')} BLY`
}

function passedText(passed: readonly PassedOver[], drawn: number): string {
  if (passed.length === 0) return ''
  const reasons = [...Map.groupBy(passed, ({ reason, what }) => `${reason} ${what}`).values()]
  const lines = reasons.map(
    (group) => `  ${group.length} of ${drawn + passed.length}  ${group[0]!.what}${fixFor(group[0]!)}`,
  )
  return `passed over in ${passed.length} of ${drawn + passed.length} draws:\n${lines.join('\n')}`
}

function fixFor({ reason, free, bond }: PassedOver): string {
  return reason === 'STAKE_FREE_TOO_LOW' ? `      fix ./blyan stake add ${formatBly(bond - free)}` : ''
}
