/** Sources of prices: a file, a pool, and a place in a JSON document. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { formatDecimal } from '../../../../oracle/feeder/decimal.ts'
import { fileSource } from '../../../../oracle/feeder/source/file.ts'
import { priceAt } from '../../../../oracle/feeder/source/jsonPath.ts'
import { poolSource } from '../../../../oracle/feeder/source/pool.ts'
import type { Source } from '../../../../oracle/feeder/source/types.ts'

const { signal } = new AbortController()
const codeOf = (source: Source): Promise<string> =>
  source.read(signal).then(
    (price) => `gave ${formatDecimal(price)}`,
    (error) => error.code,
  )

describe('a place in a JSON document', () => {
  it('is found by keys and list numbers, own fields alone', () => {
    const text = '{"data":[{"price":"0.05"}],"0":7}'
    expect(formatDecimal(priceAt(text, 'data.0.price', 'x'))).to.equal('0.05')
    expect(formatDecimal(priceAt('0.05', '', 'x'))).to.equal('0.05')
    for (const path of ['data', 'data.1.price', 'data.length', '__proto__', 'constructor.name', 'data.0.price.0.0']) {
      expect(() => priceAt(text, path, 'x'), path).to.throw('has no price at')
    }
    expect(() => priceAt('<html>', 'data', 'x')).to.throw('no JSON')
  })
})

describe('a file source', () => {
  const dir = mkdtempSync(join(tmpdir(), 'blyan-file-source-'))
  const file = join(dir, 'price.json')
  const source = (name: string, now: number): Source =>
    fileSource({ type: 'file', name: 'file', file: name, path: 'price', max_age_sec: 60 }, () => now)
  after(() => rmSync(dir, { recursive: true }))

  it('gives a fresh price, and none that is a second too old', async () => {
    writeFileSync(file, '{"price":0.05}')
    const { mtimeMs } = statSync(file)
    expect(await codeOf(source(file, mtimeMs + 60_999))).to.equal('gave 0.05')
    expect(await codeOf(source(file, mtimeMs + 61_000))).to.equal('FEEDER_SOURCE_STALE')
  })

  it('waits for no pipe, reads no folder, no huge file, and nothing that is not there', async () => {
    const pipe = join(dir, 'pipe')
    execFileSync('mkfifo', [pipe])
    writeFileSync(file, ' '.repeat(65_537))
    expect(await codeOf(source(pipe, 0))).to.equal('FEEDER_SOURCE_UNREACHABLE')
    expect(await codeOf(source(dir, 0))).to.equal('FEEDER_SOURCE_UNREACHABLE')
    expect(await codeOf(source(join(dir, 'none'), 0))).to.equal('FEEDER_SOURCE_UNREACHABLE')
    expect(await codeOf(source(file, 0))).to.equal('FEEDER_SOURCE_REPLY')
  })
})

describe('a pool source', () => {
  const pool = { token_account_ids: ['usd.near', 'bly.near'], amounts: ['50000000000', `${10n ** 24n}`] }
  const source = (answer: () => Promise<unknown>): Source =>
    poolSource(
      {
        type: 'pool',
        name: 'dex',
        dex: 'dex.near',
        pool_id: 0,
        base: 'bly.near',
        base_decimals: 18,
        quote: 'usd.near',
        quote_decimals: 6,
      },
      { view: answer as never },
    )

  it('gives the price of whole tokens, whichever comes first in the pool', async () => {
    expect(await codeOf(source(async () => pool))).to.equal('gave 0.05')
    const turned = { token_account_ids: pool.token_account_ids.toReversed(), amounts: pool.amounts.toReversed() }
    expect(await codeOf(source(async () => turned))).to.equal('gave 0.05')
  })

  it('gives none of an empty pool, another pair, nonsense, or a dex that is away', async () => {
    const answers = [
      { ...pool, amounts: ['0', '0'] },
      { ...pool, amounts: ['5', '0'] },
      { ...pool, amounts: ['0x5', '1'] },
      { ...pool, token_account_ids: ['usd.near', 'other.near'] },
      null,
      'pool',
    ]
    for (const answer of answers) {
      expect(await codeOf(source(async () => answer)), JSON.stringify(answer)).to.equal('FEEDER_SOURCE_REPLY')
    }
    expect(await codeOf(source(() => Promise.reject(new Error('away'))))).to.equal('FEEDER_SOURCE_UNREACHABLE')
  })
})
