/** The report as people read it: model, money, losses, receipts, each with the command that proves it. */
import { formatDecimal, fromOraclePrice } from '../../oracle/feeder/index.ts'
import { showBly } from '../cli/amount.ts'
import { type Palette, table, visibleLength } from '../cli/print.ts'
import { supplySum, type UpReport } from './report.ts'

export function reportText(report: UpReport, paint: Palette): string {
  const { heldOut } = report
  const bits = (value: number): string => value.toFixed(2)
  const beaten = heldOut.after < heldOut.bigram
  const lines = [
    row(
      'MODEL',
      `test loss ${bits(heldOut.before)} -> ${(beaten ? paint.ok : paint.wait)(bits(heldOut.after))} bits/byte ` +
        `(unigram ${bits(heldOut.unigram)}, bigram ${bits(heldOut.bigram)}, trigram ${bits(heldOut.trigram)})`,
      'checked here',
    ),
    `          before ${quoted(report.sample.before)}`,
    `          after  ${quoted(report.sample.after)}`,
    ...paidText(report, paint),
    ...lostText(report, paint),
    moneyText(report, paint),
    receiptText(report, paint),
    gatewayText(report, paint),
    bridgeText(report, paint),
    priceText(report, paint),
    '',
    'next      ./blyan why poisoner.test.near --rpc URL   ./blyan task model 1 --rpc URL   ' +
      `./blyan receipt verify --all --dir ${report.chain.dir}`,
  ]
  return `${lines.join('\n')}\n`
}

/** One line with its provenance word at the right, or two spaces behind a line that is longer. */
function row(title: string, text: string, provenance: string): string {
  return `${title.padEnd(10)}${text}${' '.repeat(Math.max(2, 78 - visibleLength(text)))}${provenance}`
}

/** What a model wrote is inert text: control characters and line breaks do not reach the terminal. */
const quoted = (text: string): string => JSON.stringify(text.replace(/[^\x20-\x7e]/g, '·'))

function paidText(report: UpReport, paint: Palette): string[] {
  const byAccount = new Map<string, bigint>()
  for (const { account, reason, amountAtto } of report.paid) {
    if (reason !== 'REFUND') byAccount.set(account, (byAccount.get(account) ?? 0n) + BigInt(amountAtto))
  }
  const total = report.rounds.length
  const rows = [...byAccount].map(([account, amount]) => {
    const accepted = report.rounds.filter((round) =>
      round.submissions.some((each) => each.account === account && each.verdict === 'accepted'),
    ).length
    const isTrainer = report.rounds.some((round) => round.trainers.includes(account))
    return [
      short(account),
      isTrainer
        ? `${accepted} of ${total} rounds accepted`
        : report.rounds.some((r) => r.validators.includes(account))
          ? 'checked'
          : '',
      paint.ok(showBly(amount, { as: 'income', sign: true })),
    ]
  })
  const columns = [{ title: '' }, { title: '' }, { title: '', align: 'right' as const }]
  return indent('PAID', table(columns, rows), 'on chain')
}

function lostText(report: UpReport, paint: Palette): string[] {
  if (report.slashed.length === 0) return [row('LOST', 'no faults', 'on chain')]
  const groups = new Map<string, { account: string; reason: string; times: number; amount: bigint }>()
  for (const { account, reason, amountAtto } of report.slashed) {
    const group = groups.get(`${account} ${reason}`) ?? { account, reason, times: 0, amount: 0n }
    group.times += 1
    group.amount += BigInt(amountAtto)
    groups.set(`${account} ${reason}`, group)
  }
  const rows = [...groups.values()].map(({ account, reason, times, amount }) => [
    short(account),
    `${times} ${times === 1 ? 'round' : 'rounds'}`,
    WHY[reason] ?? reason,
    paint.bad(showBly(-amount)),
    reason,
  ])
  const sum = (field: 'burnedAtto' | 'harmedAtto' | 'finderAtto' | 'juryAtto'): string =>
    showBly(report.slashed.reduce((total, each) => total + BigInt(each[field]), 0n))
  const columns = [{ title: '' }, { title: '' }, { title: '' }, { title: '', align: 'right' as const }, { title: '' }]
  return [
    ...indent('LOST', table(columns, rows), 'on chain'),
    `          of it  burned ${sum('burnedAtto')}  harmed ${sum('harmedAtto')}  finders ${sum('finderAtto')}  juries ${sum('juryAtto')}`,
  ]
}

const WHY: Record<string, string> = {
  LEAF_FALSE: 'a sample redone by a jury came out differently',
  MIDDLE_STATE_WRONG: 'check values invented',
  FALSE_LEAF_APPROVED: 'approved a sample that was false',
  DISPUTE_REJECTED: 'accused true work',
  NOT_ACCEPTED: 'did not take its seat',
  NO_COMMIT: 'handed nothing in',
  NO_REVEAL: 'did not open what it handed in',
  LEAVES_NOT_PUBLISHED: 'did not serve the samples',
  VERDICT_SILENT: 'gave no verdict',
}

function moneyText(report: UpReport, paint: Palette): string {
  const difference = BigInt(report.supply.genesis) - supplySum(report.supply)
  const verdict = difference === 0n ? paint.ok('difference 0') : paint.bad(`difference ${difference} atto`)
  return row('MONEY', `genesis 1,000,000,000 = accounts + set aside + stake + .. + burned      ${verdict}`, 'on chain')
}

function receiptText({ receipts, receiptRoot, rounds }: UpReport, paint: Palette): string {
  const verified = receipts.filter((each) => each.verified).length
  const colour = verified === receipts.length ? paint.ok : paint.bad
  const times = rounds.map(({ ms }) => ms ?? 0).sort((a, b) => a - b)
  const median = (times[Math.floor(times.length / 2)] ?? 0) / 1000
  return row(
    'RECEIPTS',
    `${colour(`${verified} of ${receipts.length} verified`)} · list ${receiptRoot.slice(0, 4)}..${receiptRoot.slice(-2)} · ${median.toFixed(1)} s a round`,
    'checked here',
  )
}

function gatewayText({ gateway }: UpReport, paint: Palette): string {
  const { tasks, receipts, wsEvents, differences } = gateway
  const verdict = differences.length === 0 ? paint.ok('same as the chain') : paint.bad(differences.join('; '))
  const counts = `${tasks} ${tasks === 1 ? 'task' : 'tasks'}, ${receipts} receipts, ${wsEvents} live events`
  return row('GATEWAY', `${counts}: ${verdict}`, 'checked here')
}

function bridgeText({ bridge }: UpReport, paint: Palette): string {
  const { transfers, receipt, k, n, differences } = bridge
  const trips = transfers.map(({ amountAtto, direction, ms }) => {
    const way = direction === 'near-evm' ? 'to EVM' : 'back'
    return `${showBly(BigInt(amountAtto))} ${way} ${(ms / 1000).toFixed(1)} s`
  })
  const rewarded = receipt === null ? 'no receipt rewarded' : `receipt ${receipt.index} rewarded on EVM`
  const verdict = differences.length === 0 ? paint.ok('backed') : paint.bad(differences.join('; '))
  return row('BRIDGE', `${trips.join(', ')} · ${rewarded} · ${k} of ${n} signers · ${verdict}`, 'checked here')
}

function priceText({ price }: UpReport, paint: Palette): string {
  const { sources, tokenDecimals } = price
  if (price.price === null) return row('PRICE', paint.bad('none: too few fresh reports that agree'), 'on chain')
  const value = formatDecimal(fromOraclePrice(price.price, tokenDecimals))
  return row('PRICE', `1 BLY is ${value} test dollars, from ${sources.length} feeders`, 'on chain')
}

const short = (account: string): string => account.replace(/\.test\.near$/, '')

function indent(title: string, text: string, provenance: string): string[] {
  return text
    .split('\n')
    .map((line, index) => (index === 0 ? row(title, line, provenance) : `${' '.repeat(10)}${line}`))
}
