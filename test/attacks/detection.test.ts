import { expect } from 'chai'
import { caughtChance, countCaught } from '../fixtures/detection.ts'

const ROUNDS = 20

describe('a trainer who fakes a share of its segments', () => {
  it('is caught with the chance that the table of certainties states', () => {
    // docs/protocol.md §4, a tenth faked and a third of all seats hostile.
    const table = [
      { v: 3, s: 4, p: 0.54 },
      { v: 4, s: 3, p: 0.55 },
      { v: 5, s: 6, p: 0.85 },
      { v: 5, s: 8, p: 0.908 },
      { v: 9, s: 6, p: 0.966 },
      { v: 9, s: 9, p: 0.991 },
    ]
    for (const { v, s, p } of table) {
      expect(caughtChance({ f: 0.1, a: 1 / 3, v, s }), `${v} validators, ${s} samples`).to.be.closeTo(p, 0.006)
    }
  })

  for (const share of [0.05, 0.2, 1]) {
    for (const hostile of [0, 1 / 3]) {
      const whose = hostile === 0 ? 'honest validators' : 'a third of the validators in its pay'
      it(`of ${share * 100} % is caught by ${whose} as often as the formula says, and nobody honest with it`, () => {
        const result = countCaught({ share, hostile, rounds: ROUNDS, seed: 1 })
        expect(result.agrees, JSON.stringify(result)).to.equal(true)
        expect(result.honestSlashed).to.equal(0)
      })
    }
  }
})
