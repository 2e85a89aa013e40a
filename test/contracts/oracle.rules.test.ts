/** The oracle's rules in memory: who may report, when reports are a price, and what a pool's average may follow. */
import { expect } from 'chai'
import fc from 'fast-check'
import { parseArgs } from '../../contracts/near/lib/schema.ts'
import type { Transfer } from '../../contracts/near/lib/storageManagement.ts'
import { admitFeeder, joinFeeder, leaveFeeder, removeFeeder } from '../../contracts/near/oracle/feeders.ts'
import { init } from '../../contracts/near/oracle/init.ts'
import { observe, onPool, RING } from '../../contracts/near/oracle/observe.ts'
import { SPOT_DIGITS, spotOf } from '../../contracts/near/oracle/pools.ts'
import { comparePrices, isWithin, lowerMedian, toWirePrice, type WirePrice } from '../../contracts/near/oracle/price.ts'
import { getAsset, getOracle, getOracles } from '../../contracts/near/oracle/priceData.ts'
import { quorumOf } from '../../contracts/near/oracle/quorum.ts'
import { reportPrices } from '../../contracts/near/oracle/report.ts'
import { ORACLE_SCHEMA } from '../../contracts/near/oracle/schema.ts'
import { FEEDER_DEPOSIT, KEYS, listFeeders, MAX_ASSETS, save } from '../../contracts/near/oracle/storage.ts'
import {
  BLY,
  MINUTE_MS,
  ORACLE,
  OWNER,
  POOL,
  poolReply,
  quietPool,
  rulesOracle,
  USD,
  usd,
} from '../fixtures/oracle/rulesOracle.ts'

const U128 = (1n << 128n) - 1n
const wire = fc.record({
  multiplier: fc.oneof(fc.bigInt(1n, 1_000n), fc.bigInt(1n, U128)).map(String),
  decimals: fc.integer({ min: 0, max: 77 }),
})
/** One million BLY against fifty thousand dollars: 0.05 a BLY. */
const QUIET = poolReply(10n ** 24n, 50_000n * 10n ** 6n)

describe('prices are compared exactly', () => {
  it('across all decimals, as fractions are', () => {
    const over = ({ multiplier, decimals }: WirePrice) => BigInt(multiplier) * 10n ** BigInt(77 - decimals)
    fc.assert(
      fc.property(wire, wire, (a, b) => {
        const [x, y] = [over(a), over(b)]
        expect(comparePrices(a, b)).to.equal(x < y ? -1 : x > y ? 1 : 0)
        const apart = x > y ? x - y : y - x
        expect(isWithin(a, b, 500n)).to.equal(apart * 10_000n <= y * 500n)
      }),
      { seed: 4, numRuns: 2000 },
    )
  })

  it('takes the lower one of two middle prices, and always one that was reported', () => {
    expect(lowerMedian([usd(4), usd(1), usd(3), usd(2)])).to.deep.equal(usd(2))
    fc.assert(
      fc.property(fc.array(wire, { minLength: 1, maxLength: 16 }), (prices) => {
        const median = lowerMedian(prices)
        expect(prices).to.deep.include(median)
        const below = prices.filter((price) => comparePrices(price, median) < 0).length
        const above = prices.filter((price) => comparePrices(price, median) > 0).length
        expect(below).to.be.at.most((prices.length - 1) >> 1)
        expect(above).to.be.at.most(prices.length >> 1)
      }),
      { seed: 5, numRuns: 500 },
    )
  })

  it('tells that 1 of 10^3 and 1000 of 10^6 are one price', () => {
    expect(comparePrices({ multiplier: '1', decimals: 3 }, { multiplier: '1000', decimals: 6 })).to.equal(0)
  })

  it('cuts a price to a u128 and 77 decimals rather than to overflow', () => {
    expect(toWirePrice(12_345n, 4)).to.deep.equal({ multiplier: '12345', decimals: 4 })
    expect(toWirePrice(12_345n, 79)).to.deep.equal({ multiplier: '123', decimals: 77 })
    expect(BigInt(toWirePrice(U128 * 1000n, 10).multiplier) <= U128).to.equal(true)
    expect(toWirePrice(U128 * 10n, 0)).to.deep.equal({ multiplier: `${U128}`, decimals: 0 })
  })
})

describe('a price needs a quorum of fresh reports', () => {
  it('is null with two, and the median with three', () => {
    const oracle = rulesOracle(3)
    oracle.report(oracle.feeders[0], usd(1))
    oracle.report(oracle.feeders[1], usd(1.01))
    expect(oracle.price()).to.equal(null)
    oracle.report(oracle.feeders[2], usd(1.02))
    expect(oracle.price()).to.deep.equal(usd(1.01))
  })

  it('is null again once one of three is older than the recency, to the nanosecond', () => {
    const oracle = rulesOracle(3)
    for (const feeder of oracle.feeders) oracle.report(feeder, usd(1))
    oracle.host.timeNs += 90_000_000_000n
    expect(oracle.price()).to.deep.equal(usd(1))
    oracle.host.timeNs += 1n
    expect(oracle.price()).to.equal(null)
  })

  it('asks for more than half of those who joined', () => {
    expect([0, 1, 3, 4, 5, 6, 7, 16].map(quorumOf)).to.deep.equal([3, 3, 3, 3, 3, 4, 4, 9])
    const oracle = rulesOracle(7)
    for (const feeder of oracle.feeders.slice(0, 3)) oracle.report(feeder, usd(1))
    expect(oracle.price()).to.equal(null)
    oracle.report(oracle.feeders[3], usd(1))
    expect(oracle.price()).to.deep.equal(usd(1))
  })

  it('follows a jump only when a quorum confirms it, and gives nothing in between', () => {
    const oracle = rulesOracle(3)
    for (const feeder of oracle.feeders) oracle.report(feeder, usd(1))
    oracle.host.advance(MINUTE_MS)
    oracle.report(oracle.feeders[0], usd(1.5))
    expect(oracle.price(), 'one jumped').to.equal(null)
    oracle.report(oracle.feeders[1], usd(1.5))
    expect(oracle.price(), 'two jumped').to.equal(null)
    oracle.report(oracle.feeders[2], usd(1.49))
    expect(oracle.price(), 'all jumped').to.deep.equal(usd(1.5))
  })

  it('measures jumps by a median that moves on once a minute at most', () => {
    const oracle = rulesOracle(3)
    const events = () => oracle.host.takeEvents().filter(({ event }) => event === 'price_accepted').length
    for (const feeder of oracle.feeders) oracle.report(feeder, usd(1))
    expect(events()).to.equal(1)
    oracle.host.advance(30_000)
    for (const feeder of oracle.feeders) oracle.report(feeder, usd(1.04))
    expect(oracle.price()).to.deep.equal(usd(1.04))
    expect(events()).to.equal(0)
    oracle.host.advance(30_000)
    for (const feeder of oracle.feeders) oracle.report(feeder, usd(1.04))
    expect(events()).to.equal(1)
  })

  it('keeps one report of each feeder, the last one', () => {
    const oracle = rulesOracle(3)
    for (let i = 0; i < 5; i++) oracle.report(oracle.feeders[0], usd(1 + i))
    expect(oracle.price()).to.equal(null)
    expect(getAsset(oracle.host, BLY)!.reports).to.have.length(1)
    expect(getOracle(oracle.host, oracle.feeders[0])!.price_reports).to.equal(5)
  })

  it('never gives a price outside what an honest quorum within the limit reported', () => {
    const cents = fc.integer({ min: 9_600, max: 10_400 })
    const hostile = fc.integer({ min: 1, max: 1_000_000 })
    fc.assert(
      fc.property(
        fc.array(cents, { minLength: 3, maxLength: 3 }),
        fc.array(hostile, { minLength: 2, maxLength: 2 }),
        (honest, bad) => {
          const oracle = rulesOracle(5)
          const say = (feeder: number, value: number) => oracle.report(oracle.feeders[feeder], usd(value / 10_000))
          for (const feeder of [0, 1, 2, 3, 4]) say(feeder, 10_000)
          oracle.host.advance(MINUTE_MS)
          for (const [i, value] of bad.entries()) say(i, value)
          for (const [i, value] of honest.entries()) say(2 + i, value)
          const price = oracle.price()
          expect(price).to.not.equal(null)
          expect(Number(price!.multiplier)).to.be.within(Math.min(...honest), Math.max(...honest))
        },
      ),
      { seed: 6, numRuns: 300 },
    )
  })
})

describe('feeders', () => {
  it('report only after admission and deposit, which returns whole when they leave', () => {
    const { host } = rulesOracle(0)
    const feed = () => host.call({ predecessor: 'new.near' }, () => reportPrices(host, [price(1n)]))
    const join = (deposit: bigint) => host.call({ predecessor: 'new.near', deposit }, () => joinFeeder(host))
    expect(feed).to.throw('ORACLE_NOT_A_FEEDER: ')
    expect(() => join(FEEDER_DEPOSIT)).to.throw('ORACLE_NOT_ADMITTED: ')
    host.call({ predecessor: OWNER, deposit: 1n }, () => admitFeeder(host, 'new.near'))
    expect(feed, 'admitted is not joined').to.throw('ORACLE_NOT_A_FEEDER: ')
    expect(() => join(FEEDER_DEPOSIT - 1n)).to.throw('ORACLE_DEPOSIT_TOO_LOW: ')
    expect(join(FEEDER_DEPOSIT + 7n)).to.deep.equal([{ receiver: 'new.near', yocto: 7n }])
    feed()
    const left = host.call({ predecessor: 'new.near', deposit: 1n }, () => leaveFeeder(host))
    expect(left).to.deep.equal([{ receiver: 'new.near', yocto: FEEDER_DEPOSIT + 1n }])
    expect(getAsset(host, BLY)!.reports).to.deep.equal([])
    expect(feed).to.throw('ORACLE_NOT_A_FEEDER: ')
  })

  it('are admitted by the owner alone, and removed by owner or guardian with the deposit paid back', () => {
    const { host, feeders } = rulesOracle(3, { guardian_id: 'guard.near' })
    const admit = (predecessor: string) => host.call({ predecessor, deposit: 1n }, () => admitFeeder(host, 'new.near'))
    for (const other of ['thief.near', 'guard.near', feeders[0]]) {
      expect(() => admit(other)).to.throw('CALLER_FORBIDDEN: ')
    }
    const remove = (predecessor: string, feeder: string) =>
      host.call({ predecessor, deposit: 1n }, () => removeFeeder(host, feeder))
    expect(() => remove(feeders[1], feeders[0])).to.throw('CALLER_FORBIDDEN: ')
    expect(remove('guard.near', feeders[0])).to.deep.equal([{ receiver: feeders[0], yocto: FEEDER_DEPOSIT }])
    expect(remove(OWNER, feeders[1])).to.deep.equal([{ receiver: feeders[1], yocto: FEEDER_DEPOSIT }])
    expect(getOracles(host, {}).map(([account]) => account)).to.deep.equal([feeders[2]])
  })

  it('hold more than their records and reports on every asset can take', () => {
    const { host } = rulesOracle(0)
    const account = 'f'.repeat(64)
    const before = host.storageUsage()
    host.write(
      KEYS.feeder + account,
      JSON.stringify({ state: 'joined', deposit: `${FEEDER_DEPOSIT}`, lastReport: '9'.repeat(19), reports: 2 ** 53 }),
    )
    const report = { oracle_id: account, timestamp: '9'.repeat(19), price: { multiplier: `${U128}`, decimals: 77 } }
    for (let i = 0; i < MAX_ASSETS; i++) save(host, `x${i}`, [report])
    // A report inside an asset's record costs no record of its own: 40 bytes and two of key less.
    const bytes = host.storageUsage() - before - BigInt(MAX_ASSETS) * 42n + BigInt(account.length + 3)
    expect(bytes <= 3_800n, `${bytes} bytes`).to.equal(true)
    expect(bytes * 10n ** 19n < FEEDER_DEPOSIT).to.equal(true)
  })

  it('may name assets that are not listed: those are passed over, the others count', () => {
    const { host, feeders } = rulesOracle(3)
    const prices = [{ ...price(1n), asset_id: 'doge.near' }, price(5n)]
    host.call({ predecessor: feeders[0] }, () => reportPrices(host, prices))
    expect(host.logs[0]).to.equal('doge.near is not listed here; its price was passed over')
    expect(getAsset(host, BLY)!.reports[0].price.multiplier).to.equal('5')
  })

  it('are refused a price of 0, more than 77 decimals, a number for a multiplier, an empty list', () => {
    const { host, feeders } = rulesOracle(3)
    const report = (prices: unknown) => () =>
      host.call({ predecessor: feeders[0] }, () =>
        reportPrices(host, parseArgs(ORACLE_SCHEMA.methods.report_prices, { prices }).prices),
      )
    const with_ = (change: object) => [{ asset_id: BLY, price: { multiplier: '1', decimals: 0, ...change } }]
    expect(report(with_({ multiplier: '0' }))).to.throw('ORACLE_PRICE_INVALID: ')
    expect(report(with_({ decimals: 78 }))).to.throw('ARGUMENT_INVALID: ')
    expect(report(with_({ multiplier: 1 }))).to.throw('AMOUNT_INVALID: ')
    expect(report(with_({ multiplier: `${U128 + 1n}` }))).to.throw('AMOUNT_INVALID: ')
    expect(report([])).to.throw('ARGUMENT_INVALID: ')
  })

  it('cannot attach NEAR to a report, nor set the oracle up again', () => {
    const { host, feeders } = rulesOracle(3)
    const paid = () => host.call({ predecessor: feeders[0], deposit: 1n }, () => reportPrices(host, [price(1n)]))
    expect(paid).to.throw('DEPOSIT_NONE: ')
    const again = () => host.call({}, () => init(host, { owner_id: 'thief.near', dex_id: 'dex.near' }))
    expect(again).to.throw('ORACLE_INITIALISED: ')
  })
})

describe('feeders’ deposits', () => {
  it('are in the contract, whole, for exactly those who have joined, after any calls', () => {
    const people = ['ann.near', 'ben.near', 'cyd.near', OWNER, 'guard.near']
    const person = fc.constantFrom(...people)
    const action = fc.constantFrom('admit', 'join', 'leave', 'remove', 'report')
    const deposit = fc.constantFrom(0n, 1n, FEEDER_DEPOSIT - 1n, FEEDER_DEPOSIT, 3n * FEEDER_DEPOSIT)
    const done = new Map<string, number>()
    fc.assert(
      fc.property(fc.array(fc.tuple(action, person, person, deposit), { minLength: 60, maxLength: 120 }), (steps) => {
        const { host } = rulesOracle(0, { guardian_id: 'guard.near' })
        let held = 0n
        for (const [act, predecessor, account, given] of steps) {
          // Who must attach a yocto mostly does.
          const attached = act === 'join' || given === FEEDER_DEPOSIT ? given : act === 'report' ? 0n : 1n
          try {
            const out = host.call({ predecessor, deposit: attached }, (): Transfer[] => {
              if (act === 'admit') admitFeeder(host, account)
              if (act === 'report') reportPrices(host, [price(1n)])
              if (act === 'join') return joinFeeder(host)
              if (act === 'leave') return leaveFeeder(host)
              return act === 'remove' ? removeFeeder(host, account) : []
            })
            held += attached - out.reduce((sum, { yocto }) => sum + yocto, 0n)
            // The yocto of an admission or removal stays.
            if (act === 'admit' || act === 'remove') held -= 1n
            done.set(act, (done.get(act) ?? 0) + 1)
          } catch (error) {
            expect((error as Error).message).to.match(/^[A-Z_]+: /)
          }
          const joined = listFeeders(host)
          expect(held).to.equal(BigInt(joined.length) * FEEDER_DEPOSIT)
          const reporters = getAsset(host, BLY)!.reports.map(({ oracle_id }) => oracle_id)
          for (const each of reporters) expect(joined).to.include(each)
        }
      }),
      { seed: 9, numRuns: 100 },
    )
    for (const act of ['admit', 'join', 'leave', 'remove', 'report']) expect(done.get(act), act).to.be.above(20)
  })
})

describe('a pool is observed', () => {
  it('once a minute at most, also when two observations are on their way', () => {
    const oracle = rulesOracle(3)
    const ask = () => oracle.host.call({}, () => observe(oracle.host, POOL))
    const answer = () => oracle.host.call({ predecessor: ORACLE }, () => onPool(oracle.host, POOL, () => QUIET))
    ask()
    ask()
    expect(answer()).to.equal(true)
    expect(answer(), 'the second one of the same minute').to.equal(false)
    expect(ask).to.throw('ORACLE_TOO_SOON: ')
    oracle.host.advance(59_999)
    expect(ask).to.throw('ORACLE_TOO_SOON: ')
    oracle.host.advance(1)
    ask()
  })

  it('by its own callback alone, and only where the owner watches it', () => {
    const { host } = rulesOracle(3)
    const forge = () => host.call({ predecessor: 'thief.near' }, () => onPool(host, POOL, () => QUIET))
    expect(forge).to.throw('CALLBACK_ONLY: ')
    expect(() => host.call({}, () => observe(host, 7))).to.throw('ORACLE_POOL_UNKNOWN: ')
  })

  it('and a reply that is no such pool changes nothing', () => {
    const oracle = rulesOracle(3)
    const pool = JSON.parse(QUIET)
    const bad = [
      null,
      '',
      'null',
      '[]',
      '{"amounts":["1","1"]}',
      JSON.stringify({ ...pool, token_account_ids: [BLY, 'other.near'] }),
      JSON.stringify({ ...pool, token_account_ids: [BLY, USD, 'third.near'] }),
      JSON.stringify({ ...pool, amounts: ['1'] }),
      JSON.stringify({ ...pool, amounts: [1, 1] }),
      JSON.stringify({ ...pool, amounts: ['0', '1'] }),
      JSON.stringify({ ...pool, amounts: ['-1', '1'] }),
      JSON.stringify({ ...pool, amounts: ['1', `${U128 + 1n}`] }),
    ]
    const before = [...oracle.host.storage]
    for (const reply of bad) expect(oracle.see(reply), `${reply}`).to.equal(false)
    expect([...oracle.host.storage]).to.deep.equal(before)
  })

  it('whichever of its two tokens comes first', () => {
    const pool = JSON.parse(QUIET)
    const turned = { ...pool, token_account_ids: [USD, BLY], amounts: pool.amounts.toReversed() }
    const pair = { base: BLY, quote: USD }
    expect(spotOf(JSON.stringify(turned), pair)).to.equal(spotOf(QUIET, pair))
    expect(spotOf(QUIET, pair)).to.equal(5n * 10n ** BigInt(SPOT_DIGITS - 14))
  })
})

describe('the time-weighted price', () => {
  it('is null below 30 snapshots and exact from there on', () => {
    const oracle = rulesOracle(3)
    quietPool(oracle, 29, QUIET)
    expect(oracle.twap()).to.equal(null)
    quietPool(oracle, 1, QUIET)
    const { price, snapshots } = oracle.twap()!
    expect(snapshots).to.equal(30)
    // 0.05 dollars a BLY of 18 decimals.
    expect(comparePrices(price, usd(0.05))).to.equal(0)
  })

  it('is null when the last snapshot is older than five minutes', () => {
    const oracle = rulesOracle(3)
    quietPool(oracle, 30, QUIET)
    oracle.host.advance(4 * MINUTE_MS)
    expect(oracle.twap()).to.not.equal(null)
    oracle.host.advance(1)
    expect(oracle.twap()).to.equal(null)
  })

  it('is null when the window holds fewer than 30', () => {
    const oracle = rulesOracle(3)
    quietPool(oracle, 60, QUIET)
    expect(oracle.twap(1_850)!.snapshots).to.equal(30)
    expect(oracle.twap(1_200)).to.equal(null)
  })

  it('keeps 120 snapshots and no more, however long it runs', () => {
    const oracle = rulesOracle(3)
    quietPool(oracle, RING, QUIET)
    const usage = oracle.host.storageUsage()
    quietPool(oracle, 2 * RING, QUIET)
    expect(Number(oracle.host.storageUsage() - usage), 'two digits a snapshot more').to.be.below(400)
    expect(oracle.twap(86_400)!.snapshots).to.equal(RING)
  })

  it('lets a snapshot weigh five minutes at most, however long nobody observed', () => {
    const oracle = rulesOracle(3, { max_step_bps: 10_000 })
    quietPool(oracle, 30, QUIET)
    oracle.see(poolReply(10n ** 24n, 100_000n * 10n ** 6n))
    oracle.host.advance(20 * MINUTE_MS)
    quietPool(oracle, 9, QUIET)
    // 29 and 9 minutes (61 s each) at 0.05, five at 0.10: under 0.057; uncapped it were above 0.066.
    const { price } = oracle.twap(86_400)!
    expect(comparePrices(price, usd(0.057))).to.equal(-1)
    expect(comparePrices(price, usd(0.055))).to.equal(1)
  })

  it('equals a slow sum over any prices and gaps', () => {
    const step = fc.record({
      dollars: fc.integer({ min: 40_000, max: 60_000 }),
      gap: fc.integer({ min: 60, max: 400 }),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 30, maxLength: 60 }), (steps) => {
        const oracle = rulesOracle(3, { max_step_bps: 10_000 })
        let [sum, weight] = [0n, 0n]
        for (const [i, { dollars, gap }] of steps.entries()) {
          expect(oracle.see(poolReply(10n ** 24n, BigInt(dollars) * 10n ** 6n))).to.equal(true)
          if (i === steps.length - 1) break
          oracle.host.advance(gap * 1_000)
          const counted = BigInt(Math.min(gap + 1, 300))
          sum += BigInt(dollars) * counted
          weight += counted
        }
        const expected = toWirePrice((sum * 10n ** 24n) / weight, 24 + 24)
        const { price } = oracle.twap(86_400)!
        expect(isWithin(price, expected, 1n)).to.equal(true)
        expect(price.multiplier.slice(0, 15)).to.equal(expected.multiplier.slice(0, 15))
      }),
      { seed: 8, numRuns: 60 },
    )
  })
})

function price(multiplier: bigint) {
  return { asset_id: BLY, price: { multiplier, decimals: 18 } }
}
