/**
 * `npm run soak:twap -- --json FILE`: what it costs to move the time-weighted price by 1, 5 and 20 %, in pools of three sizes,
 * under three assumptions about everybody else; and what the limit on a snapshot's step adds to that. Exact, without chance.
 */
import { cheapestAttack, type Goal, type Market } from '../../test/fixtures/oracle/twapAttack.ts'
import { finishSoak, soakFlags } from './report.ts'

const SPEC = {
  command: 'soak twap',
  sentence: 'Computes the cost of moving the time-weighted price of a pool.',
  flags: { json: { type: 'string', value: 'FILE', help: 'write the figures there' } },
} as const

const GOALS_BPS = [100, 500, 2_000]
const DOLLARS = [10_000n, 100_000n, 1_000_000n]
const MARKETS: readonly Market[] = ['asleep', 'touched', 'awake']
/** The fewest that are averaged, and what a window of an hour holds. */
const SNAPSHOTS = [30, 60]
const STEP_BPS = 200
/** As good as no limit: one snapshot may show a hundredfold price. */
const NO_STEP_BPS = 1_000_000

interface Row {
  /** What the price is to move, ten-thousandths. */
  bps: number
  market: Market
  dollars: string
  snapshots: number
  limited: boolean
  /** Snapshots that show a moved pool, and how far, ten-thousandths. */
  moved: number
  heightBps: string
  /** Dollars with two digits. */
  capital: string
  fees: string
  arbitrage: string
  cost: string
}

const flags = soakFlags(SPEC)
const startedAt = Date.now()
const rows: Row[] = []
for (const snapshots of SNAPSHOTS) {
  for (const stepBps of [STEP_BPS, NO_STEP_BPS]) {
    for (const market of MARKETS) {
      for (const bps of GOALS_BPS) {
        for (const dollars of DOLLARS) rows.push(row({ market, dollars, snapshots, stepBps, bps }))
      }
    }
  }
}
const shown = rows.filter((each) => each.snapshots === 30 && each.dollars === '100000')
for (const each of shown) {
  const limit = each.limited ? '2 % a snapshot' : 'no limit'
  process.stderr.write(
    `${each.bps / 100} %, ${each.market}, ${limit}: costs ${each.cost} with ${each.capital}, ${each.moved} of 30 snapshots\n`,
  )
}
// What a bigger goal, a bigger pool and the limit must do to the cost.
const grows = rows.every((each) =>
  rows.every((other) => !isHarder(other, each) || Number(other.cost) >= Number(each.cost)),
)
process.exitCode = finishSoak(
  { name: 'soak.twap', seed: 0, startedAt },
  {
    ok: grows,
    summary: `${rows.length} attacks, cost grows with goal and pool: ${grows}`,
    fairPrice: '0.05',
    feeBps: 30,
    assumptions: {
      asleep:
        'nobody trades; the attacker ramps the pool up, holds it, sells everything back after the last snapshot that weighs',
      touched:
        'nobody trades in the two blocks between the attacker’s buy, his own observe, and his sale, at each snapshot',
      awake:
        'between snapshots others sell into the pool until that earns nothing after the fee; what was bought is kept at the fair price',
      all: 'no gas, every snapshot timed to the block, the price read right after the last one, only upwards',
    },
    rows,
  },
  flags.json,
)

function row(goal: Goal): Row {
  const found = cheapestAttack(goal)
  if (found === null) throw new Error(`no attack moves the price by ${goal.bps}`)
  const { plan, outcome } = found
  return {
    bps: goal.bps,
    market: goal.market,
    dollars: `${goal.dollars}`,
    snapshots: goal.snapshots,
    limited: goal.stepBps === STEP_BPS,
    moved: plan.moved,
    heightBps: `${plan.heightBps}`,
    capital: dollarText(outcome.capital),
    fees: dollarText(outcome.fees),
    arbitrage: dollarText(outcome.arbitrage),
    cost: dollarText(outcome.cost),
  }
}

function isHarder(a: Row, b: Row): boolean {
  const same = a.market === b.market && a.snapshots === b.snapshots && a.limited === b.limited
  return same && a.bps >= b.bps && Number(a.dollars) >= Number(b.dollars)
}

/** Microdollars as dollars and cents, rounded up. */
function dollarText(micro: bigint): string {
  const cents = (micro + 9_999n) / 10_000n
  return `${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`
}
