/** What does not arrive at once: large amounts and the guardian's time, vetoes and refunds, the queue behind the hourly limit. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { blyBridgeAbi } from '../../chain/client/evm/abi.gen.ts'
import { ONE_BLY } from '../../chain/lib/units.ts'
import { readBacking } from '../../oracle/relayer/watch.ts'
import { GUARDIAN } from '../../scripts/bridge/start.ts'
import { keyPath } from '../../scripts/up/keys.ts'
import { type BridgeWorld, startBridgeWorld } from '../fixtures/bridgeWorld.ts'

/** Half of it may go at once, and flows back within an hour: 0.1 BLY a second. */
const HOURLY = 720n * ONE_BLY
const VETO_DELAY_S = 12n

describe('transfers that have to wait', function () {
  this.timeout(180_000)
  let world: BridgeWorld
  let dir: string

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-delays-'))
    const limits = { hourlyLimit: HOURLY, largeAmount: 100n * ONE_BLY, vetoDelay: VETO_DELAY_S }
    world = await startBridgeWorld(dir, { limits })
  })
  after(async () => {
    await world?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  async function send(to: 'evm' | 'near', amount: string): Promise<string> {
    const receiver = to === 'evm' ? world.bob.address : world.alice
    const key = to === 'evm' ? ['--key', world.aliceKey] : ['--evm-key', world.bobKey]
    const place = ['--deployment', world.bridge.file, '--receiver', receiver, '--yes', '--detach', '--json']
    const { lines } = await world.blyan('bridge', 'send', '--to', to, '--amount', amount, ...key, ...place)
    expect(lines.at(-1), JSON.stringify(lines)).to.have.property('id')
    return String(lines.at(-1)!.id)
  }

  async function veto(id: string): Promise<void> {
    const keys = ['--key', keyPath(dir, GUARDIAN), '--evm-key', join(dir, 'bridge', 'guardian.evm.json')]
    const args = ['bridge', 'guard', 'veto', id, '--deployment', world.bridge.file, ...keys, '--yes', '--json']
    const { code, lines } = await world.blyan(...args)
    expect(code, JSON.stringify(lines)).to.equal(0)
  }

  it('pays a large amount when the guardian’s time is over, on EVM and then on NEAR', async () => {
    const there = await send('evm', '110')
    expect((await world.reached(there, ['delayed'])).readyAt).to.be.a('number')
    await world.reached(there, ['minted'], 60_000)
    const back = await send('near', '105')
    await world.reached(back, ['delayed'])
    await world.reached(back, ['unlocked'], 60_000)
    expect((await readBacking(world)).excessAtto).to.equal(0n)
  })

  it('gives a vetoed amount back to its sender, on NEAR and on EVM, and pays it nowhere', async () => {
    const before = await world.balanceNear(world.alice)
    const there = await send('evm', '101')
    await world.reached(there, ['delayed'])
    await veto(there)
    await world.reached(there, ['refunded'], 60_000)
    expect(await world.balanceNear(world.alice)).to.equal(before)

    await world.reached(await send('evm', '99'), ['minted'])
    const held = await world.balanceEvm(world.bob.address)
    const back = await send('near', '102')
    await world.reached(back, ['delayed'])
    await veto(back)
    await world.reached(back, ['refunded'], 60_000)
    expect(await world.balanceEvm(world.bob.address)).to.equal(held)
    expect((await readBacking(world)).excessAtto).to.equal(0n)
  })

  it('pays what is above the hourly limit in its turn, without anybody’s doing', async () => {
    const free = async (): Promise<number> => Number((await world.evm.limits()).capacity / ONE_BLY)
    while ((await free()) > 90) await world.reached(await send('evm', '90'), ['minted'])
    await world.reached(await send('evm', String((await free()) + 3)), ['minted'], 90_000)
    expect((await world.evm.limits()).queueLength).to.equal(0n)
    const { bridge: address, startBlock } = world.bridge.deployment.evm
    const queued = await world.reader.getContractEvents({
      ...{ address, abi: blyBridgeAbi, eventName: 'Queued' },
      fromBlock: BigInt(startBlock),
    })
    expect(queued.length).to.be.greaterThan(0)
  })
})
