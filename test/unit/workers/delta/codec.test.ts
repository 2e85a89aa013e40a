/** The delta codec: against a second implementation, against its own inverse, and against hostile bytes. */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  DEFAULT_DELTA,
  DeltaError,
  type DeltaOptions,
  decodeDelta,
  encodeDelta,
  maxDeltaBytes,
  UpdateError,
} from '../../../../workers/delta/index.ts'

interface Vector {
  name: string
  chunk: number
  keepBps: number
  update: Numbers
  residual: Numbers
  bytes?: string
  sha256: string
  decodedSha256: string
  restSha256: string
}
type Numbers = string | { count: number; seed: number; scale: number }

const vectors: Vector[] = JSON.parse(
  readFileSync(new URL('../../../fixtures/delta/vectors.json', import.meta.url), 'utf8'),
)
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

function floats(numbers: Numbers): Float32Array {
  if (typeof numbers === 'string') return new Float32Array(new Uint8Array(Buffer.from(numbers, 'base64')).buffer)
  let seed = BigInt(numbers.seed)
  return Float32Array.from({ length: numbers.count }, () => {
    seed = (seed * 1103515245n + 12345n) % 2n ** 31n
    return (Number(seed) / 2 ** 30 - 1) * numbers.scale
  })
}

/** Puts a right checksum under changed bytes, as a hostile sender would. */
function reseal(bytes: Uint8Array): Uint8Array {
  const end = Math.max(0, bytes.length - 8)
  bytes.set(
    createHash('sha256')
      .update(bytes.subarray(0, end))
      .digest()
      .subarray(0, bytes.length - end),
    end,
  )
  return bytes
}

const arbitraryOptions: fc.Arbitrary<DeltaOptions> = fc.record({
  chunk: fc.integer({ min: 1, max: 40 }),
  keepBps: fc.integer({ min: 1, max: 10_000 }),
  bits: fc.constant(8 as const),
})
const finite = fc.float({ noNaN: true, noDefaultInfinity: true, max: 2 ** 120, min: -(2 ** 120) })
const arbitraryInput = fc
  .array(fc.tuple(fc.oneof(finite, fc.constantFrom(0, -0, 1, -1, 0.5)), finite), { maxLength: 120 })
  .map((pairs) => ({
    update: Float32Array.from(pairs, (pair) => pair[0]),
    residual: Float32Array.from(pairs, (pair) => pair[1]),
  }))

describe('delta codec', () => {
  for (const vector of vectors) {
    it(`encodes as the second implementation does: ${vector.name}`, () => {
      const { chunk, keepBps } = vector
      const update = floats(vector.update)
      const result = encodeDelta(update, floats(vector.residual), { chunk, keepBps, bits: 8 })
      if (vector.bytes !== undefined) expect(Buffer.from(result.bytes).toString('base64')).to.equal(vector.bytes)
      expect(sha256(result.bytes)).to.equal(vector.sha256)
      expect(sha256(bytesOf(result.decoded))).to.equal(vector.decodedSha256)
      expect(sha256(bytesOf(result.residual))).to.equal(vector.restSha256)
      const decoded = decodeDelta(result.bytes, { count: update.length, chunk, keepBps, bits: 8 })
      expect(sha256(bytesOf(decoded))).to.equal(vector.decodedSha256)
    })
  }

  it('decodes to what the encoder says, loses nothing, and never changes what it was given', () => {
    fc.assert(
      fc.property(arbitraryInput, arbitraryOptions, ({ update, residual }, options) => {
        const before = sha256(bytesOf(update)) + sha256(bytesOf(residual))
        const result = encodeDelta(update, residual, options)
        expect(sha256(bytesOf(update)) + sha256(bytesOf(residual))).to.equal(before)
        expect(decodeDelta(result.bytes, { count: update.length })).to.deep.equal(result.decoded)
        expect(result.bytes.length).to.be.at.most(maxDeltaBytes(update.length, options))
        for (let i = 0; i < update.length; i++) {
          const sum = Math.fround(update[i] + residual[i])
          expect(Object.is(result.residual[i], Math.fround(sum - result.decoded[i])), `residual ${i}`).to.equal(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('keeps the largest values of each chunk, and errs by at most half a level', () => {
    fc.assert(
      fc.property(arbitraryInput, arbitraryOptions, ({ update }, options) => {
        const { decoded } = encodeDelta(update, new Float32Array(update.length), options)
        for (let start = 0; start < update.length; start += options.chunk) {
          const part = update.slice(start, start + options.chunk)
          const sorted = part.map(Math.abs).sort()
          const kept = Math.ceil((part.length * options.keepBps) / 10_000)
          const smallestKept = sorted[part.length - kept]
          const scale = sorted[part.length - 1]
          part.forEach((value, i) => {
            if (Math.abs(value) <= smallestKept) return
            // Half a level, and the float32 rounding of the decoded value (at least one subnormal step).
            const bound = (scale / 254) * (1 + 2 ** -22) + 2 ** -149
            expect(Math.abs(value - decoded[start + i])).to.be.at.most(bound)
          })
        }
      }),
      { numRuns: 200 },
    )
  })

  it('carries a constant small update to the other side in time, by error feedback', () => {
    const update = Float32Array.from({ length: 64 }, (_, i) => (i + 1) / 1_000)
    let residual: Float32Array = new Float32Array(64)
    const arrived = new Float64Array(64)
    for (let round = 0; round < 200; round++) {
      const result = encodeDelta(update, residual, { chunk: 64, keepBps: 1_000, bits: 8 })
      residual = result.residual
      result.decoded.forEach((value, i) => {
        arrived[i] += value
      })
    }
    // The smallest value waits longest; what is still under way is a bounded residual, so the rates agree.
    for (let i = 0; i < 64; i++) expect(Math.abs(arrived[i] / 200 - update[i])).to.be.below(update[63] / 10)
  })

  it('refuses any single changed byte, truncation or extension', () => {
    const { bytes } = encodeDelta(floats({ count: 50, seed: 3, scale: 1 }), new Float32Array(50), {
      chunk: 16,
      keepBps: 5_000,
      bits: 8,
    })
    for (let i = 0; i < bytes.length; i++) {
      const flipped = Uint8Array.from(bytes)
      flipped[i] ^= 1 << (i % 8)
      expect(() => decodeDelta(flipped, { count: 50 }), `byte ${i}`).to.throw(DeltaError)
      expect(() => decodeDelta(bytes.slice(0, i), { count: 50 }), `first ${i} bytes`).to.throw(DeltaError)
    }
    expect(() => decodeDelta(Uint8Array.of(...bytes, 0), { count: 50 })).to.throw(DeltaError)
    expect(() => decodeDelta(bytes, { count: 51 })).to.throw(DeltaError, /50 values; 51/)
    expect(() => decodeDelta(bytes, { count: 50, keepBps: 2_500 })).to.throw(DeltaError, /keepBps is 5000/)
  })

  it('answers hostile bytes with a finite array or a DeltaError, also under a right checksum', () => {
    const seeds = [500, 5_000, 10_000].map(
      (keepBps) =>
        encodeDelta(floats({ count: 90, seed: 5, scale: 1 }), new Float32Array(90), { chunk: 32, keepBps, bits: 8 })
          .bytes,
    )
    const edits = fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 })
    let accepted = 0
    fc.assert(
      fc.property(fc.constantFrom(...seeds), edits, fc.integer({ min: -9, max: 9 }), (seed, changes, grow) => {
        const bytes = new Uint8Array(Math.max(0, seed.length + grow))
        bytes.set(seed.subarray(0, bytes.length))
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value
        try {
          const values = decodeDelta(reseal(bytes), { count: 90 })
          expect(values.every(Number.isFinite)).to.equal(true)
          accepted++
        } catch (error) {
          expect(error).to.be.instanceOf(DeltaError)
        }
      }),
      { numRuns: 3_000 },
    )
    expect(accepted).to.be.greaterThan(0) // some edits only change a value, so the resealing works
  })

  it('answers random bytes with a DeltaError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, dressed) => {
        if (dressed && bytes.length > 28) bytes.set([0x42, 0x4c, 0x59, 0x44, 1, 8])
        expect(() => decodeDelta(reseal(bytes), { count: 10 })).to.throw(DeltaError)
      }),
      { numRuns: 500 },
    )
  })

  it('allocates nothing for a header that claims four billion values', () => {
    const { bytes } = encodeDelta(new Float32Array(4), new Float32Array(4), DEFAULT_DELTA)
    new DataView(bytes.buffer).setUint32(8, 0xffff_ffff, true)
    expect(() => decodeDelta(reseal(bytes), { count: 4 })).to.throw(DeltaError, /4294967295 values/)
  })

  it('has one encoding only: padding, −128, an unreached scale and a negative zero are refused', () => {
    const options = { chunk: 10, keepBps: 5_000, bits: 8 } as const
    const { bytes } = encodeDelta(floats({ count: 10, seed: 7, scale: 1 }), new Float32Array(10), options)
    const withByte = (at: number, value: number): Uint8Array => {
      const copy = Uint8Array.from(bytes)
      copy[at] = value
      return reseal(copy)
    }
    const values = 20 + 4 + 2
    const largest = bytes.subarray(values, values + 5).findIndex((level) => level === 127 || level === 129)
    expect(() => decodeDelta(withByte(25, bytes[25] | 0x80), { count: 10 })).to.throw(DeltaError, /padding/)
    expect(() => decodeDelta(withByte(values, 128), { count: 10 })).to.throw(DeltaError, /−128/)
    expect(() => decodeDelta(withByte(values + largest, 100), { count: 10 })).to.throw(DeltaError, /reaches its scale/)
    expect(() => decodeDelta(withByte(24, bytes[24] ^ 1), { count: 10 })).to.throw(DeltaError, /bitmap/)
    const zero = encodeDelta(new Float32Array(10), new Float32Array(10), options).bytes
    zero[23] = 0x80
    expect(() => decodeDelta(reseal(zero), { count: 10 })).to.throw(DeltaError, /scale is 0/)
  })

  it('refuses to encode what is not finite, and says where', () => {
    const encode = (update: number[], residual: number[]) =>
      encodeDelta(Float32Array.from(update), Float32Array.from(residual), DEFAULT_DELTA)
    expect(() => encode([0, Number.NaN], [0, 0])).to.throw(UpdateError, /Value 1/)
    expect(() => encode([3e38], [3e38])).to.throw(UpdateError, /Infinity/)
    expect(() => encode([1], [])).to.throw(UpdateError, /1 values in the update, 0/)
  })

  it('takes about 5 bits a value instead of 32 when half of them are kept', () => {
    const count = 112_000
    const { bytes } = encodeDelta(floats({ count, seed: 9, scale: 1 }), new Float32Array(count), DEFAULT_DELTA)
    expect((bytes.length * 8) / count).to.be.within(5, 5.02) // 4 of values, 1 of bitmap, a scale every 4,096
  })
})
