/** How amounts, tables and errors look. */
import { expect } from 'chai'
import fc from 'fast-check'
import { BlyanError } from '../../../../chain/lib/errors.ts'
import { ONE_BLY } from '../../../../chain/lib/units.ts'
import { showBly } from '../../../../scripts/cli/amount.ts'
import { bar, errorText, isLive, lifeLine, palette, table, wantsColour } from '../../../../scripts/cli/print.ts'

const cents = (text: string): bigint => BigInt(text.replace(/[ ,.+]/g, ''))

describe('amounts of BLY', () => {
  it('round costs up and income down, and never show a false zero', () => {
    expect(showBly(1n, { as: 'cost' })).to.equal('0.01')
    expect(showBly(1n)).to.equal('< 0.01')
    expect(showBly(1n, { sign: true })).to.equal('+ < 0.01')
    expect(showBly(-1n)).to.equal('- 0.01')
    expect(showBly(0n, { sign: true })).to.equal('0.00')
    expect(showBly((ONE_BLY * 145_129n) / 100n + 1n, { as: 'cost' })).to.equal('1,451.30')
    expect(showBly(10n ** 9n * ONE_BLY)).to.equal('1,000,000,000.00')
    expect(showBly(-400n * ONE_BLY)).to.equal('- 400.00')
  })

  it('never differ from the exact amount by a cent or more', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: ONE_BLY / 100n, max: 10n ** 27n }), (atto) => {
        const income = cents(showBly(atto)) * 10n ** 16n
        const cost = cents(showBly(atto, { as: 'cost' })) * 10n ** 16n
        expect(income <= atto && atto - income < 10n ** 16n).to.equal(true)
        expect(cost >= atto && cost - atto < 10n ** 16n).to.equal(true)
      }),
      { seed: 1 },
    )
  })
})

describe('output', () => {
  it('is coloured on a terminal only, unless the environment says otherwise', () => {
    expect(wantsColour({ isTTY: true }, {})).to.equal(true)
    expect(wantsColour({}, {})).to.equal(false)
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '1' })).to.equal(false)
    expect(wantsColour({}, { FORCE_COLOR: '1' })).to.equal(true)
    expect(wantsColour({ isTTY: true }, { FORCE_COLOR: '0' })).to.equal(false)
    expect(wantsColour({}, { FORCE_COLOR: '1', NO_COLOR: '1' })).to.equal(false)
    expect(wantsColour({ isTTY: true }, { TERM: 'dumb' })).to.equal(false)
    expect(palette({ isTTY: true }, {}).ok('paid')).to.equal('\x1b[32mpaid\x1b[39m')
    expect(palette({}, {}).bad('lost')).to.equal('lost')
  })

  it('moves the cursor on a real terminal only', () => {
    expect(isLive({ isTTY: true }, {})).to.equal(true)
    for (const env of [{ CI: '1' }, { TERM: 'dumb' }]) expect(isLive({ isTTY: true }, env)).to.equal(false)
    expect(isLive({}, {})).to.equal(false)
  })

  it('aligns columns whatever their colour, and folds the last one where the line is too narrow', () => {
    const paint = palette({ isTTY: true }, {})
    const columns = [{ title: 'who' }, { title: 'pay', align: 'right' as const }, { title: 'why' }]
    const rows = [
      ['a', paint.ok('9.00'), 'right'],
      ['bob', '10.50', ''],
    ]
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes start with the escape character
    const plain = (width: number) => table(columns, rows, width).replace(/\x1b\[\d+m/g, '')
    expect(plain(80).split('\n')).to.deep.equal(['who    pay  why', 'a     9.00  right', 'bob  10.50'])
    expect(plain(12).split('\n')).to.deep.equal(['who    pay', '    why', 'a     9.00', '    right', 'bob  10.50'])
  })

  it('draws bars of 20 cells that never overflow', () => {
    expect(bar(0, 0)).to.equal(`[${'-'.repeat(20)}]`)
    expect(bar(3, 4)).to.equal('[###############-----]')
    expect(bar(9, 4)).to.equal(`[${'#'.repeat(20)}]`)
  })

  it('gives errors a code, what, fix, and the id that leads into the logs', () => {
    class SampleError extends BlyanError {
      static override readonly code: string = 'SAMPLE'
    }
    const error = new SampleError({ what: 'Stake is 400 BLY.', fix: './blyan stake add 50' })
    error.id = '7f3a'
    const text = errorText(error, { paint: palette({}, {}), note: 'nothing was sent' })
    expect(text).to.match(
      /^error SAMPLE +nothing was sent\n {2}what {2}Stake is 400 BLY\.\n {2}fix {3}\.\/blyan stake add 50 {3}id 7f3a\n$/,
    )
  })

  it('dates a line of life from the start', () => {
    expect(lifeLine(125_400, 'trainer-1', 'handed in')).to.equal('+02:05  trainer-1     handed in')
  })
})
