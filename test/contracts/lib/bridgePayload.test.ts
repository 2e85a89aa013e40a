import { readFileSync } from 'node:fs'
import { keccak_256 as keccak } from '@noble/hashes/sha3.js'
import { expect } from 'chai'
import fc from 'fast-check'
import { getAddress, hashTypedData, keccak256, parseSignature, stringToBytes, toHex as viemHex } from 'viem'
import * as pure from '../../../contracts/near/lib/pure/index.ts'
import { FakeHost } from '../../fixtures/fakeHost.ts'

const vectors = JSON.parse(readFileSync(new URL('../../fixtures/vectors/bridge.json', import.meta.url), 'utf8'))

const HASHES = {
  lock: pure.hashLock,
  burn: pure.hashBurn,
  link: pure.hashLink,
  anchor: pure.hashAnchor,
  rotate: pure.hashRotate,
  veto: pure.hashVeto,
  pause: pure.hashPause,
} as const
type Kind = keyof typeof HASHES
const structHash = (kind: Kind, payload: unknown) => HASHES[kind](keccak, payload as never)

describe('contracts/near/lib/pure/bridgePayload', () => {
  it('hashes every struct as ethers does', () => {
    expect(pure.bridgeSalt(keccak, vectors.near)).to.equal(vectors.domain.salt)
    expect(pure.domainSeparator(keccak, vectors.domain)).to.equal(vectors.separator)
    for (const { kind, payload, structHash: expected, digest } of vectors.cases) {
      expect(structHash(kind, payload), kind).to.equal(expected)
      expect(pure.typedDigest(keccak, vectors.separator, expected), kind).to.equal(digest)
    }
  })

  it('recovers the signers of every vector, and nobody from a high s', () => {
    const host = new FakeHost()
    for (const { digest, signatures } of vectors.cases) {
      for (const [i, signature] of signatures.entries()) {
        const { r, s, yParity } = parseSignature(`0x${signature}`)
        const bytes = pure.fromHex(r.slice(2) + s.slice(2))
        const key = host.ecrecover(pure.fromHex(digest), bytes, yParity)
        expect(pure.evmAddressOf(keccak, key!)).to.equal(vectors.signers[i])
        const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
        const high = pure.fromHex(r.slice(2) + (order - BigInt(s)).toString(16).padStart(64, '0'))
        expect(host.ecrecover(pure.fromHex(digest), high, 1 - yParity)).to.equal(null)
      }
    }
  })

  it('agrees with viem on any lock', () => {
    const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    const hex = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((b) => pure.toHex(b))
    fc.assert(
      fc.property(
        u64,
        u64,
        hex(32),
        hex(20),
        fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
        (nonce, epoch, source, receiver, amount) => {
          const ours = pure.typedDigest(
            keccak,
            vectors.separator,
            pure.hashLock(keccak, { nonce: `${nonce}`, epoch: `${epoch}`, source, receiver, amount: `${amount}` }),
          )
          const { chainId, verifyingContract, salt } = vectors.domain
          const theirs = hashTypedData({
            domain: {
              name: 'BlyBridge',
              version: '1',
              chainId: Number(chainId),
              verifyingContract: `0x${verifyingContract}`,
              salt: `0x${salt}`,
            },
            types: {
              Lock: [
                { name: 'nonce', type: 'uint64' },
                { name: 'epoch', type: 'uint64' },
                { name: 'source', type: 'bytes32' },
                { name: 'receiver', type: 'address' },
                { name: 'amount', type: 'uint256' },
              ],
            },
            primaryType: 'Lock',
            message: { nonce, epoch, source: `0x${source}`, receiver: `0x${receiver}`, amount },
          })
          expect(`0x${ours}`).to.equal(theirs)
        },
      ),
      { seed: 1, numRuns: 100 },
    )
  })

  it('gives no two purposes, deployments or networks one digest', () => {
    const digests = new Set<string>(vectors.cases.map(({ digest }: { digest: string }) => digest))
    expect(digests.size).to.equal(vectors.cases.length)
    const salts = [
      vectors.near,
      { ...vectors.near, genesisHash: keccak256(stringToBytes('fork')).slice(2) },
      { ...vectors.near, chainId: 'blyan-loca', account: 'lbridge.test.near' },
    ].map((near) => pure.bridgeSalt(keccak, near))
    expect(new Set(salts).size).to.equal(3)
  })

  it('takes an address in one case or with its checksum right, and no other', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
        const hex = viemHex(bytes)
        fc.pre(BigInt(hex) !== 0n)
        const right = getAddress(hex)
        expect(pure.parseEvmAddress(keccak, right)).to.equal(hex.slice(2))
        expect(pure.parseEvmAddress(keccak, hex)).to.equal(hex.slice(2))
        expect(pure.formatEvmAddress(keccak, hex.slice(2))).to.equal(right)
        const at = [...right.slice(2)].findIndex((c) => /[a-f]/i.test(c))
        if (at < 0) return
        const c = right[at + 2]!
        const flipped =
          right.slice(0, at + 2) + (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()) + right.slice(at + 3)
        const digits = flipped.slice(2)
        if (digits !== digits.toLowerCase() && digits !== digits.toUpperCase())
          expect(pure.parseEvmAddress(keccak, flipped)).to.equal(null)
      }),
      { seed: 1 },
    )
    for (const bad of [null, 5, '', '0x', `0x${'0'.repeat(40)}`, 'a'.repeat(42), `0x${'g'.repeat(40)}`]) {
      expect(pure.parseEvmAddress(keccak, bad)).to.equal(null)
    }
  })

  it('refuses fields that do not fit', () => {
    const lock = vectors.cases[0].payload
    for (const wrong of [
      { nonce: '-1' },
      { nonce: `${2n ** 64n}` },
      { nonce: '01' },
      { source: 'ab' },
      { receiver: 'AB'.repeat(20) },
      { amount: `${2n ** 256n}` },
    ]) {
      expect(() => pure.hashLock(keccak, { ...lock, ...wrong })).to.throw('ENCODING_INVALID')
    }
    expect(() => pure.hashVeto(keccak, { nonce: '0', epoch: '0', direction: 'up' as never })).to.throw(
      'ENCODING_INVALID',
    )
  })
})

describe('contracts/near/lib/pure/tainted', () => {
  it('proves every untainted receipt and no tainted one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(39)), (size, picks) => {
        const tainted = [...new Set(picks.filter((i) => i < size))].sort((a, b) => a - b)
        const root = pure.taintedRoot(keccak, size, tainted)
        for (let index = 0; index < size; index++) {
          const proof = pure.proveUntainted(keccak, size, tainted, index)
          expect(proof === null).to.equal(tainted.includes(index))
          if (proof === null) continue
          expect(pure.verifyUntainted(keccak, root, index, proof)).to.equal(true)
          for (const other of tainted) expect(pure.verifyUntainted(keccak, root, other, proof)).to.equal(false)
          expect(pure.verifyUntainted(keccak, root, index, { ...proof, until: proof.until + 1 })).to.equal(false)
        }
      }),
      { seed: 1, numRuns: 60 },
    )
  })

  it('refuses indices out of order or range', () => {
    for (const tainted of [[3, 2], [2, 2], [5]])
      expect(() => pure.taintedRoot(keccak, 5, tainted)).to.throw('ENCODING_INVALID')
    expect(() => pure.proveUntainted(keccak, 5, [], 5)).to.throw('ENCODING_INVALID')
  })
})
