/** Scales, ticks, paths and files of the charts. */
import { expect } from 'chai'
import fc from 'fast-check'
import { csvCell, fileName, toCsv } from '../../../../frontend/src/chart/csv.ts'
import { crossPath, linePath } from '../../../../frontend/src/chart/path.ts'
import { bandScale, labelEvery, linearScale, niceAxis, tickText } from '../../../../frontend/src/chart/scale.ts'

const figure = fc.double({ min: -1e9, max: 1e9, noNaN: true })

describe('the scale of a chart', () => {
  it('keeps order and maps ends on ends', () => {
    fc.assert(
      fc.property(
        figure,
        fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (from, size, share) => {
          const scale = linearScale([from, from + size], [0, 500])
          expect(scale(from)).to.equal(0)
          expect(scale(from + size)).to.be.closeTo(500, 1e-6)
          expect(scale(from + size * share)).to.be.within(-1e-6, 500 + 1e-6)
        },
      ),
    )
  })

  it('puts a single value into the middle instead of nowhere', () => {
    expect(linearScale([3, 3], [0, 100])(3)).to.equal(50)
  })

  it('lays bands side by side without overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (count) => {
        const band = bandScale(count, [40, 640])
        for (let i = 1; i < count; i++) expect(band(i).x).to.be.at.least(band(i - 1).x + band(i - 1).width)
        expect(band(count - 1).x + band(count - 1).width).to.be.at.most(640)
      }),
    )
  })
})

describe('ticks', () => {
  it('cover all figures, rise evenly, stay few, and hold zero where it lies between', () => {
    fc.assert(
      fc.property(figure, figure, fc.integer({ min: 2, max: 8 }), (a, b, target) => {
        fc.pre(Math.abs(a - b) > Math.max(Math.abs(a), Math.abs(b)) * 1e-6 && Math.abs(a - b) > 1e-6)
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        const { ticks, domain } = niceAxis([low, high], target)
        const slack = (high - low) * 1e-6
        expect(domain[0]).to.be.at.most(low + slack)
        expect(domain[1]).to.be.at.least(high - slack)
        expect(ticks.length).to.be.within(2, 2 * target + 3)
        for (let i = 1; i < ticks.length; i++) expect(ticks[i]).to.be.greaterThan(ticks[i - 1]!)
        if (low <= 0 && high >= 0) expect(ticks).to.include(0)
      }),
    )
  })

  it('are the numbers that a person would write', () => {
    expect(niceAxis([0, 8]).ticks).to.deep.equal([0, 2, 4, 6, 8])
    expect(niceAxis([0, 0.31]).ticks).to.deep.equal([0, 0.1, 0.2, 0.3, 0.4])
    expect(niceAxis([-2.5, 21]).ticks).to.deep.equal([-5, 0, 5, 10, 15, 20, 25])
    expect(tickText(-2.5, 1)).to.equal('−2.5')
  })

  it('exist even when there is one value, none, or nonsense', () => {
    for (const span of [
      [0, 0],
      [5, 5],
      [-5, -5],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ] as const)
      expect(niceAxis(span).ticks.length, String(span)).to.be.at.least(2)
  })

  it('are labelled sparsely where a thousand would lie on each other', () => {
    expect(labelEvery(1000, 500, 40)).to.equal(100)
    expect(labelEvery(4, 500, 40)).to.equal(1)
  })
})

describe('a path', () => {
  it('lifts the pen at a gap and never smooths', () => {
    expect(linePath([{ x: 0, y: 1 }, { x: 2, y: 3 }, null, { x: 4.005, y: 5 }])).to.equal('M0 1L2 3M4.01 5')
    expect(linePath([])).to.equal('')
    expect(crossPath(5, 5, 2)).to.equal('M3 3L7 7M3 7L7 3')
  })
})

describe('figures for a spreadsheet', () => {
  it('carry numbers as they are, losses too', () => {
    expect(
      toCsv(
        ['day', 'BLY'],
        [
          ['2026-11-20', '-2.5'],
          ['2026-11-21', 31.97],
        ],
      ),
    ).to.equal('day,BLY\r\n2026-11-20,-2.5\r\n2026-11-21,31.97\r\n')
  })

  it('never hold a cell that a spreadsheet would run', () => {
    for (const attack of ['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\t=1', '\r=1', ' =1', '|calc', '%0'])
      expect(csvCell(attack).replace(/^"/, ''), attack).to.match(/^'/)
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cell = csvCell(text)
        const inner = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell
        if (/^-?\d/.test(inner) && Number.isFinite(Number(inner))) return
        expect(inner).not.to.match(/^[=+\-@\t\r]/)
      }),
    )
  })

  it('quote what would break a line or a column', () => {
    expect(csvCell('a,"b"\nc')).to.equal('"a,""b""\nc"')
    expect(fileName('Test loss, task 12!')).to.equal('test-loss-task-12')
    expect(fileName('../../')).to.equal('figures')
  })
})
