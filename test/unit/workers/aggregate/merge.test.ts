/** The merge: by hand-computed cases, and by what must hold for all deltas. */
import { expect } from 'chai'
import fc from 'fast-check'
import { aggregatorOf, MergeError, type MergeInput, mergeDeltas } from '../../../../workers/aggregate/index.ts'
import { arbitraryDeltas, behavesLikeAggregator } from './behavesLikeAggregator.ts'

const f32 = (...values: number[]): Float32Array => Float32Array.from(values)
const merge = (input: Partial<MergeInput>) =>
  mergeDeltas({
    base: f32(1, 2),
    deltas: [],
    rule: 'mean',
    outer: { kind: 'plain', learningRate: 1 },
    normClip: null,
    ...input,
  })

behavesLikeAggregator('mean', aggregatorOf({ rule: 'mean' }))
behavesLikeAggregator('median', aggregatorOf({ rule: 'median' }))
behavesLikeAggregator('trimmed mean', aggregatorOf({ rule: 'trimmed-mean', trimBps: 2_500 }))

describe('mergeDeltas', () => {
  it('subtracts the mean of the deltas: a delta is base − trained', () => {
    expect(merge({ deltas: [f32(0.5, 1), f32(0.25, -1)] }).base).to.deep.equal(f32(0.625, 2))
  })

  it('lands on the trained parameters when one trainer sent all of its update', () => {
    const trained = f32(0.75, -3)
    expect(merge({ deltas: [f32(1 - 0.75, 2 - -3)] }).base).to.deep.equal(trained)
  })

  it('adds in seat order in float32, so that another order may give other bits', () => {
    const wide = [f32(1e8), f32(1), f32(-1e8)]
    expect(merge({ base: f32(0), deltas: wide }).base).to.deep.equal(f32(0))
    const reordered = [wide[0], wide[2], wide[1]]
    expect(merge({ base: f32(0), deltas: reordered }).base).to.deep.equal(f32(-1 / 3))
  })

  it('leaves base and momentum as they are when nobody delivered', () => {
    const momentum = f32(3, 4)
    const outer = { kind: 'nesterov', learningRate: 0.7, momentum: 0.9 } as const
    expect(merge({ outer, momentum })).to.deep.equal({ base: f32(1, 2), momentum })
  })

  it('takes Nesterov steps as DiLoCo does', () => {
    const outer = { kind: 'nesterov', learningRate: 0.5, momentum: 0.5 } as const
    const first = merge({ base: f32(0), deltas: [f32(1)], outer })
    expect(first).to.deep.equal({ base: f32(-0.75), momentum: f32(1) }) // g + μ·b = 1 + 0.5
    const second = merge({ base: first.base, deltas: [f32(1)], outer, momentum: first.momentum })
    expect(second).to.deep.equal({ base: f32(-1.625), momentum: f32(1.5) }) // b = 1.5, step 0.5 · 1.75
  })

  it('bounds what one delta can do by its norm, and leaves smaller ones alone', () => {
    const { base } = merge({ base: f32(0, 0), deltas: [f32(300, 400)], normClip: 1 })
    expect(base).to.deep.equal(f32(-0.6, -0.8))
    expect(merge({ base: f32(0, 0), deltas: [f32(0.3, 0.4)], normClip: 1 }).base).to.deep.equal(f32(-0.3, -0.4))
  })

  it('is moved by the median no farther than the honest values when fewer than half are hostile', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 3, maxLength: 9 }), (honest) => {
        const hostile = Array.from({ length: honest.length - 1 }, () => f32(1e30))
        const merged = aggregatorOf({ rule: 'median' })([...honest.map((value) => f32(value)), ...hostile])[0]
        expect(merged).to.be.within(Math.min(...honest), Math.max(...honest))
      }),
    )
  })

  it('does not care for the order of deltas where the rule sorts', () => {
    fc.assert(
      fc.property(arbitraryDeltas, (deltas) => {
        for (const rule of ['median', 'trimmed-mean'] as const) {
          const aggregate = aggregatorOf({ rule, trimBps: 2_000 })
          expect(aggregate([...deltas].reverse())).to.deep.equal(aggregate(deltas))
        }
      }),
    )
  })

  it('trims the ends and means the rest', () => {
    const column = [f32(-1e9), f32(1), f32(2), f32(3), f32(1e9)]
    expect(aggregatorOf({ rule: 'trimmed-mean', trimBps: 2_000 })(column)).to.deep.equal(f32(2))
  })

  it('keeps a model finite against huge but well-formed deltas', () => {
    const huge = f32(3e38, 1)
    for (const rule of ['mean', 'median'] as const) {
      const { base } = merge({ base: f32(-3e38, 1), deltas: [huge, huge], rule })
      expect([...base].every(Number.isFinite)).to.equal(true)
      expect(base[1]).to.equal(0)
    }
  })

  it('says what does not fit', () => {
    expect(() => merge({ deltas: [f32(1)] })).to.throw(MergeError, /Delta 0 has 1 values; the base has 2/)
    expect(() => merge({ momentum: f32(1) })).to.throw(MergeError, /momentum has 1/)
    expect(() => merge({ normClip: 0 })).to.throw(MergeError, /norm limit/)
    expect(() => merge({ trimBps: 5_000 })).to.throw(MergeError, /5000 basis points/)
    expect(() => merge({ outer: { kind: 'plain', learningRate: Number.NaN } })).to.throw(MergeError, /NaN/)
  })
})
