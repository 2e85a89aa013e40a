/** Times and hashes as people read them. */
import { expect } from 'chai'
import { commonSuffix, oddsText, shortAccount, shortHash } from '../../../../frontend/src/format/hash.ts'
import { absoluteText, clockText, spanText, whenText } from '../../../../frontend/src/format/time.ts'

const NOON = Date.UTC(2026, 10, 21, 12)

describe('times', () => {
  it('show seconds only below two minutes', () => {
    expect([119_000, 121_000, 7_100_000, 165 * 3_600_000].map(spanText)).to.deep.equal([
      '119 s',
      '2 min',
      '118 min',
      '6 d 21 h',
    ])
  })

  it('are relative below a day, a date beyond, and name their zone', () => {
    expect(whenText(NOON - 5_000, NOON)).to.equal('5 s ago')
    expect(whenText(NOON + 3_600_000 * 3, NOON)).to.equal('in 3 h')
    expect(whenText(NOON - 86_400_000 * 3, NOON, 'UTC')).to.equal('18 Nov 2026')
    expect(absoluteText(NOON, 'UTC')).to.match(/21 Nov 2026.*12:00:00.*UTC/)
    expect(clockText(NOON, 'UTC')).to.equal('12:00:00')
  })
})

describe('hashes, names and odds', () => {
  it('show both ends of a hash and of a long name', () => {
    expect(shortHash('9f3a51c0aabbcc07')).to.equal('9f3a..07')
    expect(shortAccount('alice.near')).to.equal('alice.near')
    expect(shortAccount('a'.repeat(64))).to.equal('aaaa..aa')
    expect(shortAccount(`x${'y'.repeat(50)}z.near`)).to.have.length(23)
  })

  it('drop an ending only where every account of the card has it', () => {
    expect(commonSuffix(['a.test.near', 'b.test.near'])).to.equal('.test.near')
    expect(commonSuffix(['a.test.near', 'b.near'])).to.equal('')
    expect(commonSuffix(['trainer-1', 'b'])).to.equal('')
    expect(commonSuffix(['a.near'])).to.equal('')
  })

  it('never state odds better than they are', () => {
    expect(oddsText(0.549)).to.equal('54 times in 100')
    expect(oddsText(0.9999)).to.equal('999 times in 1,000')
    expect(oddsText(1)).to.equal('100 times in 100')
  })
})
