/** Signatures gathered from signers who may lie, sleep or answer nonsense. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  collectSignatures,
  payloadDigest,
  requireSignatures,
  SignaturesMissingError,
  type SignedItem,
} from '../../../../../chain/client/bridge/index.ts'
import { addressesIn, collectFrom, setOf, testSigners } from '../../../../fixtures/bridgeSigners.ts'

const LOCK = { nonce: '7', epoch: '1', source: 'ab'.repeat(32), receiver: 'cd'.repeat(20), amount: '5' }
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

describe('collecting signatures', () => {
  it('hashes every kind of payload as the vectors from ethers do', () => {
    const file = join(import.meta.dirname, '../../../../fixtures/vectors/bridge.json')
    const { domain, cases } = JSON.parse(readFileSync(file, 'utf8'))
    for (const { kind, payload, digest } of cases) expect(payloadDigest(domain, kind, payload), kind).to.equal(digest)
    expect(cases.length).to.be.greaterThan(5)
  })

  it('gives them in ascending order of address, whatever the order of the addresses asked', async () => {
    const signers = testSigners(3)
    for (const each of signers) await each.signs('lock', LOCK)
    const collected = await collectSignatures('lock', '7', collectFrom([...signers].reverse(), setOf(signers, 2)))
    expect(addressesIn(collected)).to.deep.equal(signers.map(({ address }) => address).sort())
    expect(requireSignatures(collected).signatures).to.have.length(2)
  })

  it('names who is missing when one signer is away, and still has enough', async () => {
    const signers = testSigners(3)
    for (const each of signers) await each.signs('lock', LOCK)
    signers[0]!.dead = true
    const collected = await collectSignatures('lock', '7', collectFrom(signers, setOf(signers, 2)))
    expect(collected.missing).to.deep.equal([signers[0]!.address])
    expect(collected.refused).to.deep.equal([{ url: signers[0]!.url, why: 'unreachable' }])
    expect(requireSignatures(collected).payload).to.deep.equal(LOCK)
  })

  it('says how many are needed when there are too few', async () => {
    const signers = testSigners(3)
    await signers[1]!.signs('lock', LOCK)
    const collected = await collectSignatures('lock', '7', collectFrom(signers, setOf(signers, 2)))
    expect(() => requireSignatures(collected)).to.throw(SignaturesMissingError, '1 of 2 needed signers')
  })

  const lies: [string, (item: SignedItem) => unknown, string][] = [
    ['a signature with one bit turned', (item) => ({ ...item, signature: turned(item.signature) }), 'not a signer'],
    [
      'the same signature with a high s',
      (item) => ({ ...item, signature: malleated(item.signature) }),
      'wrong signature',
    ],
    [
      'another amount under its own signature of this one',
      (item) => ({ ...item, payload: { ...item.payload, amount: '6' } }),
      'not a signer',
    ],
    ['another transfer', (item) => ({ ...item, key: '8', payload: { ...item.payload, nonce: '8' } }), 'another key'],
    ['older signers’ payload', (item) => ({ ...item, payload: { ...item.payload, epoch: '0' } }), 'older signers'],
    ['no JSON of ours', () => ({ hello: 'world' }), 'malformed'],
    ['a megabyte', () => ({ filler: 'x'.repeat(2 ** 20) }), 'malformed'],
  ]
  for (const [what, lie, why] of lies) {
    it(`drops a signer that answers ${what}, and needs another`, async () => {
      const signers = testSigners(3)
      for (const each of signers) await each.signs('lock', LOCK)
      signers[2]!.lie = lie
      const collected = await collectSignatures('lock', '7', collectFrom(signers, setOf(signers, 2)))
      expect(collected.refused).to.deep.equal([{ url: signers[2]!.url, why }])
      expect(addressesIn(collected)).to.have.members([signers[0]!.address, signers[1]!.address])
    })
  }

  it('does not count one signer twice that answers at two addresses', async () => {
    const signers = testSigners(3)
    const item = await signers[0]!.signs('lock', LOCK)
    signers[1]!.items.push(item)
    const collected = await collectSignatures('lock', '7', collectFrom(signers, setOf(signers, 2)))
    expect(addressesIn(collected)).to.deep.equal([signers[0]!.address])
  })

  it('takes what most signers signed, and says that they disagree', async () => {
    const signers = testSigners(3)
    await signers[0]!.signs('lock', LOCK)
    await signers[1]!.signs('lock', { ...LOCK, amount: '6' })
    await signers[2]!.signs('lock', LOCK)
    const collected = await collectSignatures('lock', '7', collectFrom(signers, setOf(signers, 2)))
    expect(collected.conflict).to.equal(true)
    expect(collected.payload).to.deep.equal(LOCK)
  })

  it('counts signers of the next set for a rotation alone', async () => {
    const [a, b, c, next] = testSigners(4)
    const active = setOf([a!, b!, c!], 2)
    const rotate = { epoch: '2', signers: [a!.address, next!.address].sort(), k: 2, validFrom: '10' }
    for (const each of [a!, b!, next!]) await each.signs('rotate', rotate)
    const collected = await collectSignatures('rotate', '2', collectFrom([a!, b!, c!, next!], active))
    expect(addressesIn(collected)).to.have.members([a!.address, b!.address, next!.address])
    await next!.signs('lock', LOCK)
    expect(addressesIn(await collectSignatures('lock', '7', collectFrom([next!], active)))).to.deep.equal([])
  })
})

/** In s: recovery still gives somebody, but nobody that counts. */
const turned = (signature: string): string =>
  signature.slice(0, 127) + (signature[127] === '0' ? '1' : '0') + signature.slice(128)

/** n − s with the other v: the same key recovers from it, both contracts refuse it. */
function malleated(signature: string): string {
  const s = ORDER - BigInt(`0x${signature.slice(64, 128)}`)
  return signature.slice(0, 64) + s.toString(16).padStart(64, '0') + (signature.endsWith('1b') ? '1c' : '1b')
}
