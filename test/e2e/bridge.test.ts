/** BLY over a bridge of real processes: there and back, without its receiver, without a signer, without a relayer. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ONE_BLY } from '../../chain/lib/units.ts'
import { readBacking } from '../../oracle/relayer/watch.ts'
import { type BridgeWorld, startBridgeWorld, unregisteredAccount } from '../fixtures/bridgeWorld.ts'

describe('a bridge of three signers, of whom two are needed', function () {
  this.timeout(120_000)
  let world: BridgeWorld
  let dir: string

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-bridge-'))
    world = await startBridgeWorld(dir)
  })
  after(async () => {
    await world?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const place = (): string[] => ['--deployment', world.bridge.file]
  const fromAlice = (...args: string[]) => world.blyan('bridge', ...args, ...place(), '--key', world.aliceKey, '--json')
  const fromBob = (...args: string[]) => world.blyan('bridge', ...args, ...place(), '--evm-key', world.bobKey, '--json')

  it('carries BLY from NEAR to EVM and back, and both chains add up', async () => {
    const before = await world.balanceNear(world.alice)
    const sent = await fromAlice('send', '--to', 'evm', '--amount', '5', '--receiver', world.bob.address, '--yes')
    expect(sent.code, JSON.stringify(sent.lines)).to.equal(0)
    const states = sent.lines.filter(({ type }) => type === 'state').map(({ state }) => state)
    expect(states.at(-1)).to.equal('minted')
    expect(await world.balanceEvm(world.bob.address)).to.equal(5n * ONE_BLY)
    expect(await world.balanceNear(world.alice)).to.equal(before - 5n * ONE_BLY)

    const back = await fromBob('send', '--to', 'near', '--amount', '2', '--receiver', world.alice, '--yes')
    expect(back.code, JSON.stringify(back.lines)).to.equal(0)
    expect(back.lines.at(-1)).to.include({ type: 'done', id: 'evm-near:0', state: 'unlocked' })
    expect(await world.balanceNear(world.alice)).to.equal(before - 3n * ONE_BLY)
    expect(await readBacking(world)).to.deep.equal({
      lockedAtto: 3n * ONE_BLY,
      mintedAtto: 3n * ONE_BLY,
      excessAtto: 0n,
    })
  })
})
