import { expect } from 'chai'
import type { Rpc } from '../../../../../chain/client/near/rpc.ts'
import { rpcError } from '../../../../../chain/client/near/rpc.ts'
import { embeddedSource } from '../../../../../chain/client/near/source/index.ts'
import { type OpenedDatabase, openDatabase } from '../../../../../workers/gateway/database/index.ts'
import * as chain from '../../../../../workers/gateway/database/schema/chain.ts'
import { checkIndex, createFollower, marketViews } from '../../../../../workers/gateway/follow/index.ts'
import { MarketActors } from '../../../../fixtures/marketActors.ts'
import { CHAIN_BLY, CHAIN_MARKET, MarketChain } from '../../../../fixtures/marketChain.ts'
import { BLY, keyChain, makeSpec } from '../../../../fixtures/marketWorld.ts'

const CONTRACTS = { bly: CHAIN_BLY, market: CHAIN_MARKET }

describe('following the embedded chain', function () {
  this.timeout(180_000)
  let market: MarketChain
  let db: OpenedDatabase

  before(async () => {
    ;[market, db] = await Promise.all([MarketChain.start(), openDatabase({ dir: null })])
  })
  after(async () => {
    await market?.close()
    await db?.close()
  })

  it('equals the deployed contracts’ views after a task, at its own height even when the chain has gone on', async () => {
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
    const { head, keys } = keyChain('index', 1)
    const spec = makeSpec({ segments: 4, heldout: { ...makeSpec().heldout, head } })
    const task = await market.createTask(requester, spec)
    await market.play(task, new MarketActors({ seed: '1', actors, requester, keys }), cranker)

    const rpc: Rpc = (method, params) =>
      market.chain.rpc(method, params).catch((error) => {
        throw rpcError(method, { message: String(error) })
      })
    const { root } = market.chain
    const follower = createFollower({
      db,
      source: embeddedSource(rpc, [CHAIN_BLY, CHAIN_MARKET]),
      views: marketViews({ view: (contract, method, args) => root.view(contract, method, args) }, CHAIN_MARKET),
      contracts: CONTRACTS,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      now: Date.now,
    })
    await follower.catchUp()
    await market.call(actors[0]!.account, 'claim', {}, 1n)
    await market.call(actors[1]!.account, 'unstake', { amount: `${100n * BLY}` }, 1n)
    await market.call(actors[1]!.account, 'restake', { amount: `${30n * BLY}` }, 1n)
    const before = await checkIndex(db.db, rpc, CONTRACTS)
    expect(before.differences).to.deep.equal([])
    await follower.catchUp()
    const after = await checkIndex(db.db, rpc, CONTRACTS)
    expect(after.differences).to.deep.equal([])
    expect(after.position!.height).to.be.greaterThan(before.position!.height)
    const [receipt] = await db.db.select().from(chain.receipts)
    expect(receipt).to.include({ index: 0, worker: 't0.test.near', reward: 10n * BLY })
    expect((await db.db.select().from(chain.nodes)).map(({ workerKey }) => workerKey)).to.include('ed25519:v2')
  })
})
