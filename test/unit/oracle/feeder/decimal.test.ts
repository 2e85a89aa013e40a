/** Prices as text, and as the oracle stores them. */
import { expect } from 'chai'
import fc from 'fast-check'
import { formatDecimal, fromOraclePrice, ONE, parseDecimal, toOraclePrice } from '../../../../oracle/feeder/decimal.ts'

describe('a decimal price', () => {
  it('is read exactly, as number or text, with or without exponent', () => {
    expect(parseDecimal('0.05')).to.equal(ONE / 20n)
    expect(parseDecimal(0.05)).to.equal(ONE / 20n)
    expect(parseDecimal('5e-2')).to.equal(ONE / 20n)
    expect(parseDecimal(1e21)).to.equal(10n ** 21n * ONE)
    expect(parseDecimal('0.1234567890123456789012345678')).to.equal(123456789012345678901234n)
  })

  it('is refused when it is zero, negative, nothing, a list, hex, infinite, or longer than any price', () => {
    for (const bad of ['', '0', '0.0', '-1', '1,5', '0x10', ' 1', '1e999', 'NaN', '1'.repeat(81), '1e-30']) {
      expect(parseDecimal(bad), bad).to.equal(null)
    }
    for (const bad of [0, -1, Number.NaN, Infinity, null, undefined, {}, [1], true, 1n]) {
      expect(parseDecimal(bad), String(bad)).to.equal(null)
    }
  })

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 48n), (price) => {
        expect(parseDecimal(formatDecimal(price))).to.equal(price)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('becomes the oracle’s price of one smallest unit and comes back but for cut digits', () => {
    const token = { digits: 4, tokenDecimals: 24 }
    // As docs.near.org shows NearDefi's price of wNEAR: 3.0702 dollars.
    expect(toOraclePrice(parseDecimal('3.0702')!, token)).to.deep.equal({ multiplier: '30702', decimals: 28 })
    expect(formatDecimal(fromOraclePrice({ multiplier: '30702', decimals: 28 }, 24))).to.equal('3.0702')
    expect(toOraclePrice(parseDecimal('0.00009')!, token)).to.equal(null)
  })
})
