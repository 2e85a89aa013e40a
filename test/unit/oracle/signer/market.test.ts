import { expect } from 'chai'
import { type Rpc, type RpcErrorJson, rpcError } from '../../../../chain/client/near/rpc.ts'
import { nearReader } from '../../../../oracle/signer/chains/nearReader.ts'
import { openTables } from '../../../../oracle/signer/journalTables.ts'
import { vestedReceipts } from '../../../../oracle/signer/receipts/vestedReceipts.ts'
import { scriptedDeployment } from '../../../fixtures/bridge/signerWorld.ts'
import { MarketActors } from '../../../fixtures/marketActors.ts'
import { CHAIN_BLY, CHAIN_MARKET, MarketChain } from '../../../fixtures/marketChain.ts'
import { BLY, keyChain, makeSpec } from '../../../fixtures/marketWorld.ts'

describe('a signer over the deployed market', () => {
  let market: MarketChain
  before(async () => {
    market = await MarketChain.start()
  })
  after(() => market.close())

  it('recomputes each receipt of a task, and anchors them under the market’s own root once it vested', async () => {
    const actors = []
    for (const name of ['t0', 'v0', 'v1', 'v2']) {
      const account = await market.account(name, 2_000n)
      actors.push(name === 't0' ? { account, trainer: {} } : { account })
      const roles = [name === 't0' ? 'trainer' : 'validator']
      const stake = { roles, kind: 'test', class: 'cloud', peer: 'http://test', worker_key: `ed25519:${name}` }
      await market.transfer(account, 1_000n * BLY, { stake })
    }
    const requester = await market.account('requester', 1_000n)
    const cranker = await market.account('cranker', 0n)
    const { head, keys } = keyChain('signer', 1)
    const task = await market.createTask(requester, makeSpec({ segments: 4, heldout: { ...makeSpec().heldout, head } }))
    await market.play(task, new MarketActors({ seed: '1', actors, requester, keys }), cranker)

    const rpc: Rpc = (method, params) =>
      market.chain.rpc(method, params).catch((error: RpcErrorJson) => {
        throw rpcError(method, error)
      })
    const deployment = scriptedDeployment('11'.repeat(32))
    Object.assign(deployment.near, { bly: CHAIN_BLY, market: CHAIN_MARKET })
    const reader = nearReader([rpc, rpc], deployment)
    const db = openTables(':memory:')
    const told: unknown[] = []
    const { final } = await reader.heads()
    const reading = await reader.read(0, final.height)
    expect(reading.refused).to.deep.equal([])
    const receipts = vestedReceipts(db)
    receipts.apply(reading.market, (error) => told.push(error))
    const root = await reader.receiptRoot(final)
    expect(root.size).to.be.above(0)
    expect(receipts.size()).to.equal(root.size)
    const anchors = receipts.confirmed(root, (error) => told.push(error))
    expect(told).to.deep.equal([])
    expect(anchors.at(-1)?.content).to.include({ size: String(root.size), root: root.root })
    db.close()
  })
})
