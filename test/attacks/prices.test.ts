/**
 * Attacks on prices. Each is carried out first with its defence off, with what it costs whom, and then with it on.
 */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { admitFeeder, joinFeeder, removeFeeder } from '../../contracts/near/oracle/feeders.ts'
import { lowerMedian, type WirePrice } from '../../contracts/near/oracle/price.ts'
import { priceOf, quorumOf } from '../../contracts/near/oracle/quorum.ts'
import { FEEDER_DEPOSIT, findAsset, getConfig, listFeeders } from '../../contracts/near/oracle/storage.ts'
import { type ChainOracle, chainOracle } from '../fixtures/oracle/chainOracle.ts'
import { BLY, MINUTE_MS, OWNER, type RulesOracle, rulesOracle, usd } from '../fixtures/oracle/rulesOracle.ts'
import { type Market, moveTwap } from '../fixtures/oracle/twapAttack.ts'
import { contractWasm } from '../fixtures/wasm/contractWasm.ts'
import { tinyContract } from '../fixtures/wasm/tinyContract.ts'

const MICRO = 1_000_000n
const TGAS = 10n ** 12n
/** A pool of 100,000 dollars and as much in BLY. */
const POOL = { dollars: 100_000n, snapshots: 30 } as const
const NO_LIMIT = 1_000_000

describe('a pool moved for one block', () => {
  const plan = { ...POOL, market: 'touched', moved: 1, heightBps: 58_000n } as const

  it('would sell whoever trusts the spot price BLY at 6.8 times its worth, for 370 dollars', () => {
    const { cost } = moveTwap({ ...plan, stepBps: NO_LIMIT })
    expect(Number(cost / MICRO)).to.be.within(360, 380)
  })

  it('would move an average of 30 by 20 % for the same 370 dollars, without the limit on a snapshot’s step', () => {
    expect(moveTwap({ ...plan, stepBps: NO_LIMIT }).movedBps).to.equal(2_000)
  })

  it('moves the average by less than 0.07 % with it', () => {
    expect(moveTwap({ ...plan, stepBps: 200 }).movedBps).to.equal(6)
  })
})

describe('a pool held for minutes', () => {
  it('moves the average by 1 % in 5 minutes, and costs 82 dollars of fees where everybody sleeps', () => {
    const { movedBps, cost } = moveTwap({ ...POOL, market: 'touched', moved: 5, heightBps: 860n, stepBps: 200 })
    expect(movedBps).to.equal(100)
    expect(Number(cost / MICRO)).to.be.within(80, 90)
  })

  it('needs 22 of 29 minutes for 20 %, and then costs 1,400 dollars asleep and over 20,000 where others trade', () => {
    const plan = { ...POOL, moved: 22, heightBps: 5_084n, stepBps: 200 } as const
    const [asleep, awake] = (['touched', 'awake'] as const).map((market) => moveTwap({ ...plan, market }))
    expect([asleep.movedBps, awake.movedBps]).to.deep.equal([2_000, 2_000])
    expect(asleep.cost < 1_400n * MICRO).to.equal(true)
    expect(awake.cost > 20_000n * MICRO).to.equal(true)
    const shorter = moveTwap({ ...plan, market: 'touched', moved: 10, heightBps: 100_000n })
    expect(shorter.movedBps, 'ten minutes, however high').to.be.below(500)
  })
})

describe('the published cost of moving the average', () => {
  const file = new URL('../../docs/results/twap-cost.json', import.meta.url)
  const { rows } = JSON.parse(readFileSync(file, 'utf8')) as {
    rows: {
      bps: number
      market: Market
      dollars: string
      snapshots: number
      limited: boolean
      moved: number
      heightBps: string
      cost: string
      capital: string
    }[]
  }
  const cents = (text: string): bigint => BigInt(text.replace('.', ''))

  it('has each goal in each pool under each assumption, with and without the limit', () => {
    expect(
      new Set(rows.map((row) => [row.bps, row.market, row.dollars, row.snapshots, row.limited].join())).size,
    ).to.equal(108)
  })

  it('is to the cent what the rules of dex and oracle compute today', () => {
    for (const { bps, market, dollars, snapshots, limited, moved, heightBps, cost, capital } of rows) {
      const stepBps = limited ? 200 : NO_LIMIT
      const outcome = moveTwap({
        market,
        dollars: BigInt(dollars),
        snapshots,
        moved,
        heightBps: BigInt(heightBps),
        stepBps,
      })
      const row = `${bps} ${market} ${dollars} ${snapshots} ${limited}`
      expect(outcome.movedBps, row).to.be.at.least(bps)
      expect((outcome.cost + 9_999n) / 10_000n, row).to.equal(cents(cost))
      expect((outcome.capital + 9_999n) / 10_000n, row).to.equal(cents(capital))
    }
  })

  it('is never less with the limit on a step than without it', () => {
    for (const row of rows.filter(({ limited }) => limited)) {
      const same = (each: (typeof rows)[number]) =>
        each.bps === row.bps &&
        each.market === row.market &&
        each.dollars === row.dollars &&
        each.snapshots === row.snapshots
      const free = rows.find((each) => same(each) && !each.limited)!
      expect(cents(row.cost) >= cents(free.cost)).to.equal(true)
    }
  })
})

/** What a contract would say that takes the last accepted price, old or not. */
function withoutStaleness(oracle: RulesOracle): WirePrice {
  const reports = findAsset(oracle.host, BLY)!.reports
  return lowerMedian(reports.map(({ price }) => price))
}

describe('stale feeders', () => {
  it('would leave a price of an hour ago standing while the market fell by half: a lender loses the other half', () => {
    const oracle = rulesOracle(3)
    for (const feeder of oracle.feeders) oracle.report(feeder, usd(1))
    oracle.host.advance(60 * MINUTE_MS)
    expect(withoutStaleness(oracle)).to.deep.equal(usd(1))
  })

  it('give no price at all, and one fresh liar among them gives none either', () => {
    const oracle = rulesOracle(3)
    for (const feeder of oracle.feeders) oracle.report(feeder, usd(1))
    oracle.host.advance(60 * MINUTE_MS)
    expect(oracle.price()).to.equal(null)
    oracle.report(oracle.feeders[0], usd(1))
    expect(oracle.price()).to.equal(null)
  })

  it('cannot be revived by a feeder that left: its report goes with it', () => {
    const oracle = rulesOracle(4)
    for (const feeder of oracle.feeders.slice(0, 3)) oracle.report(feeder, usd(1))
    expect(oracle.price()).to.deep.equal(usd(1))
    const asset = findAsset(oracle.host, BLY)!
    const left = { ...asset, reports: asset.reports.slice(1) }
    expect(priceOf(left, getConfig(oracle.host), 3, oracle.host.timeNs)).to.equal(null)
  })
})

describe('a feeder that jumps', () => {
  it('would set the price of whoever averages: a third up for one report of twice the price', () => {
    const oracle = rulesOracle(3)
    for (const [i, feeder] of oracle.feeders.entries()) oracle.report(feeder, usd(i === 0 ? 2 : 1.01))
    const said = findAsset(oracle.host, BLY)!.reports.map(({ price }) => Number(price.multiplier))
    expect(said.reduce((sum, each) => sum + each, 0) / said.length).to.be.above(13_300)
  })

  it('never is the median of three, and its report does not count', () => {
    const oracle = rulesOracle(4)
    for (const feeder of oracle.feeders) oracle.report(feeder, usd(1))
    for (const jump of [2, 1_000_000, 0.0001]) {
      oracle.host.advance(MINUTE_MS)
      oracle.report(oracle.feeders[0], usd(jump))
      for (const feeder of oracle.feeders.slice(1)) oracle.report(feeder, usd(1))
      expect(oracle.price()).to.deep.equal(usd(1))
    }
  })

  it('can silence three that need each other until the guardian removes it and another joins', () => {
    const oracle = rulesOracle(3, { guardian_id: 'guard.near' })
    const [bad, ...honest] = oracle.feeders
    for (const feeder of oracle.feeders) oracle.report(feeder, usd(1))
    oracle.host.advance(MINUTE_MS)
    oracle.report(bad, usd(2))
    for (const feeder of honest) oracle.report(feeder, usd(1))
    expect(oracle.price()).to.equal(null)
    const { host } = oracle
    const deposit = 1n
    host.call({ predecessor: 'guard.near', deposit }, () => removeFeeder(host, bad))
    host.call({ predecessor: OWNER, deposit }, () => admitFeeder(host, 'fourth.near'))
    host.call({ predecessor: 'fourth.near', deposit: FEEDER_DEPOSIT }, () => joinFeeder(host))
    oracle.report('fourth.near', usd(1))
    expect(oracle.price()).to.deep.equal(usd(1))
  })
})

/** The median of all fresh reports, as without a deviation limit and with the quorum of NearDefi's oracle, half of all. */
function plainMedian(oracle: RulesOracle): WirePrice | null {
  const { reports } = findAsset(oracle.host, BLY)!
  return reports.length < (listFeeders(oracle.host).length + 1) >> 1
    ? null
    : lowerMedian(reports.map(({ price }) => price))
}

describe('two colluding feeders', () => {
  it('of three would own a plain median: any price, at once, and a lender’s whole vault with it', () => {
    const oracle = rulesOracle(3)
    oracle.report(oracle.feeders[0], usd(100))
    oracle.report(oracle.feeders[1], usd(100))
    oracle.report(oracle.feeders[2], usd(1))
    expect(plainMedian(oracle)).to.deep.equal(usd(100))
  })

  it('of three get null for a jump, and within the limit at most 5 % of the honest one, however long they walk', () => {
    const oracle = rulesOracle(3)
    const [a, b, honest] = oracle.feeders
    for (const feeder of oracle.feeders) oracle.report(feeder, usd(1))
    oracle.host.advance(MINUTE_MS)
    for (const feeder of [a, b]) oracle.report(feeder, usd(100))
    oracle.report(honest, usd(1))
    expect(oracle.price()).to.equal(null)
    let highest = 0
    for (let step = 1; step <= 200; step++) {
      oracle.host.advance(MINUTE_MS)
      const walked = Math.round((1 + step / 100) * 10_000) / 10_000
      for (const feeder of [a, b]) oracle.report(feeder, usd(walked))
      oracle.report(honest, usd(1))
      const price = oracle.price()
      if (price !== null) highest = Math.max(highest, Number(price.multiplier) / 10_000)
    }
    expect(highest).to.be.within(1.01, 1.06)
  })

  it('of five move nothing while three honest ones report, and at most 5 % when one of those is silent', () => {
    const oracle = rulesOracle(5)
    const [a, b, ...honest] = oracle.feeders
    for (const feeder of oracle.feeders) oracle.report(feeder, usd(1))
    for (const lie of [1.04, 1.5, 100, 0.5]) {
      oracle.host.advance(2 * MINUTE_MS)
      for (const feeder of [a, b]) oracle.report(feeder, usd(lie))
      for (const feeder of honest) oracle.report(feeder, usd(1))
      expect(oracle.price(), `${lie}`).to.deep.equal(usd(1))
    }
    for (const [lie, expected] of [
      [0.96, usd(0.96)],
      [0.5, null],
      [1.5, null],
    ] as const) {
      oracle.host.advance(2 * MINUTE_MS)
      for (const feeder of [a, b]) oracle.report(feeder, usd(lie))
      for (const feeder of honest.slice(1)) oracle.report(feeder, usd(1))
      expect(oracle.price(), `${lie} with one silent`).to.deep.equal(expected)
    }
  })

  it('would need a quorum, which is what an oracle of feeders is worth: three of five set any price', () => {
    const oracle = rulesOracle(5)
    for (const feeder of oracle.feeders.slice(0, quorumOf(5))) oracle.report(feeder, usd(100))
    expect(oracle.price()).to.deep.equal(usd(100))
  })
})

describe('a hostile receiver of oracle_on_call', function () {
  this.timeout(60_000)
  let world: ChainOracle
  before(async () => {
    world = await chainOracle((await contractWasm('oracle')).wasm)
    for (const feeder of world.feeders) await world.report(feeder, usd(1))
  })
  after(() => world.close())

  const attack = async (name: string, code: Uint8Array) => {
    const receiver = await world.chain.createAccount(`${name}.test.near`)
    await receiver.deploy(code)
    const before = JSON.stringify(await world.view('get_assets'))
    const usage = world.chain.account(world.id).state()!.storageUsage
    const args = { receiver_id: receiver.accountId, msg: 'go' }
    const result = await world.call(world.owner, 'oracle_call', args, { deposit: 1n }).catch((error: Error) => error)
    expect(JSON.stringify(await world.view('get_assets')), 'the oracle’s state').to.equal(before)
    expect(world.chain.account(world.id).state()!.storageUsage).to.equal(usage)
    const { prices } = await world.priceData()
    expect(prices[0].price, 'the price stands').to.deep.equal(usd(1))
    return result
  }

  it('that panics fails its caller’s call, and nothing else', async () => {
    const result = await attack('panics', tinyContract({ oracle_on_call: [{ do: 'panic', text: 'mine now' }] }))
    expect(result).to.be.instanceOf(Error)
  })

  it('that burns all its gas costs the caller what the caller attached', async () => {
    const loop = [0x03, 0x40, 0x0c, 0x00, 0x0b]
    const result = await attack('burns', tinyContract({ oracle_on_call: [{ do: 'raw', code: loop }] }))
    expect(result).to.be.instanceOf(Error)
  })

  it('that replies with a million bytes is read by nobody here', async () => {
    // i32.const 32, memory.grow, drop; i64.const 1_000_000, i64.const 0, call value_return.
    const code = [0x41, 32, 0x40, 0, 0x1a, 0x42, 0xc0, 0x84, 0x3d, 0x42, 0, 0x10, 0]
    const result = await attack('huge', tinyContract({ oracle_on_call: [{ do: 'raw', code }] }))
    expect(result).to.not.be.instanceOf(Error)
  })

  it('that calls back is nobody special: it may not report, not admit itself, not forge a snapshot', async () => {
    const own = { account: world.id, gas: 10n * TGAS } as const
    const lie = { prices: [{ asset_id: world.asset, price: usd(100) }] }
    for (const [name, method, args, deposit] of [
      ['reports', 'report_prices', lie, 0n],
      ['admits', 'admit_feeder', { account_id: 'admits.test.near' }, 1n],
      ['forges', 'on_pool', { pool_id: 0 }, 0n],
    ] as const) {
      const call = { do: 'call', ...own, method, args, deposit, returned: true } as const
      expect(await attack(name, tinyContract({ oracle_on_call: [call] })), name).to.be.instanceOf(Error)
    }
  })
})
