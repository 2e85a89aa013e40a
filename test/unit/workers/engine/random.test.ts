/** Everything that must be the same on all machines without any runtime: streams, batches, rates, logarithms, baselines. */

import { expect } from 'chai'
import fc from 'fast-check'
import {
  learningRate,
  learningRates,
  ngramBaselines,
  rng,
  sampleBatch,
  sampleBatches,
  warmupLinear,
} from '../../../../workers/engine/index.ts'
import { log2 } from '../../../../workers/engine/log2.ts'
import { words } from './tiny.ts'

describe('rng', () => {
  it('gives the numbers that an independent Python program gives', () => {
    // hashlib.sha256(len32le(seed) + seed + path)[:16] as the state of xoshiro128**, computed over Python integers
    const draw = (seed: string, path: string, count: number) => {
      const random = rng(seed, path)
      return Array.from({ length: count }, () => random.u32())
    }
    expect(draw('00', 'init', 6)).to.deep.equal(VECTOR_INIT)
    expect(draw('deadbeef', 'round/3/batch', 4)).to.deep.equal(VECTOR_BATCH)
  })

  it('takes a seed as bytes or as hex', () => {
    expect(rng(Uint8Array.of(0xab, 1), 'a').u32()).to.equal(rng('ab01', 'a').u32())
  })

  it('keeps seed and path apart', () => {
    expect(rng('6161', 'b').u32()).to.not.equal(rng('61', 'ab').u32())
  })

  it('refuses a seed that is no hex', () => {
    expect(() => rng('0g', 'a'))
      .to.throw()
      .with.property('code', 'INVALID_ARGUMENT')
    expect(() => rng('abc', 'a'))
      .to.throw()
      .with.property('code', 'INVALID_ARGUMENT')
  })

  it('draws below a bound without missing any value', () => {
    const random = rng('01', 'below')
    const counts = new Array(7).fill(0)
    for (let i = 0; i < 7000; i++) counts[random.below(7)]++
    for (const count of counts) expect(count).to.be.within(850, 1150) // 5 standard deviations
  })

  it('draws normal numbers of mean 0 and variance 1', () => {
    const random = rng('01', 'normal')
    const values = Array.from({ length: 20_000 }, () => random.normal())
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length
    expect(mean).to.be.closeTo(0, 0.035)
    expect(variance).to.be.closeTo(1, 0.05)
  })
})

describe('sampleBatch', () => {
  const data = words('01', 500)
  const options = { data, seed: '0a', batch: 3, context: 8 }

  it('takes windows of the data, targets included', () => {
    const text = Buffer.from(data).toString('latin1')
    const tokens = sampleBatch({ ...options, step: 4 })
    for (let row = 0; row < 3; row++)
      expect(text).to.include(Buffer.from(tokens.subarray(row * 9, row * 9 + 9)).toString('latin1'))
  })

  it('gives a step the same batch whether it is drawn alone or in a stack', () => {
    const stack = sampleBatches({ ...options, step: 2, steps: 5 }).tokens!
    expect([...stack.slice(2 * 27, 3 * 27)]).to.deep.equal([...sampleBatch({ ...options, step: 4 })])
  })

  it('gives another seed another batch', () => {
    expect([...sampleBatch({ ...options, step: 0 })]).to.not.deep.equal([
      ...sampleBatch({ ...options, seed: '0b', step: 0 }),
    ])
  })

  it('uses the whole data when it is exactly one window', () => {
    expect([...sampleBatch({ ...options, data: data.subarray(0, 9), step: 0, batch: 1 })]).to.deep.equal([
      ...data.subarray(0, 9),
    ])
  })

  it('refuses data shorter than a window', () => {
    expect(() => sampleBatch({ ...options, data: data.subarray(0, 8), step: 0 }))
      .to.throw()
      .with.property('code', 'INVALID_ARGUMENT')
  })
})

describe('the schedule', () => {
  const schedule = warmupLinear(288)

  it('rises over the warm-up to its peak and falls to a tenth at the last step', () => {
    expect(learningRate(schedule, 0)).to.equal(Math.fround(6e-3 / 50))
    expect(learningRate(schedule, 49)).to.equal(Math.fround(6e-3))
    expect(learningRate(schedule, 50)).to.equal(Math.fround(6e-3))
    expect(learningRate(schedule, 287)).to.be.closeTo(6e-4, 1e-9)
    expect(learningRate(schedule, 5000)).to.be.closeTo(6e-4, 1e-9)
  })

  it('gives rates that are float32 already', () => {
    for (const rate of learningRates(schedule, 0, 288)) expect(rate).to.equal(Math.fround(rate))
    expect([...learningRates(schedule, 100, 2)]).to.deep.equal([
      learningRate(schedule, 100),
      learningRate(schedule, 101),
    ])
  })
})

describe('log2', () => {
  it('agrees with Math.log2 to a few units in the last place', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), (x) => {
        expect(Math.abs(log2(x) - Math.log2(x))).to.be.at.most(4e-16 * Math.max(1, Math.abs(Math.log2(x))))
      }),
    )
  })

  it('is exact for powers of two', () => {
    for (let k = -40; k <= 40; k++) expect(log2(2 ** k)).to.equal(k)
  })
})

describe('ngramBaselines', () => {
  it('scores what a direct count gives', () => {
    const [train, heldOut] = [words('01', 3000), words('02', 400)]
    const { unigram, bigram, trigram } = ngramBaselines(train, heldOut, 0.5)
    expect(unigram).to.be.closeTo(direct(train, heldOut, 0, 0.5), 1e-9)
    expect(bigram).to.be.closeTo(direct(train, heldOut, 1, 0.5), 1e-9)
    expect(trigram).to.be.closeTo(direct(train, heldOut, 2, 0.5), 1e-9)
    expect(trigram).to.be.below(bigram)
    expect(bigram).to.be.below(unigram)
  })

  it('gives 8 bits where nothing was counted', () => {
    expect(ngramBaselines(new Uint8Array(0), words('02', 50)).bigram).to.be.closeTo(8, 1e-12)
  })
})

/** The formula as it is written, with Maps and Math.log2. */
function direct(train: Uint8Array, heldOut: Uint8Array, order: number, delta: number): number {
  const count = (context: number[], next?: number): number => {
    let found = 0
    for (let i = context.length; i < train.length; i++)
      if (
        context.every((byte, k) => train[i - context.length + k] === byte) &&
        (next === undefined || train[i] === next)
      )
        found++
    return found
  }
  let bits = 0
  for (let i = 1; i < heldOut.length; i++) {
    const context = [...heldOut.subarray(Math.max(0, i - order), i)]
    bits -= Math.log2((count(context, heldOut[i]) + delta) / (count(context) + 256 * delta))
  }
  return bits / (heldOut.length - 1)
}

const VECTOR_INIT = [2521305940, 3375790188, 402035571, 363923037, 2244358123, 4157378762]
const VECTOR_BATCH = [531422536, 2631093408, 624393267, 2330850861]
