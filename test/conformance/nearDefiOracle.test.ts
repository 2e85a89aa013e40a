/**
 * NearDefi's replies, field for field: recorded from its own wasm, version 0.6.0, on our chain, and asked of ours by the same
 * calls. The examples of docs.near.org are among them.
 */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { OURS, playScenario, type Recording, type Replies } from '../fixtures/oracle/nearDefiScenario.ts'
import { contractWasm } from '../fixtures/wasm/contractWasm.ts'

const file = new URL('../fixtures/vectors/nearDefiOracle.json', import.meta.url)
const { replies: theirs, source }: Recording = JSON.parse(readFileSync(file, 'utf8'))

describe(`the oracle answers as ${source} does`, function () {
  this.timeout(120_000)
  let ours: Replies

  before(async () => {
    ours = await playScenario((await contractWasm('oracle')).wasm, OURS)
  })

  for (const question of Object.keys(theirs)) {
    it(question, () => {
      // As text: the order of fields is part of it.
      expect(JSON.stringify(ours[question], null, 1)).to.equal(JSON.stringify(theirs[question], null, 1))
    })
  }

  it('and was asked nothing else', () => {
    expect(Object.keys(ours)).to.deep.equal(Object.keys(theirs))
  })

  it('with prices as docs.near.org shows them: multiplier as text, decimals as a number, 3.0702 dollars of 24 decimals', () => {
    const { prices } = ours.get_price_data as { prices: { price: { multiplier: string; decimals: number } }[] }
    const { multiplier, decimals } = prices[0].price
    expect(Number(multiplier) / 10 ** (decimals - 24)).to.equal(3.0702)
  })
})
