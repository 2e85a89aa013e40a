import { expect } from 'chai'
import fc from 'fast-check'
import {
  freshState,
  parseComponent,
  rootsOf,
  runRound,
  type StepState,
  segmentAt,
} from '../../../../workers/proof/index.ts'
import { memoryStore, SHAPE, sha256, toyWork } from '../../../fixtures/toyTraining.ts'

describe('the prescribed work of a round', () => {
  it('covers every step once, and every segment has a middle', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 256 }), fc.integer({ min: 0, max: 900 }), (segments, extra) => {
        const steps = 2 * segments + extra
        let at = 0
        for (let i = 0; i < segments; i++) {
          const { start, middle, end } = segmentAt(i, steps, segments)
          expect(start).to.equal(at)
          expect(middle).to.be.greaterThan(start).and.lessThan(end)
          at = end
        }
        expect(at).to.equal(steps)
      }),
    )
  })

  it('refuses segments without a middle', () => {
    expect(() => segmentAt(0, 7, 4)).to.throw(RangeError)
  })

  it('resumes behind the last kept boundary and hands in the same transcript, bit for bit', async () => {
    const work = toyWork(5, memoryStore(), 6)
    const base = new Float32Array(8).fill(0.5)
    const start = freshState(base, SHAPE)
    const states: StepState[] = []
    const whole = await runRound(sha256, work, { base, start, keep: async (i, state) => void (states[i] = state) })
    for (const cut of [1, 3, 6]) {
      const resume = {
        boundaries: whole.transcript.boundaries.slice(0, cut + 1),
        middles: whole.transcript.middles.slice(0, cut),
        last: states[cut],
      }
      const again = await runRound(sha256, work, { base, start, resume, keep: async () => {} })
      expect(rootsOf(sha256, again.transcript)).to.deep.equal(rootsOf(sha256, whole.transcript))
    }
  })

  it('refuses a component of the wrong length or with a value that is no number', () => {
    expect(() => parseComponent(new Uint8Array(12), 4, 'm'))
      .to.throw()
      .with.property('code', 'DOCUMENT_INVALID')
    const bad = new Uint8Array(new Float32Array([1, Number.NaN]).buffer)
    expect(() => parseComponent(bad, 2, 'm'))
      .to.throw()
      .with.property('code', 'DOCUMENT_INVALID')
  })
})
