/** What the charts draw, and where: figures in, pixels out. */
import { expect } from 'chai'
import fc from 'fast-check'
import type { RoundDetail, TaskDetail } from '../../../../chain/client/gateway/index.ts'
import { ONE_BLY } from '../../../../chain/lib/units.ts'
import { CERTAINTY_STOPS, layCertainty } from '../../../../frontend/src/chart/certainty.ts'
import {
  countDraws,
  DOT_STEP,
  type DrawDot,
  layDraws,
  passedReasons,
  toDrawDots,
} from '../../../../frontend/src/chart/draws.ts'
import { DAYS_SHOWN, gained, layEarnings, toEarningDays } from '../../../../frontend/src/chart/earnings.ts'
import { frame } from '../../../../frontend/src/chart/frame.ts'
import { type LossSeries, layLoss, toLossSeries } from '../../../../frontend/src/chart/loss.ts'
import { layTimeline, toTimeline } from '../../../../frontend/src/chart/timeline.ts'

const at = frame(640, 240)
const loss: LossSeries = {
  points: [
    { round: 0, bitsPerByte: 8 },
    { round: 1, bitsPerByte: 4.1 },
    { round: 2, bitsPerByte: 3.3 },
  ],
  refused: [
    { round: 1, account: 'poisoner.near', bitsPerByte: 5.5, why: 'LEAF_FALSE' },
    { round: 1, account: 'rider.near', bitsPerByte: null, why: 'missing' },
  ],
  references: [
    { name: 'bigram', bitsPerByte: 3.61 },
    { name: 'trigram', bitsPerByte: 3.6 },
  ],
  rounds: 4,
}

describe('the chart of test loss', () => {
  it('draws one point for each round that was computed, and no more', () => {
    const picture = layLoss(loss, at)
    expect(picture.points.map(({ round }) => round)).to.deep.equal([0, 1, 2])
    expect(picture.line.match(/[ML]/g)).to.deep.equal(['M', 'L', 'L'])
  })

  it('puts less loss lower, and everything inside the plot', () => {
    const { points, refused, references } = layLoss(loss, at)
    for (let i = 1; i < points.length; i++) expect(points[i]!.y).to.be.greaterThan(points[i - 1]!.y)
    for (const { y } of [...points, refused[0]!, ...references]) expect(y).to.be.within(at.top, at.height - at.bottom)
  })

  it('does not bridge a round that nobody measured', () => {
    const gap = { ...loss, points: [loss.points[0]!, { round: 2, bitsPerByte: 3.3 }, { round: 3, bitsPerByte: 3.1 }] }
    expect(layLoss(gap, at).line.match(/[ML]/g)).to.deep.equal(['M', 'M', 'L'])
  })

  it('keeps a refused update that nobody measured in sight, beneath the plot', () => {
    expect(layLoss(loss, at).refused[1]!.y).to.be.greaterThan(at.height - at.bottom)
  })

  it('puts a refused update at the round that it would have made', () => {
    const { refused, toX } = layLoss(loss, at)
    expect(refused[0]!.x).to.equal(toX(2))
  })

  it('keeps labels of lines apart that lie on each other', () => {
    const [a, b] = layLoss(loss, at).references
    expect(Math.abs(a!.labelY - b!.labelY)).to.be.at.least(16)
  })

  it('stands for nothing at all too', () => {
    const picture = layLoss({ points: [], refused: [], references: [], rounds: 4 }, at)
    expect(picture.y.domain).to.deep.equal([0, 8])
    expect(picture.line).to.equal('')
  })

  it('places a refused update by the help that was measured for it', () => {
    const task = {
      rounds: 2,
      loss: { points: [{ round: 0, bitsPerByte: 8 }], unigram: null, bigram: 3.6, trigram: null },
      roundDetails: [
        {
          index: 0,
          submissions: [
            { account: 'a.near', delta: 'b', outcome: 'accepted', fault: null, gainMicrobits: '10' },
            { account: 'b.near', delta: 'b', outcome: 'rejected', fault: 'LEAF_FALSE', gainMicrobits: '-500000' },
            { account: 'c.near', delta: 'b', outcome: null, fault: null, gainMicrobits: null },
            { account: 'd.near', delta: null, outcome: 'missing', fault: 'NO_COMMIT', gainMicrobits: null },
          ],
        },
      ],
    } as unknown as TaskDetail
    const series = toLossSeries(task)
    expect(series.refused).to.deep.equal([{ round: 0, account: 'b.near', bitsPerByte: 8.5, why: 'LEAF_FALSE' }])
    expect(series.references.map(({ name }) => name)).to.deep.equal(['bigram'])
  })
})

describe('earnings of a day', () => {
  const line = (day: string, reason: string, bly: number) => ({
    day,
    reason,
    amountAtto: `${BigInt(Math.round(bly * 100)) * (ONE_BLY / 100n)}`,
  })

  it('put losses below zero and pay above, by kind', () => {
    const { days } = toEarningDays([
      line('2026-11-20', 'BASE_PAY', 9),
      line('2026-11-20', 'BONUS', 1.61),
      line('2026-11-20', 'NO_COMMIT', -2.5),
      line('2026-11-20', 'CRANK', 0.02),
      line('2026-11-20', 'JURY_FEE', 0.5),
    ])
    const [day] = layEarnings(days, at).days
    expect(day!.parts.map(({ kind }) => kind)).to.deep.equal(['base', 'bonus', 'checking', 'other', 'faults'])
    const zero = layEarnings(days, at).toY(0)
    for (const part of day!.parts) {
      if (part.kind === 'faults') expect(part.y).to.be.closeTo(zero, 1e-6)
      else expect(part.y + part.height).to.be.at.most(zero + 1)
    }
    expect(gained(day!)).to.equal((ONE_BLY * 1113n) / 100n)
  })

  it('lose nothing of what was paid: kinds add up to the lines', () => {
    const lines = fc.array(
      fc.record({
        day: fc
          .integer({ min: 0, max: 50 })
          .map((n) => new Date(1_760_000_000_000 + n * 86_400_000).toISOString().slice(0, 10)),
        reason: fc.constantFrom('BASE_PAY', 'BONUS', 'VALIDATOR_FEE', 'HARMED', 'LEAF_FALSE', 'SOMETHING_NEW'),
        amountAtto: fc.bigInt({ min: -(10n ** 27n), max: 10n ** 27n }).map(String),
      }),
    )
    fc.assert(
      fc.property(lines, (given) => {
        const { days } = toEarningDays(given)
        const sum = days.reduce((total, { amounts }) => Object.values(amounts).reduce((a, b) => a + b, total), 0n)
        expect(sum).to.equal(given.reduce((total, { amountAtto }) => total + BigInt(amountAtto), 0n))
        for (const { parts } of layEarnings(days, at).days)
          for (const part of parts) expect(part.height).to.be.at.least(1)
      }),
    )
  })

  it('show a day without work as zero, and say how many old days are left out', () => {
    const { days } = toEarningDays([line('2026-11-18', 'BASE_PAY', 1), line('2026-11-21', 'BASE_PAY', 1)])
    expect(days.map(({ day }) => day)).to.deep.equal(['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21'])
    const long = toEarningDays([line('2025-01-01', 'BASE_PAY', 1), line('2026-11-21', 'BASE_PAY', 1)])
    expect([long.days.length, long.leftOut]).to.deep.equal([DAYS_SHOWN, 1])
  })
})

describe('draws as dots', () => {
  const dot = (n: number, result: DrawDot['result'], why = 'w'): DrawDot => ({
    at: 1_000 * n,
    task: '1',
    round: 0,
    role: 'trainer',
    result,
    why,
  })

  it('never hide one another, and count what is not drawn', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 120 }), (times) => {
        const all = toDrawDots(times.map((n) => dot(n, 'paid')))
        const picture = layDraws(all, at)
        const places = new Set(picture.dots.map(({ x, y }) => `${x.toFixed(2)}/${y.toFixed(2)}`))
        expect(places.size).to.equal(picture.dots.length)
        const hidden = picture.more.reduce((sum, { count }) => sum + count, 0)
        expect(picture.dots.length + hidden + picture.leftOut).to.equal(all.length)
        for (const { x, y } of picture.dots) {
          expect(x).to.be.within(at.left, at.width - at.right)
          expect(y).to.be.within(at.top, picture.height - at.bottom)
        }
      }),
    )
  })

  it('stack when they fell at one time', () => {
    const picture = layDraws([dot(1, 'paid'), dot(1, 'passed')], at)
    expect(Math.abs(picture.dots[0]!.y - picture.dots[1]!.y)).to.equal(DOT_STEP)
  })

  it('are counted by result, and those passed over by reason', () => {
    const dots = [
      dot(1, 'paid'),
      dot(2, 'passed', 'lot'),
      dot(3, 'passed', '40 free'),
      dot(4, 'passed', '40 free'),
      dot(5, 'open'),
    ]
    expect(countDraws(dots)).to.deep.equal({ paid: 1, unpaid: 0, passed: 3, open: 1 })
    expect(passedReasons(dots)).to.deep.equal([
      { why: '40 free', count: 2 },
      { why: 'lot', count: 1 },
    ])
  })
})

describe('the price of certainty', () => {
  it('stands on an axis from zero, so that dearer looks dearer by as much as it is', () => {
    const prices = [151, 173, 180, 207, 227]
    const stops = CERTAINTY_STOPS.map((certainty, i) => ({
      certainty,
      bountyAtto: BigInt(prices[i]!) * ONE_BLY,
      caughtTenth: certainty / 100,
      caughtAll: 1,
      operatorsNow: 10,
      operatorsNeeded: 8 + i,
    }))
    const picture = layCertainty(stops, at)
    expect(picture.y.ticks[0]).to.equal(0)
    const rise = (i: number) => picture.toY(0) - picture.stops[i]!.y
    expect(rise(4) / rise(0)).to.be.closeTo(227 / 151, 1e-9)
    expect(picture.stops.map(({ enough }) => enough)).to.deep.equal([true, true, true, false, false])
  })
})

describe('the timeline of a round', () => {
  const outcome = (at: number, event: string, who: string) => ({ at, height: 1, tx: 't', event, who, what: '' })
  const round = {
    index: 0,
    openedAt: 1_000,
    phaseAt: 31_000,
    deadline: 91_000,
    settledAt: null,
    shown: 'handing-in',
    submissions: [{ account: 'a.near' }, { account: 'b.near' }],
    validators: [],
  } as unknown as RoundDetail
  const outcomes = [
    outcome(3_000, 'seat_accepted', 'a.near'),
    outcome(4_000, 'seat_accepted', 'b.near'),
    outcome(21_000, 'committed', 'a.near'),
    outcome(31_000, 'committed', 'b.near'),
    outcome(33_000, 'revealed', 'a.near'),
  ]

  it('ends a bar where the operator was heard, and shows what was spare before the deadline', () => {
    const timeline = toTimeline(round, outcomes, { windows: { accept: 10_000, commit: 60_000 } }, 40_000)
    const [a, b] = timeline.operators
    expect(a!.bars.map(({ phase, from, to, open }) => [phase, from, to, open])).to.deep.equal([
      ['choosing', 1_000, 3_000, false],
      ['training', 4_000, 21_000, false],
      ['handing-in', 31_000, 33_000, false],
    ])
    // Not heard yet: open, never "crashed".
    expect(b!.bars.at(-1)).to.deep.equal({ phase: 'handing-in', from: 31_000, to: 40_000, open: true })
    const picture = layTimeline(timeline, { ...at, left: 100 })
    expect(picture.rows[0]!.spare.map(({ phase, ms }) => [phase, ms])).to.deep.equal([
      ['choosing', 8_000],
      ['training', 43_000],
      ['handing-in', 58_000],
    ])
    expect(picture.deadlines.map(({ phase, seconds }) => [phase, seconds])).to.deep.equal([
      ['choosing', 10],
      ['training', 63],
      ['handing-in', 90],
    ])
    for (const { bars } of picture.rows)
      for (const { x, width } of bars) expect(x + width).to.be.at.most(at.width - at.right)
  })

  it('draws what is told where a step is not, and then claims no deadline', () => {
    const told = outcomes.filter(({ event }) => event !== 'seat_accepted')
    const timeline = toTimeline(round, told, { windows: { accept: 10_000, commit: 60_000 } }, 40_000)
    expect(timeline.operators[0]!.bars.map(({ phase, from, to }) => [phase, from, to])).to.deep.equal([
      ['training', 1_000, 21_000],
      ['handing-in', 31_000, 33_000],
    ])
    expect(timeline.deadlines).to.deep.equal([{ phase: 'handing-in', at: 91_000 }])
  })

  it('draws no bar for what an operator left out, and one row for everybody', () => {
    const done = { ...round, settledAt: 60_000, shown: 'settled', validators: ['v.near'] } as RoundDetail
    const timeline = toTimeline(done, [...outcomes, outcome(50_000, 'verdict_revealed', 'v.near')], {}, 70_000)
    expect(timeline.operators.map(({ account, bars }) => [account, bars.length])).to.deep.equal([
      ['a.near', 3],
      ['b.near', 2],
      ['v.near', 1],
    ])
  })
})
