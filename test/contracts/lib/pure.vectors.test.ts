/** The encoders against vectors that Python's hashlib and a keccak from FIPS 202 made (test/fixtures/vectors/pure.py). */

import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { expect } from 'chai'
import * as pure from '../../../contracts/near/lib/pure/index.ts'
import vectors from '../../fixtures/vectors/pure.json' with { type: 'json' }

describe('contracts/near/lib/pure against independent vectors', () => {
  it('hashes states, transcripts, commitments and seeds as another implementation does', () => {
    const v = vectors
    expect(pure.stateHash(sha256, v.stateHash.input)).to.equal(v.stateHash.hash)
    expect(pure.transcriptRoot(sha256, v.transcriptRoot.input)).to.equal(v.transcriptRoot.hash)
    expect(pure.submissionCommitment(sha256, v.submissionCommitment.input)).to.equal(v.submissionCommitment.hash)
    expect(pure.codecEnd(sha256, v.codecEnd.input)).to.equal(v.codecEnd.hash)
    const verdict = v.verdictCommitment.input as pure.VerdictCommitment
    expect(pure.verdictCommitment(sha256, verdict)).to.equal(v.verdictCommitment.hash)
    expect(pure.juryCommitment(sha256, v.juryCommitment.input)).to.equal(v.juryCommitment.hash)
    expect(pure.batchSeed(sha256, v.batchSeed.input)).to.equal(v.batchSeed.hash)
    expect(pure.drawSeed(sha256, v.drawSeed.input)).to.equal(v.drawSeed.hash)
  })

  for (const { seed, length, k, order } of vectors.drawOrder) {
    it(`draws the same ${Math.min(k, 64)} of ${length} as a dense shuffle`, () => {
      expect(pure.drawOrder(sha256, seed, length, k)).to.deep.equal(order)
    })
  }

  it('draws the same leaves for a validator', () => {
    for (const { input, segments, samples, leaves } of vectors.drawLeaves) {
      expect(pure.drawLeaves(sha256, input, segments, samples)).to.deep.equal(leaves)
    }
  })

  for (const tree of vectors.trees) {
    it(`builds the tree and the mountain range of ${tree.size} leaves with the same root and proof`, () => {
      expect(pure.merkleRoot(sha256, tree.leaves)).to.equal(tree.root)
      expect(pure.merkleProof(sha256, tree.leaves, tree.index)).to.deep.equal(tree.proof)
      let range = pure.EMPTY_MMR
      for (const leaf of tree.leaves) range = pure.appendMmr(keccak_256, range, leaf)
      expect(pure.mmrRoot(keccak_256, range)).to.equal(tree.mmrRoot)
      expect(pure.mmrProof(keccak_256, tree.leaves, tree.index)).to.deep.equal(tree.mmrProof)
    })
  }

  it('writes receipts byte for byte as the layout says, and reads them back', () => {
    for (const { receipt, bytes, hash } of vectors.receipts) {
      const r = receipt as pure.Receipt
      expect(pure.toHex(pure.encodeReceipt(r))).to.equal(bytes)
      expect(pure.decodeReceipt(pure.fromHex(bytes))).to.deep.equal(r)
      expect(pure.receiptHash(keccak_256, r)).to.equal(hash)
    }
  })

  it('quotes as exact fractions do', () => {
    for (const { input, quote } of vectors.quotes) {
      const row = { validators: input.validators, samples: input.samples, bondRatio: input.bondRatio }
      const { pay, crankBounty, workers, rounds, segments, heldoutBps } = input
      const got = pure.quoteTask({
        pay: BigInt(pay),
        crankBounty: BigInt(crankBounty),
        workers,
        rounds,
        segments,
        heldoutBps,
        row,
      })
      expect(Object.fromEntries(Object.entries(got).map(([key, value]) => [key, `${value}`]))).to.deep.equal(quote)
    }
  })

  it('writes UTF-8 as Python does', () => {
    for (const { text, hex } of vectors.utf8) expect(pure.toHex(pure.utf8(text))).to.equal(hex)
  })
})
