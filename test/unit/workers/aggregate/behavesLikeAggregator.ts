/** What every rule must keep to, whatever it is. */
import { expect } from 'chai'
import fc from 'fast-check'
import type { Aggregator } from '../../../../workers/aggregate/index.ts'

const value = fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 60), max: 2 ** 60 })

export const arbitraryDeltas = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 12 }))
  .chain(([deltas, length]) =>
    fc.array(
      fc.array(value, { minLength: length, maxLength: length }).map((values) => Float32Array.from(values)),
      { minLength: deltas, maxLength: deltas },
    ),
  )

export function behavesLikeAggregator(name: string, aggregate: Aggregator): void {
  describe(`${name} behaves like an aggregator`, () => {
    it('gives one delta back as it is', () => {
      const delta = Float32Array.of(1, -0.1, 3e-40, 7)
      expect(aggregate([delta])).to.deep.equal(delta)
    })

    it('leaves its inputs alone and answers the same twice, in a fresh array', () => {
      fc.assert(
        fc.property(arbitraryDeltas, (deltas) => {
          const before = deltas.map((delta) => delta.slice())
          const first = aggregate(deltas)
          expect(deltas).to.deep.equal(before)
          expect(aggregate(deltas)).to.deep.equal(first)
          expect(deltas).to.not.include(first)
        }),
      )
    })

    it('stays between the smallest and the largest value of each coordinate, up to rounding', () => {
      fc.assert(
        fc.property(arbitraryDeltas, (deltas) => {
          aggregate(deltas).forEach((merged, i) => {
            const column = deltas.map((delta) => delta[i])
            const slack = Math.max(...column.map(Math.abs)) * deltas.length * 2 ** -23 + 2 ** -149
            expect(merged).to.be.within(Math.min(...column) - slack, Math.max(...column) + slack)
          })
        }),
      )
    })

    it('treats each coordinate alike: reversing the coordinates reverses the result', () => {
      fc.assert(
        fc.property(arbitraryDeltas, (deltas) => {
          const reversed = aggregate(deltas.map((delta) => delta.slice().reverse()))
          expect(reversed.reverse()).to.deep.equal(aggregate(deltas))
        }),
      )
    })
  })
}
