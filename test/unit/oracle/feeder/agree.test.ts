/** When sources say the same. */
import { expect } from 'chai'
import fc from 'fast-check'
import { agree, type Quote, spreadOf } from '../../../../oracle/feeder/agree.ts'

const quotes = (...prices: number[]): Quote[] => prices.map((price, i) => ({ name: `s${i}`, price: BigInt(price) }))

describe('sources agree', () => {
  it('when two are within the spread, to the unit', () => {
    expect(agree(quotes(10_000, 10_200), 200)?.price).to.equal(10_000n)
    expect(agree(quotes(10_000, 10_201), 200)).to.equal(null)
  })

  it('never alone, and never as one of two equal camps', () => {
    expect(agree(quotes(), 200)).to.equal(null)
    expect(agree(quotes(10_000), 200)).to.equal(null)
    expect(agree(quotes(10_000, 10_000, 20_000, 20_000), 200)).to.equal(null)
  })

  it('and leave out the one that is far off, wherever it stands', () => {
    for (const far of [1, 10 ** 9]) {
      const found = agree([...quotes(10_000, 10_100), { name: 'far', price: BigInt(far) }], 200)
      expect(found).to.deep.equal({ price: 10_000n, names: ['s0', 's1'] })
    }
  })

  it('gives a price that one of the agreeing said, whatever the others say', () => {
    const price = fc.integer({ min: 1, max: 1_000_000 })
    fc.assert(
      fc.property(fc.array(price, { maxLength: 8 }), (prices) => {
        const all = quotes(...prices)
        const found = agree(all, 200)
        if (found === null) return
        const group = all.filter(({ name }) => found.names.includes(name)).map((each) => each.price)
        expect(group).to.include(found.price)
        expect(group.length * 2 > all.length).to.equal(true)
        expect(spreadOf(group)).to.be.at.most(200)
      }),
      { seed: 2, numRuns: 1000 },
    )
  })

  it('tells the spread in ten-thousandths of the cheapest, rounded up', () => {
    expect(spreadOf([100n, 101n])).to.equal(100)
    expect(spreadOf([30_000n, 30_001n])).to.equal(1)
    expect(spreadOf([5n])).to.equal(null)
  })
})
