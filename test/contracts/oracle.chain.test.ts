/** The oracle's wasm on the embedded chain: promises to the dex and to receivers, deposits, and gas against the table. */
import { expect } from 'chai'
import { FEEDER_DEPOSIT } from '../../contracts/near/oracle/storage.ts'
import { holdGasTable } from '../fixtures/gasTable.ts'
import { type ChainOracle, chainOracle } from '../fixtures/oracle/chainOracle.ts'
import { poolReply, usd } from '../fixtures/oracle/rulesOracle.ts'
import { contractWasm } from '../fixtures/wasm/contractWasm.ts'
import { tinyContract } from '../fixtures/wasm/tinyContract.ts'

const TGAS = 10n ** 12n
const YOCTO = { deposit: 1n }

describe('oracle on the embedded chain', function () {
  this.timeout(120_000)
  let wasm: Uint8Array
  const worlds: ChainOracle[] = []
  const start = async (feeders?: number) => {
    const world = await chainOracle(wasm, feeders)
    worlds.push(world)
    return world
  }

  before(async () => {
    wasm = (await contractWasm('oracle')).wasm
  })
  after(async () => {
    for (const world of worlds) await world.close()
  })

  it('prices an asset from three reports and forgets it after the recency', async () => {
    const world = await start()
    for (const [i, feeder] of world.feeders.entries()) await world.report(feeder, usd(1 + i / 100))
    const { prices, recency_duration_sec } = await world.priceData()
    expect(prices).to.deep.equal([{ asset_id: world.asset, price: usd(1.01) }])
    await world.chain.advance((recency_duration_sec + 1) * 1_000)
    expect((await world.priceData()).prices[0].price).to.equal(null)
  })

  it('pays the deposit back to whoever leaves or is removed', async () => {
    const world = await start()
    const [leaver, removed] = world.feeders
    const before = [leaver, removed].map((each) => each.state()!.amount)
    await world.call(leaver, 'leave_feeder', {}, YOCTO)
    await world.call(world.owner, 'remove_feeder', { account_id: removed.accountId }, YOCTO)
    const gained = [leaver, removed].map((each, i) => each.state()!.amount - before[i])
    expect(gained[1]).to.equal(FEEDER_DEPOSIT)
    expect(gained[0] > FEEDER_DEPOSIT - 10n ** 22n, 'less the gas of leaving').to.equal(true)
    expect(await world.view('get_oracles')).to.have.length(1)
  })

  it('hands prices to a receiver, whose answer is the result', async () => {
    const world = await start()
    const receiver = await world.chain.createAccount('receiver.test.near')
    await receiver.deploy(tinyContract({ oracle_on_call: [{ do: 'return', bytes: Buffer.from('"thanks"') }] }))
    const args = { receiver_id: receiver.accountId, asset_ids: [world.asset], msg: 'hello' }
    expect((await world.call(world.owner, 'oracle_call', args, YOCTO)).value).to.equal('thanks')
    const unpaid = await world.call(world.owner, 'oracle_call', args).catch((error: Error) => error.message)
    expect(unpaid).to.match(/^DEPOSIT_ONE_YOCTO: /)
  })

  it('stores what the dex answers, and no snapshot of a dex that panics, is gone or says too much', async () => {
    const world = await start()
    const observe = async () => (await world.call<boolean>(world.owner, 'observe', { pool_id: 0 })).value
    const good = poolReply(10n ** 24n, 50_000n * 10n ** 6n)
    expect(await observe()).to.equal(true)
    await world.chain.advance(61_000)
    for (const reply of ['nonsense', '\xff', good.replace('{', `{${' '.repeat(4_000)}`)]) {
      await world.answer(reply)
      expect(await observe(), reply.slice(0, 20)).to.equal(false)
    }
    await world.dex.deploy(tinyContract({ get_pool: [{ do: 'panic', text: 'no' }] }))
    expect(await observe()).to.equal(false)
    await world.dex.deploy(tinyContract({ other: [] }))
    expect(await observe()).to.equal(false)
    await world.answer(good)
    expect(await observe()).to.equal(true)
    expect(await world.view('get_pools')).to.have.deep.nested.property('[0].snapshots', 2)
  })

  it('gives a time-weighted price after 30 minutes of snapshots', async () => {
    const world = await start()
    for (let i = 0; i < 30; i++) {
      expect(await world.view('get_twap')).to.equal(null)
      await world.call(world.owner, 'observe', { pool_id: 0 })
      await world.chain.advance(61_000)
    }
    const twap = await world.view<{ snapshots: number; price: object }>('get_twap', { window_sec: 3_600 })
    expect(twap.snapshots).to.equal(30)
    expect(twap.price).to.deep.equal({ multiplier: `5${'0'.repeat(22)}`, decimals: 42 })
  })

  it('costs what the committed gas table says, also with 16 assets of 16 feeders', async () => {
    const world = await start(16)
    const calls: Record<string, number> = {}
    const measure = async (name: string, from = world.owner, method = name, args: object = {}, deposit = 0n) => {
      const { gasBurntTGas } = await world.call(from, method, args, { deposit, gas: 300n * TGAS })
      calls[name] = Math.round(gasBurntTGas * 1000) / 1000
    }
    const [first] = world.feeders
    const price = usd(0.05)
    await measure('report_prices', first, 'report_prices', { prices: [{ asset_id: world.asset, price }] })
    await measure('observe.first', world.owner, 'observe', { pool_id: 0 })
    await world.chain.advance(61_000)
    await measure('observe', world.owner, 'observe', { pool_id: 0 })
    const receiver = await world.chain.createAccount('receiver.test.near')
    await receiver.deploy(tinyContract({ oracle_on_call: [] }))
    const handed = { receiver_id: receiver.accountId, asset_ids: [world.asset], msg: '' }
    await measure('oracle_call', world.owner, 'oracle_call', handed, 1n)
    const assets = [world.asset]
    for (let i = 1; i < 16; i++) {
      assets.push(`asset-${i}.${'x'.repeat(50)}.near`)
      await world.call(world.owner, 'add_asset', { asset_id: assets[i] }, YOCTO)
    }
    const all = { prices: assets.map((asset_id) => ({ asset_id, price })) }
    for (const feeder of world.feeders.slice(0, 15))
      await world.call(feeder, 'report_prices', all, { gas: 300n * TGAS })
    await measure('report_prices.largest', world.feeders[15], 'report_prices', all)
    await measure('oracle_call.largest', world.owner, 'oracle_call', { receiver_id: receiver.accountId, msg: '' }, 1n)
    await measure('leave_feeder.largest', first, 'leave_feeder', {}, 1n)
    await holdGasTable('oracle', calls)
  })
})
