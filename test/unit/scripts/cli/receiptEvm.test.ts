/** What `receipt verify --evm` adds: the verifier's own bytecode says whether a receipt is among the anchored ones. */
import { expect } from 'chai'
import { custom } from 'viem'
import { type Deployment, evmClient, evmSide } from '../../../../chain/client/bridge/index.ts'
import { checkOnEvm, type EvmCheck, evmText } from '../../../../scripts/cli/receiptEvm.ts'
import type { ReceiptView } from '../../../../scripts/cli/views.ts'
import { deployReceiptWorld, type ReceiptWorld } from '../../../fixtures/evmReceiptWorld.ts'
import { makeReceiptChain, type ReceiptChain } from '../../../fixtures/receiptChain.ts'

const plain = { ok: (text: string) => text, bad: (text: string) => text }

describe('a receipt on EVM', function () {
  this.timeout(60_000)
  let world: ReceiptWorld
  const chain = makeReceiptChain(9, [4])

  before(async () => {
    world = await deployReceiptWorld()
    await world.anchor(chain)
  })
  after(() => world.evm.close())

  function check(index: number, receipts: ReceiptChain = chain, changes: Partial<ReceiptView> = {}): Promise<EvmCheck> {
    const deployment = {
      evm: {
        ...{ chainId: 31_337, rpcUrls: ['http://unused'], token: world.token.address, bridge: world.bridge.address },
        ...{ verifier: world.verifier.address, reward: null, startBlock: 0, confirmations: 0 },
      },
    } as unknown as Deployment
    const request = ({ method, params }: { method: string; params?: unknown }) =>
      world.evm.request(method, params as unknown[])
    const reader = evmClient(deployment, { transport: custom({ request }, { retryCount: 0 }) })
    const hashes = receipts.leaves.map((leaf) => leaf.slice(2))
    const view = { ...receipts.receipts[index]!, hash: hashes[index]!, ...changes } as unknown as ReceiptView
    return checkOnEvm({ deployment, reader, evm: evmSide(deployment, reader) }, { hashes, tainted: [4] }, view)
  }

  it('is anchored, in the list, verified and untainted: four links', async () => {
    const result = await check(2)
    expect(result.broken).to.equal(null)
    expect(result.passed).to.deep.equal(['anchored', 'proof', 'verified', 'untainted'])
    expect(evmText(result, plain)).to.contain('anchored on EVM among 9 ok').and.contain('VERIFIED ON EVM')
  })

  it('breaks at the verifier when a single field was changed', async () => {
    const result = await check(2, chain, { reward: '1' })
    expect(result.passed).to.deep.equal(['anchored', 'proof'])
    expect(result.broken?.code).to.equal('RECEIPT_EVM_REFUSED')
    expect(result.broken?.what).to.contain('ReceiptVerifierNotIncluded')
  })

  it('breaks at the anchor when the list here is another one', async () => {
    const result = await check(2, other())
    expect(result.passed).to.deep.equal([])
    expect(result.broken?.code).to.equal('RECEIPT_ANCHOR_DIFFERS')
  })

  it('is verified but tainted when a dispute showed its work to be false', async () => {
    const result = await check(4)
    expect(result.passed).to.deep.equal(['anchored', 'proof', 'verified'])
    expect(result.broken?.code).to.equal('RECEIPT_TAINTED')
    expect(evmText(result, plain)).to.contain('not tainted BROKEN')
  })

  it('is not anchored yet when it is newer than the anchor', async () => {
    const result = await check(9, makeReceiptChain(10, [4]))
    expect(result.broken?.what).to.contain('not anchored on EVM yet')
  })
})

/** As long as the anchored list, with one receipt changed. */
function other(): ReceiptChain {
  const chain = makeReceiptChain(9, [4])
  return { ...chain, leaves: chain.leaves.map((leaf, i) => (i === 7 ? chain.leaves[6]! : leaf)) }
}
