/** What `blyan price` says, from views alone. */
import { expect } from 'chai'
import type { OracleContract } from '../../../../chain/client/near/oracle.gen.ts'
import { priceText, readPrice } from '../../../../scripts/cli/price.ts'

const NOW_NS = 1_800_000_000_000_000_000n
const price = (multiplier: string) => ({ multiplier, decimals: 22 })
const report = (i: number, ageSec: number, multiplier: string) => ({
  oracle_id: `feeder-${i}.near`,
  timestamp: `${NOW_NS - BigInt(ageSec) * 1_000_000_000n}`,
  price: price(multiplier),
})

interface Answers {
  reports: ReturnType<typeof report>[] | null
  median: ReturnType<typeof price> | null
  twap?: Awaited<ReturnType<OracleContract['get_twap']>>
}

const oracle = ({ reports, median, twap = null }: Answers): OracleContract =>
  ({
    contractId: 'oracle.near',
    get_price_data: async () => ({
      timestamp: `${NOW_NS}`,
      recency_duration_sec: 90,
      prices: [{ asset_id: 'bly.near', price: median }],
    }),
    get_asset: async () => (reports === null ? null : { reports, emas: [] }),
    get_config: async () => ({ quorum: 3 }),
    get_twap: async () => twap,
  }) as never

const twap = {
  pool_id: 0,
  base: 'bly.near',
  quote: 'usd.near',
  price: { multiplier: '510', decimals: 22 },
  snapshots: 45,
  from: '1',
  until: '2',
}

describe('blyan price', () => {
  it('tells price, age of the oldest fresh report, sources, spread and average', async () => {
    const reports = [report(1, 80, '500'), report(2, 10, '505'), report(3, 30, '510')]
    const found = await readPrice(oracle({ reports, median: price('505'), twap }), 'bly.near', 18)
    expect(found).to.include({ asset: 'bly.near', ageMs: 80_000, spreadBps: 200 })
    expect(found.sources.map(({ name, ageMs }) => [name, ageMs])).to.deep.equal([
      ['feeder-2.near', 10_000],
      ['feeder-3.near', 30_000],
      ['feeder-1.near', 80_000],
    ])
    expect(priceText(found).split('\n')).to.deep.equal([
      'bly.near is worth 0.0505 dollars, 80 s old, from 3 feeders, at most 2.00 % apart.',
      'feeder          price   age',
      'feeder-2.near  0.0505  10 s',
      'feeder-3.near   0.051  30 s',
      'feeder-1.near    0.05  80 s',
      'time-weighted  0.051 usd.near, 45 snapshots of pool 0',
      '',
    ])
  })

  it('shows no old price: it says what is missing, and which reports are too old', async () => {
    const reports = [report(1, 91, '500'), report(2, 10, '505')]
    const found = await readPrice(oracle({ reports, median: null }), 'bly.near', 18)
    expect(found).to.include({ price: null, ageMs: null, spreadBps: null })
    const lines = priceText(found).split('\n')
    expect(lines[0]).to.equal('bly.near has no price now: 1 fresh report; 3 that agree are needed.')
    expect(lines[3]).to.equal('feeder-1.near    0.05  91 s  too old')
    expect(lines[4]).to.contain('none: fewer than 30 snapshots')
  })

  it('does not show another asset’s average, and names an asset that is not listed', async () => {
    const other = { ...twap, base: 'other.near' }
    const found = await readPrice(oracle({ reports: [], median: null, twap: other }), 'bly.near', 18)
    expect(found.twap).to.equal(null)
    const error = await readPrice(oracle({ reports: null, median: null }), 'bly.near', 18).catch((reason) => reason)
    expect(error.what).to.equal('oracle.near lists no asset bly.near.')
    expect(error.data.field).to.equal('asset')
  })
})
