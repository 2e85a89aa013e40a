/** Properties of the encoders: no proof for another leaf, no second encoding, no biased draw, no price that underpays. */
import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { expect } from 'chai'
import fc from 'fast-check'
import * as pure from '../../../contracts/near/lib/pure/index.ts'

const SEED = { seed: 20_260_101 }
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(pure.toHex)
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)
const u8 = fc.integer({ min: 0, max: 255 })
const u32 = fc.integer({ min: 0, max: 0xffffffff })
const word = fc.stringMatching(/^[!-~]{1,64}$/)
const receipt: fc.Arbitrary<pure.Receipt> = fc.record({
  version: fc.constant(1 as const),
  index: u64,
  task: u64,
  round: u32,
  worker: word,
  base: hash,
  delta: word,
  gain: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
  validators: u8,
  samples: u8,
  certainty: u8,
  pool: u32,
  smallPool: fc.boolean(),
  profile: fc.constantFrom('canonical' as const, 'native' as const),
  beacon: fc.constantFrom('near' as const, 'drand' as const),
  reward: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map(String),
  settledAt: fc.maxSafeNat(),
  previous: hash,
})

describe('contracts/near/lib/pure', () => {
  it('writes UTF-8 and hex as the platform does, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (text, bytes) => {
        expect(pure.utf8(text)).to.deep.equal(new TextEncoder().encode(text))
        expect(pure.fromHex(pure.toHex(bytes))).to.deep.equal(bytes)
      }),
      SEED,
    )
    expect(pure.utf8('\ud800x\udc00')).to.deep.equal(new TextEncoder().encode('\ud800x\udc00'))
  })

  it('refuses hex that has a second spelling', () => {
    for (const hex of ['A0', 'a', '0g', ' 0']) expect(() => pure.fromHex(hex), hex).to.throw('ENCODING_INVALID')
  })

  it('writes integers big-endian and refuses what does not fit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (value) => {
        expect(pure.readUint(pure.u128be(value), 0, 16)).to.equal(value)
        expect(pure.readUint(pure.u64be(value >> 64n), 0, 8)).to.equal(value >> 64n)
      }),
      SEED,
    )
    expect(() => pure.u64be(2n ** 64n)).to.throw('ENCODING_INVALID')
    expect(() => pure.u128be(-1n)).to.throw('ENCODING_INVALID')
    for (const value of [-1, 2 ** 32, 0.5, Number.NaN]) expect(() => pure.u32be(value)).to.throw('ENCODING_INVALID')
  })

  it('keeps fields apart: a line break in a field would let two lists share a hash', () => {
    expect(() => pure.hashLines(sha256, 'x', ['a\nb'])).to.throw('ENCODING_INVALID')
    expect(pure.hashLines(sha256, 'x', ['a', 'b'])).to.not.equal(pure.hashLines(sha256, 'x', ['ab', '']))
    expect(pure.hashLines(sha256, 'x', ['a'])).to.not.equal(pure.hashLines(sha256, 'y', ['a']))
  })

  it('proves every leaf of every small tree, and no other leaf, index, size or sibling', () => {
    for (let size = 1; size <= 33; size++) {
      const leaves = Array.from({ length: size }, (_, i) => pure.hashLines(sha256, 'leaf', [i]))
      const root = pure.merkleRoot(sha256, leaves)
      for (let index = 0; index < size; index++) {
        const claim = { root, leaf: leaves[index], index, size, proof: pure.merkleProof(sha256, leaves, index) }
        expect(pure.verifyMerkle(sha256, claim)).to.equal(true)
        const wrong: Partial<pure.MerkleClaim>[] = [
          { leaf: pure.ZERO_HASH },
          { index: index + 1 },
          { index: -1 },
          { proof: [...claim.proof, pure.ZERO_HASH] },
          { proof: Array.from({ length: 40 }, () => pure.ZERO_HASH) },
        ]
        if (claim.proof.length > 0) wrong.push({ proof: claim.proof.slice(1) }, { size: 1, index: 0 })
        for (const change of wrong) expect(pure.verifyMerkle(sha256, { ...claim, ...change })).to.equal(false)
      }
    }
  })

  it('takes no inner node of a tree for a leaf', () => {
    const leaves = [0, 1, 2, 3].map((i) => pure.hashLines(sha256, 'leaf', [i]))
    const root = pure.merkleRoot(sha256, leaves)
    const proof = pure.merkleProof(sha256, leaves, 0)
    const [left] = [pure.merkleRoot(sha256, leaves.slice(0, 2))]
    expect(pure.verifyMerkle(sha256, { root, leaf: left, index: 0, size: 2, proof: proof.slice(1) })).to.equal(false)
  })

  it('gives one mountain range root for each list of receipts, with proofs that fit it alone', () => {
    const leaves = Array.from({ length: 40 }, (_, i) => pure.hashLines(keccak_256, 'leaf', [i]))
    let range = pure.EMPTY_MMR
    const roots = new Set([pure.mmrRoot(keccak_256, range)])
    for (let size = 1; size <= leaves.length; size++) {
      range = pure.appendMmr(keccak_256, range, leaves[size - 1])
      expect(range.peaks.length).to.equal([...size.toString(2)].filter((bit) => bit === '1').length)
      const root = pure.mmrRoot(keccak_256, range)
      roots.add(root)
      for (let index = 0; index < size; index += 3) {
        const proof = pure.mmrProof(keccak_256, leaves.slice(0, size), index)
        const claim = { root, leaf: leaves[index], index, size, proof }
        expect(pure.verifyMmr(keccak_256, claim)).to.equal(true)
        expect(pure.verifyMmr(keccak_256, { ...claim, size: size + 1 })).to.equal(false)
        expect(pure.verifyMmr(keccak_256, { ...claim, leaf: pure.ZERO_HASH })).to.equal(false)
      }
    }
    expect(roots.size).to.equal(41)
  })

  it('reads back every receipt it writes', () => {
    fc.assert(
      fc.property(receipt, (r) => {
        expect(pure.decodeReceipt(pure.encodeReceipt(r))).to.deep.equal({ ...r })
      }),
      SEED,
    )
  })

  it('has one encoding per receipt: any bytes that decode encode back to themselves', () => {
    fc.assert(
      fc.property(receipt, fc.nat(), u8, (r, where, byte) => {
        const bytes = pure.encodeReceipt(r)
        bytes[where % bytes.length] = byte
        let decoded: pure.Receipt
        try {
          decoded = pure.decodeReceipt(bytes)
        } catch (error) {
          expect((error as Error).message).to.match(/^ENCODING_INVALID: /)
          return
        }
        expect(pure.encodeReceipt(decoded)).to.deep.equal(bytes)
      }),
      { ...SEED, numRuns: 1000 },
    )
  })

  it('refuses receipts that are cut off or followed by more', () => {
    const bytes = pure.encodeReceipt(fc.sample(receipt, { ...SEED, numRuns: 1 })[0])
    for (let length = 0; length < bytes.length; length++) {
      expect(() => pure.decodeReceipt(bytes.subarray(0, length))).to.throw('ENCODING_INVALID')
    }
    expect(() => pure.decodeReceipt(pure.concatBytes(bytes, new Uint8Array(1)))).to.throw('ENCODING_INVALID')
  })

  it('draws distinct entries inside the range, and the same start whatever k is', () => {
    fc.assert(
      fc.property(hash, fc.integer({ min: 1, max: 1_000_000 }), fc.nat({ max: 64 }), (seed, length, k) => {
        const order = pure.drawOrder(sha256, seed, length, k)
        expect(order.length).to.equal(Math.min(k, length))
        expect(new Set(order).size).to.equal(order.length)
        for (const entry of order) expect(entry).to.be.within(0, length - 1)
        expect(pure.drawOrder(sha256, seed, length, 64).slice(0, order.length)).to.deep.equal(order)
      }),
      SEED,
    )
  })

  it('favours no seat: first and last place of 3,000 draws among 6 are uniform', () => {
    for (const place of [0, 5]) {
      const counts = [0, 0, 0, 0, 0, 0]
      for (let i = 0; i < 3000; i++) counts[pure.drawOrder(sha256, pure.hashLines(sha256, 'u', [i]), 6, 6)[place]]++
      const chi = counts.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0)
      expect(chi).to.be.below(20.5) // 99.9 % point of chi-squared with 5 degrees of freedom
    }
  })

  it('names only rows of the certainty table', () => {
    expect(pure.certaintyRow(95)).to.deep.equal({ validators: 9, samples: 6, bondRatio: 8 })
    expect(pure.certaintyRow(50, 4, 3)).to.deep.equal({ validators: 4, samples: 3, bondRatio: 5 })
    expect(pure.certaintyRow(50, 4)).to.deep.equal({ validators: 4, samples: 3, bondRatio: 5 })
    expect(pure.certaintyRow(50, 3, 3)).to.equal(null)
    expect(pure.certaintyRow(60)).to.equal(null)
    // What the table promises, by protocol.md's formula with a third of the seats hostile.
    const caught = { 50: 0.5, 80: 0.8, 90: 0.9, 95: 0.95, 99: 0.99 }
    const rows = Object.entries(pure.CERTAINTY).map(([c, row]) => ({ c: Number(c) as pure.Certainty, row }))
    for (const { c, row } of [...rows, { c: 50 as const, row: pure.CERTAINTY_50_SMALL }]) {
      const p = 1 - (1 / 3 + (2 / 3) * 0.9 ** row.samples) ** row.validators
      expect(p, `${c} %`).to.be.at.least(caught[c])
    }
  })

  it('asks for a bounty that covers every payment it promises', () => {
    const input = fc.record({
      pay: fc.bigInt({ min: 1n, max: 10n ** 24n }),
      workers: fc.integer({ min: 1, max: 32 }),
      rounds: fc.integer({ min: 1, max: 1000 }),
      row: fc.constantFrom(...Object.values(pure.CERTAINTY), pure.CERTAINTY_50_SMALL),
      segments: fc.integer({ min: 2, max: 256 }),
      heldoutBps: fc.nat({ max: 10_000 }),
      crankBounty: fc.bigInt({ min: 0n, max: 10n ** 18n }),
    })
    fc.assert(
      fc.property(input, (q) => {
        const quote = pure.quoteTask(q)
        const judges = BigInt(q.row.validators) * quote.validator_fee
        expect(quote.work).to.equal(BigInt(q.rounds) * (BigInt(q.workers) * q.pay + judges))
        expect(quote.fee * 10_000n >= quote.work * pure.FEE_BPS).to.equal(true)
        expect(quote.reserve >= BigInt(2 * q.row.validators + 1) * quote.jury_fee).to.equal(true)
        expect(quote.bounty).to.equal(quote.work + quote.fee + quote.reserve + quote.deposit)
      }),
      SEED,
    )
  })
})
