/** The verification of receipts against evidence with one thing wrong. */
import { expect } from 'chai'
import fc from 'fast-check'
import { encodeReceipt, fromHex, mmrProof, type Receipt, toHex, ZERO_HASH } from '../../../../chain/client/protocol.ts'
import { listRoot, type ReceiptEvidence, verifyReceipt } from '../../../../chain/client/receipts.ts'
import { keccak256 } from '../../../../chain/lib/hash.ts'

const SIZE = 7
const receipts: Uint8Array[] = []
const hashes: string[] = []
for (let i = 0; i < SIZE; i++) {
  const receipt: Receipt = {
    version: 1,
    index: String(i),
    task: '1',
    round: i >> 1,
    worker: `trainer-${i}.test.near`,
    base: 'ab'.repeat(32),
    delta: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
    gain: i === 3 ? null : String(31_000 - 9_000 * i),
    validators: 4,
    samples: 3,
    certainty: 50,
    pool: 9,
    smallPool: true,
    profile: 'canonical',
    beacon: 'near',
    reward: '10661234567890123456',
    settledAt: 1_767_225_600_000 + i,
    previous: hashes[i - 1] ?? ZERO_HASH,
  }
  receipts.push(encodeReceipt(receipt))
  hashes.push(toHex(keccak256(receipts[i]!)))
}
const root = listRoot(hashes)

const evidence = (index: number): ReceiptEvidence => ({
  bytes: receipts[index]!.slice(),
  index,
  hash: hashes[index]!,
  previous: hashes[index - 1] ?? ZERO_HASH,
  proof: { size: SIZE, root, steps: mmrProof(keccak256, hashes, index) },
  list: { size: SIZE, root },
  recomputed: root,
})
const flipHex = (hex: string, at: number) => {
  const bytes = fromHex(hex)
  bytes[at]! ^= 1
  return toHex(bytes)
}
const codeOf = (changed: ReceiptEvidence) => verifyReceipt(changed).broken?.code ?? 'verified'

describe('a receipt', () => {
  it('is verified by all five links, whichever place it has', () => {
    for (let i = 0; i < SIZE; i++) {
      const check = verifyReceipt(evidence(i))
      expect(check.broken).to.equal(null)
      expect(check.passed).to.deep.equal(['encoding', 'hash', 'chain', 'list', 'root'])
      expect(check.receipt!.worker).to.equal(`trainer-${i}.test.near`)
    }
  })

  it('breaks with another code for a flipped byte in receipt, proof or root, whichever byte it is', () => {
    const index = fc.integer({ min: 0, max: SIZE - 1 })
    fc.assert(
      fc.property(index, fc.nat(), fc.integer({ min: 0, max: 31 }), (i, any, at) => {
        const inReceipt = evidence(i)
        inReceipt.bytes[any % inReceipt.bytes.length]! ^= 1
        expect(codeOf(inReceipt)).to.be.oneOf(['RECEIPT_ENCODING_WRONG', 'RECEIPT_HASH_WRONG'])

        const inProof = evidence(i)
        const steps = [...inProof.proof.steps]
        const step = any % steps.length
        steps[step] = flipHex(steps[step]!, at)
        expect(codeOf({ ...inProof, proof: { ...inProof.proof, steps } })).to.equal('RECEIPT_PROOF_WRONG')

        const inRoot = evidence(i)
        expect(codeOf({ ...inRoot, list: { size: SIZE, root: flipHex(root, at) } })).to.equal('RECEIPT_ROOT_WRONG')
      }),
      { seed: 7, numRuns: 200 },
    )
  })

  it('breaks at the one before it when that is not the one it names', () => {
    expect(codeOf({ ...evidence(4), previous: hashes[2]! })).to.equal('RECEIPT_CHAIN_WRONG')
    const first = { ...evidence(0), previous: hashes[2]! }
    expect(codeOf(first)).to.equal('verified') // nothing stands before the first
  })

  it('at another place, or of a shorter list, is none of this list', () => {
    expect(codeOf({ ...evidence(4), index: 3 })).to.equal('RECEIPT_ENCODING_WRONG')
    expect(codeOf({ ...evidence(4), list: { size: SIZE - 1, root } })).to.equal('RECEIPT_ROOT_WRONG')
    expect(codeOf({ ...evidence(4), proof: { ...evidence(4).proof, size: SIZE - 2 } })).to.equal('RECEIPT_PROOF_WRONG')
  })

  it('names the link, what was expected and what it got, and goes no further', () => {
    const check = verifyReceipt({ ...evidence(5), hash: hashes[4]! })
    expect(check.passed).to.deep.equal(['encoding'])
    expect(check.broken!.data).to.include({ link: 'hash', index: 5, expected: hashes[4], got: hashes[5] })
    expect(check.broken!.what).to.contain(hashes[4]).and.contain(hashes[5])
  })

  it('is not verified by a root that the hashes of all receipts do not give', () => {
    expect(codeOf({ ...evidence(2), recomputed: listRoot(hashes.slice(0, -1)) })).to.equal('RECEIPT_ROOT_WRONG')
  })

  it('survives hostile bytes and hostile hashes without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 70 }), (bytes, text) => {
        const hostile = { ...evidence(1), proof: { size: SIZE, root, steps: [text] } }
        expect(codeOf(hostile)).to.equal('RECEIPT_PROOF_WRONG')
        expect(codeOf({ ...evidence(1), bytes })).to.match(/^RECEIPT_/)
      }),
      { seed: 7, numRuns: 200 },
    )
  })
})
