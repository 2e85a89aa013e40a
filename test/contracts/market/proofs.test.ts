import { sha256 } from '@noble/hashes/sha2.js'
import { expect } from 'chai'
import fc from 'fast-check'
import { merkleProof, merkleRoot, verifyMerkle } from '../../../contracts/near/lib/pure/index.ts'
import { findForeignLeaf, isLeaf } from '../../../contracts/near/market/proofs.ts'
import { hashOf } from '../../fixtures/marketWorld.ts'

const tree = (size: number) => Array.from({ length: size }, (_, i) => hashOf('leaf', i))

/** Leaves of a tree, in any order, some of them twice. */
const cases = fc
  .integer({ min: 1, max: 70 })
  .chain((size) =>
    fc.record({ size: fc.constant(size), picks: fc.array(fc.nat(size - 1), { minLength: 1, maxLength: 12 }) }),
  )

describe('market: proofs', () => {
  it('accepts the same leaves as single proofs do, in trees of any size', () => {
    fc.assert(
      fc.property(cases, ({ size, picks }) => {
        const leaves = tree(size)
        const given = picks.map((leaf) => ({ leaf, hash: leaves[leaf], proof: merkleProof(sha256, leaves, leaf) }))
        expect(findForeignLeaf(sha256, merkleRoot(sha256, leaves), size, given)).to.equal(null)
      }),
      { seed: 1 },
    )
  })

  it('refuses whatever a single proof would refuse, wherever it stands among true ones', () => {
    const spoil = fc.constantFrom('hash', 'proof', 'shorter', 'longer', 'index', 'short hash')
    fc.assert(
      fc.property(cases, fc.nat(11), fc.nat(63), spoil, ({ size, picks }, which, at, how) => {
        const leaves = tree(size)
        const root = merkleRoot(sha256, leaves)
        const given = picks.map((leaf) => ({ leaf, hash: leaves[leaf], proof: merkleProof(sha256, leaves, leaf) }))
        const bad = given[which % given.length]
        if (how === 'hash') bad.hash = hashOf('other')
        else if (how === 'proof' && bad.proof.length > 0) bad.proof[at % bad.proof.length] = hashOf('other')
        else if (how === 'shorter') bad.proof.pop()
        else if (how === 'longer') bad.proof.push(hashOf('more'))
        else if (how === 'index') bad.leaf = (bad.leaf + 1) % size
        else if (bad.proof.length > 0) bad.proof[at % bad.proof.length] = 'ab'
        const alone = given.map((each) => isLeaf(sha256, root, size, each))
        const found = findForeignLeaf(sha256, root, size, given)
        // Above a node that is known already, the rest of a proof is not read.
        if (found !== null)
          expect(alone[given.findIndex((each) => each.leaf === found)] && alone.every(Boolean)).to.equal(false)
        else for (const each of given) expect(each.hash).to.equal(leaves[each.leaf])
      }),
      { seed: 2, numRuns: 400 },
    )
  })

  it('agrees with the shared encoder about one leaf', () => {
    const leaves = tree(49)
    const place = { leaf: 48, hash: leaves[48], proof: merkleProof(sha256, leaves, 48) }
    const root = merkleRoot(sha256, leaves)
    expect(isLeaf(sha256, root, 49, place)).to.equal(true)
    expect(verifyMerkle(sha256, { root, leaf: place.hash, index: 48, size: 49, proof: place.proof })).to.equal(true)
    expect(isLeaf(sha256, root, 49, { ...place, proof: place.proof.map((each) => each.slice(2)) })).to.equal(false)
  })
})
