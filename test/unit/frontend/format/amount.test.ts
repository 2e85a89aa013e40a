/** Amounts as people read them. */
import { expect } from 'chai'
import fc from 'fast-check'
import {
  aboutNear,
  amountText,
  bytesText,
  countText,
  hundredths,
  MINUS,
  partsThatAddUp,
  THIN_SPACE,
} from '../../../../frontend/src/format/amount.ts'

const ONE = 10n ** 18n
const shown = (value: bigint, options = {}) => amountText(value, options).shown

describe('amounts', () => {
  it('have two decimals, thin groups and a true minus', () => {
    expect(shown(151n * ONE + 19n * 10n ** 16n)).to.equal('151.19')
    expect(shown(10n ** 9n * ONE)).to.equal(`1${THIN_SPACE}000${THIN_SPACE}000${THIN_SPACE}000.00`)
    expect(shown((-5n * ONE) / 2n)).to.equal(`${MINUS}2.50`)
    expect(shown(0n)).to.equal('0.00')
    expect(shown(ONE, { signed: true })).to.equal('+1.00')
  })

  it('never show a cost too low, an income too high, or something as nothing', () => {
    const odd = 1_239_999_999_999_999_999n
    expect(shown(odd, { direction: 'cost' })).to.equal('1.24')
    expect(shown(odd, { direction: 'income' })).to.equal('1.23')
    expect(shown(1n)).to.equal('< 0.01')
    expect(shown(-1n)).to.equal(`${MINUS} < 0.01`)
    expect(amountText(1n).exact).to.equal('0.000000000000000001 BLY')
  })

  it('keep every digit in the exact text, whatever the size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 39n), max: 10n ** 39n }), (value) => {
        const digits = amountText(value).exact.replace(' BLY', '').replaceAll(THIN_SPACE, '').replace(MINUS, '-')
        const [whole, fraction = ''] = digits.split('.')
        expect(BigInt(whole!.replace('-', '') + fraction.padEnd(18, '0'))).to.equal(value < 0n ? -value : value)
      }),
    )
  })

  it('add up as shown: parts of a quote never differ from their total by a cent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 10n ** 27n }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom('cost' as const, 'income' as const),
        (values, direction) => {
          const { parts, total } = partsThatAddUp(values, direction)
          expect(parts.reduce((a, b) => a + b, 0n)).to.equal(total)
          const sum = values.reduce((a, b) => a + b, 0n)
          const off = total * 10n ** 16n - sum
          expect(direction === 'cost' ? off >= 0n && off < 10n ** 16n : off <= 0n && -off < 10n ** 16n).to.equal(true)
          // No line is moved by more than one hundredth.
          for (const [i, value] of values.entries()) expect(Number(parts[i]! - value / 10n ** 16n)).to.be.within(0, 1)
        },
      ),
    )
    expect(hundredths(15119n)).to.equal('151.19')
  })

  it('say gas in NEAR, counts in groups, sizes in steps', () => {
    expect(aboutNear(12n * 10n ** 21n)).to.equal('about 0.012 NEAR')
    expect(aboutNear(1n)).to.equal('under 0.001 NEAR')
    expect(countText(41_207)).to.equal(`41${THIN_SPACE}207`)
    expect([bytesText(12), bytesText(2_100_000), bytesText(18_200)]).to.deep.equal(['12 bytes', '2.1 MB', '18 kB'])
  })
})
