/** A requester who closed the tab: the gateway opens each round, on the real contracts, with scripted operators. */
import { expect } from 'chai'
import { eq } from 'drizzle-orm'
import { roundKeys } from '../../../../../workers/gateway/database/schema/drafts.ts'
import { type Keeper, type KeeperCalls, startKeeper } from '../../../../../workers/gateway/orders/index.ts'
import { marketViews } from '../../../../../workers/node/views.ts'
import { MarketActors } from '../../../../fixtures/marketActors.ts'
import { CONTRACTS, type OrdersWorld, plainText, startOrdersWorld } from '../../../../fixtures/ordersWorld.ts'

const ORDER = { rounds: 2, steps: 16, segments: 8, workers: 1, smallPool: true } as const
const OPERATORS = ['trainer-1', 'judge-1', 'judge-2', 'judge-3']

describe('the keeper of a requester who is away', () => {
  let world: OrdersWorld
  let keeper: Keeper
  let gateway: string
  let task: string
  let keys: readonly string[]
  let players: MarketActors
  let fail = 0
  const calls: string[] = []

  before(async () => {
    world = await startOrdersWorld()
    const alice = await world.account('alice', 5_000n)
    // The gateway's own account holds no BLY, and the market does not know it.
    gateway = (await world.chain.chain.createAccount('gateway.test.near')).accountId
    for (const name of OPERATORS) {
      const account = await world.chain.account(name, 2_000n)
      const roles = name.startsWith('trainer') ? ['trainer'] : ['validator']
      await world.chain.transfer(account, 2_000n * 10n ** 18n, { stake: { roles } })
    }
    const created = await world.client(alice).tasks.create(ORDER, plainText(150_000))
    task = created.id
    keys = created.keys
    await world.index(task)
    players = new MarketActors({
      seed: 'keeper',
      actors: OPERATORS.map((name) => ({ account: `${name}.test.near` })),
      requester: alice,
      keys,
    })
    players.opensKeys = false
    const send = async (method: string, args: object): Promise<{ txHash: string }> => {
      calls.push(method)
      if (fail-- > 0) throw new Error('the way to the chain is gone')
      const options = { gas: method === 'crank' ? 250n * 10n ** 12n : 20n * 10n ** 12n }
      return world.chain.chain.account(gateway).call(CONTRACTS.market, method, args, options)
    }
    const signed: KeeperCalls = { open_key: (args) => send('open_key', args), crank: (args) => send('crank', args) }
    const views = marketViews((method, args) => world.chain.chain.root.view(CONTRACTS.market, method, args))
    keeper = startKeeper({ parts: world.parts, views, calls: signed, vault: world.vault, pollMs: 3_600_000 })
  })
  after(async () => {
    await keeper.stop()
    await world.close()
  })

  /** Plays operators until a round waits for its key, or the task has ended; the keeper moves it on between. */
  const playTo = async (phase: 'publish' | 'vested', round: number): Promise<void> => {
    for (let step = 0; step < 200; step++) {
      const view = await world.chain.view('get_task', { task_id: task })
      if (view.vested) return
      const now = await world.chain.view('get_round', { task_id: task, round: view.round })
      if (phase === 'publish' && now.phase === 'publish' && now.round === round && now.key === null) return
      const planned = players.calls(view, now, [])
      for (const { account, method, args } of planned) await world.chain.call(account, method, args)
      if (planned.length > 0) continue
      // The last call's block is heard of before time goes on.
      await keeper.look()
      if ((await world.chain.view('get_round', { task_id: task, round: view.round })).version !== now.version) continue
      await world.chain.chain.advance(Math.max(6_000, (view.vest_at ?? now.deadline ?? 0) - world.chain.chain.now()))
      await world.index(task)
      await keeper.look()
    }
    throw new Error('the task stood still')
  }

  it('opens no round before everybody has handed in, although it could', async () => {
    await keeper.look()
    expect(calls).to.not.include('open_key')
  })

  it('opens a round when it is its turn, tries again what failed, and does it once', async () => {
    await playTo('publish', 0)
    fail = 1
    world.block()
    await keeper.look()
    expect(calls.filter((method) => method === 'open_key')).to.have.length(1)
    expect((await world.chain.view('get_round', { task_id: task, round: 0 })).key).to.equal(null)
    world.skew += 1_000
    await keeper.look()
    await keeper.look()
    expect(calls.filter((method) => method === 'open_key')).to.have.length(2)
    const round = await world.chain.view('get_round', { task_id: task, round: 0 })
    expect(round.key).to.equal(keys[0])
    const rows = await world.opened.db.select().from(roundKeys).where(eq(roundKeys.round, 0))
    expect(rows[0]?.openedAt).to.be.a('number')
    expect(rows[0]?.tx).to.be.a('string')
  })

  it('goes on after a restart, to the end of the task, and moves it on where nobody does', async () => {
    await keeper.stop()
    const views = marketViews((method, args) => world.chain.chain.root.view(CONTRACTS.market, method, args))
    const send = async (method: string, args: object) => {
      calls.push(method)
      const options = { gas: method === 'crank' ? 250n * 10n ** 12n : 20n * 10n ** 12n }
      return world.chain.chain.account(gateway).call(CONTRACTS.market, method, args, options)
    }
    const signed: KeeperCalls = { open_key: (args) => send('open_key', args), crank: (args) => send('crank', args) }
    keeper = startKeeper({ parts: world.parts, views, calls: signed, vault: world.vault, pollMs: 3_600_000 })
    await playTo('vested', 0)
    const view = await world.chain.view('get_task', { task_id: task })
    expect(view.state).to.equal('Completed')
    expect(view.keys).to.deep.equal(keys)
    expect(calls).to.include('crank')
  })

  it('spends nothing of the requester’s, and was paid nothing but for moving the task on', async () => {
    const ledger = await world.chain.view('ledger', { account_id: gateway })
    const cranks = BigInt((await world.chain.view('get_task', { task_id: task })).spent.cranks)
    expect(BigInt(ledger.payable) + BigInt(ledger.locked) <= cranks).to.equal(true)
    expect(await world.chain.balance(gateway).catch(() => '0')).to.equal('0')
  })

  it('writes no key into its log', () => {
    for (const key of keys) expect(JSON.stringify(world.log)).to.not.include(key)
  })
})
