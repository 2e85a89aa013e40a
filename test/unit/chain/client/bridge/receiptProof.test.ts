/** Proofs for EVM, from hashes of receipts: what is given, what is refused. The contracts take them in test/evm. */
import { expect } from 'chai'
import fc from 'fast-check'
import { decodeFunctionData } from 'viem'
import {
  AnchorMismatchError,
  claimCall,
  proveIncluded,
  proveUntaintedAt,
  ReceiptTaintedError,
  verifyCall,
} from '../../../../../chain/client/bridge/receiptProof.ts'
import { receiptVerifierAbi, rewardOnReceiptAbi } from '../../../../../chain/client/evm/abi.gen.ts'
import { taintedRoot, verifyMmr, verifyUntainted } from '../../../../../chain/client/protocol.ts'
import { keccak256 } from '../../../../../chain/lib/hash.ts'
import { makeReceiptChain } from '../../../../fixtures/receiptChain.ts'

const SIZE = 21
const known = makeReceiptChain(30)
const anchor = makeReceiptChain(SIZE)
const hashes = known.leaves.map((leaf) => leaf.slice(2))
const anchoredWith = (tainted: readonly number[]) => ({
  size: BigInt(SIZE),
  root: anchor.root.slice(2),
  tainted: taintedRoot(keccak256, SIZE, tainted),
})
const bare = (path: readonly string[]) => path.map((step) => step.slice(2))

describe('proofs of receipts for EVM', () => {
  it('proves each receipt of the anchor, though more have come since', () => {
    const anchored = anchoredWith([])
    for (let index = 0; index < SIZE; index++) {
      const { size, path } = proveIncluded(anchored, { hashes, tainted: [] }, index)
      const claim = { root: anchored.root, leaf: hashes[index]!, index, size: Number(size), proof: bare(path) }
      expect(verifyMmr(keccak256, claim), `${index}`).to.equal(true)
    }
  })

  it('refuses a receipt that is not anchored yet, and a list that is not the anchored one', () => {
    const anchored = anchoredWith([])
    const source = { hashes, tainted: [] }
    expect(() => proveIncluded(anchored, source, SIZE)).to.throw(AnchorMismatchError, 'not anchored on EVM yet')
    const altered = hashes.with(3, hashes[4]!)
    expect(() => proveIncluded(anchored, { hashes: altered, tainted: [] }, 0)).to.throw(AnchorMismatchError)
    expect(() => proveIncluded(anchored, { hashes: hashes.slice(0, 20), tainted: [] }, 0)).to.throw(AnchorMismatchError)
  })

  it('finds what an anchor knew of tainted receipts, whatever was proven false since', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 29 }), { maxLength: 12 }),
        fc.nat(),
        fc.integer({ min: 0, max: SIZE - 1 }),
        (inOrder, pick, index) => {
          const then = inOrder.slice(0, pick % (inOrder.length + 1))
          const tainted = then.filter((each) => each < SIZE).sort((a, b) => a - b)
          const anchored = anchoredWith(tainted)
          const prove = () => proveUntaintedAt(anchored, { hashes, tainted: inOrder }, index)
          if (tainted.includes(index)) {
            expect(prove).to.throw(ReceiptTaintedError)
            return
          }
          const { from, until, position, gaps, path } = prove()
          const [a, b, c, d] = [from, until, position, gaps].map(Number)
          const claim = { from: a!, until: b!, position: c!, gaps: d!, proof: bare(path) }
          expect(verifyUntainted(keccak256, anchored.tainted, index, claim)).to.equal(true)
        },
      ),
      { seed: 4, numRuns: 200 },
    )
  })

  it('says that the tainted receipts known here are others', () => {
    expect(() => proveUntaintedAt(anchoredWith([2, 9]), { hashes, tainted: [9] }, 0)).to.throw(
      AnchorMismatchError,
      'The tainted receipts known here',
    )
  })

  it('writes the calls as the contracts read them', () => {
    const source = { hashes, tainted: [] }
    const inclusion = proveIncluded(anchoredWith([]), source, 5)
    const gap = proveUntaintedAt(anchoredWith([]), source, 5)
    const receipt = known.receipts[5]!
    const verifier = `0x${'11'.repeat(20)}` as const
    const verify = verifyCall({ evm: { verifier } } as Parameters<typeof verifyCall>[0], receipt, inclusion)
    expect(verify.to).to.equal(verifier)
    const read = decodeFunctionData({ abi: receiptVerifierAbi, data: verify.data })
    expect(read.args).to.deep.equal([known.bytes[5], 21n, inclusion.path])
    const claim = decodeFunctionData({
      abi: rewardOnReceiptAbi,
      data: claimCall(verifier, receipt, inclusion, gap).data,
    })
    expect(claim).to.deep.equal({ functionName: 'claim', args: [known.bytes[5], 21n, inclusion.path, gap] })
  })
})
