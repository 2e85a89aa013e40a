import { expect } from 'chai'
import type { Rpc } from '../../../../../../chain/client/near/rpc.ts'
import { embeddedSource, nearRpcSource } from '../../../../../../chain/client/near/source/index.ts'
import { behavesLikeBlockSource, STORE_ID, storeChain } from './behavesLikeBlockSource.ts'

describe('a source of blocks', () => {
  describe('over the embedded chain’s own events', () => behavesLikeBlockSource(embeddedSource))
  describe('over plain NEAR RPC', () => behavesLikeBlockSource((rpc, contracts) => nearRpcSource(rpc, contracts)))

  it('tells a node that answers something else from one that does not answer', async () => {
    const strange: Rpc = async () => ({ header: { height: 'high' } })
    const error = await embeddedSource(strange, [STORE_ID])
      .head()
      .catch((reason) => reason)
    expect(error).to.include({ code: 'GATEWAY_SOURCE_REPLY', fault: 'platform' })
  })

  it('tells two networks of one seed apart, because they began at different times', async () => {
    const [one, two] = [await storeChain('twin', 1_000_000), await storeChain('twin', 1_000_001)]
    const genesis = [await embeddedSource(one.rpc, []).genesis(), await embeddedSource(two.rpc, []).genesis()]
    expect(genesis[0]!.chainId).to.equal(genesis[1]!.chainId)
    expect(genesis[0]!.genesisHash).not.to.equal(genesis[1]!.genesisHash)
    await Promise.all([one.close(), two.close()])
  })
})
