/** BLY over a bridge of real processes: there and back, without its receiver, without a signer, without a relayer. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ONE_BLY } from '../../chain/lib/units.ts'
import { readBacking } from '../../oracle/relayer/watch.ts'
import { killOnce, type Mover, prepareKills } from '../fixtures/bridgeKills.ts'
import { type BridgeWorld, startBridgeWorld, unregisteredAccount } from '../fixtures/bridgeWorld.ts'
import { killEvmOnce } from '../fixtures/evmNodeKills.ts'

describe('a bridge of three signers, of whom two are needed', function () {
  this.timeout(120_000)
  let world: BridgeWorld
  let dir: string
  let mover: Mover | undefined

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

  it('keeps as a credit what its receiver cannot take, until the receiver collects it', async () => {
    const carol = 'carol.test.near'
    const key = await unregisteredAccount(world, carol)
    const sent = await fromBob('send', '--to', 'near', '--amount', '0.5', '--receiver', carol, '--yes')
    expect(sent.lines.at(-1), JSON.stringify(sent.lines)).to.include({ state: 'credited' })
    expect(await world.near.credit(carol)).to.equal(ONE_BLY / 2n)
    const collected = await world.blyan('bridge', 'credit', ...place(), '--key', key, '--yes', '--json')
    expect(collected.code, JSON.stringify(collected.lines)).to.equal(0)
    expect(await world.balanceNear(carol)).to.equal(ONE_BLY / 2n)
    expect(await world.near.credit(carol)).to.equal(0n)
  })

  it('still carries when one signer is dead', async () => {
    world.bridge.process('signer-2').child.kill('SIGKILL')
    await world.bridge.process('signer-2').exited
    const sent = await fromAlice('send', '--to', 'evm', '--amount', '1', '--receiver', world.bob.address, '--yes')
    expect(sent.code, JSON.stringify(sent.lines)).to.equal(0)
    expect(sent.lines.at(-1)).to.include({ state: 'minted' })
    await world.bridge.restart('signer-2')
  })

  it('lets users carry their own signatures when nobody relays, both ways', async () => {
    world.bridge.process('relayer').child.kill('SIGKILL')
    await world.bridge.process('relayer').exited
    const keys = ['--key', world.aliceKey, '--evm-key', world.bobKey]
    const there = await fromAlice(
      'send',
      '--to',
      'evm',
      '--amount',
      '3',
      '--receiver',
      world.bob.address,
      '--yes',
      '--detach',
    )
    const id = String(there.lines.at(-1)!.id)
    await world.reached(id, ['signed'])
    const carried = await world.blyan('bridge', 'carry', id, ...place(), ...keys, '--yes', '--json')
    expect(carried.lines.at(-1), JSON.stringify(carried.lines)).to.include({ type: 'done', state: 'minted' })
    const back = await fromBob('send', '--to', 'near', '--amount', '1', '--receiver', world.alice, '--yes', '--detach')
    const carriedBack = await world.blyan(
      'bridge',
      'carry',
      String(back.lines.at(-1)!.id),
      ...place(),
      ...keys,
      '--yes',
      '--json',
    )
    expect(carriedBack.lines.at(-1), JSON.stringify(carriedBack.lines)).to.include({ type: 'done', state: 'unlocked' })
    await world.bridge.restart('relayer')
  })

  it('shows how it stands, each transfer of an account, and one transfer with its times', async () => {
    const status = await world.blyan('bridge', 'status', ...place())
    expect(status.code).to.equal(0)
    const listed = await fromAlice('list')
    expect(listed.code).to.equal(0)
    const first = await world.reached('near-evm:0', ['minted'])
    expect(first.times.locked).to.be.a('number')
    // Two clocks, one of whole seconds.
    expect(first.times.minted! > first.times.locked! - 5_000).to.equal(true)
    expect((await world.blyan('bridge', 'status', 'near-evm:0', ...place())).code).to.equal(0)
    expect((await world.blyan('bridge', 'status', 'near-evm:999', ...place())).code).to.equal(2)
    const anchored = await world.blyan('receipt', 'anchor', ...place())
    expect(anchored.code).to.equal(0)
  })

  it('signs nothing that was not agreed to, or that the bridge would refuse', async () => {
    const before = await world.balanceNear(world.alice)
    const send = (...more: string[]) => fromAlice('send', '--to', 'evm', ...more)
    const to = ['--receiver', world.bob.address]
    const cases: [string, string[]][] = [
      ['CLI_NEEDS_ANSWER', ['--amount', '5', ...to]],
      ['CLI_USAGE', ['--amount', '5', ...to, '--max', '4', '--yes']],
      ['CLI_USAGE', ['--amount', '5', '--receiver', `${world.bob.address.slice(0, -1)}`, '--yes']],
      ['BRIDGE_AMOUNT', ['--amount', '0.001', ...to, '--yes']],
      ['BRIDGE_AMOUNT', ['--amount', '1000000.5', ...to, '--yes']],
      ['CLI_USAGE', ['--amount', '999999.99', ...to, '--yes']],
    ]
    for (const [error, args] of cases) {
      const { code, lines } = await send(...args)
      expect(code, args.join(' ')).to.equal(2)
      expect((lines[0]!.error as { code: string }).code, args.join(' ')).to.equal(error)
    }
    expect(await world.balanceNear(world.alice)).to.equal(before)
  })

  for (const [victim, point] of [
    ['relayer', 'after-submit'],
    ['signer-1', 'after-journal'],
  ] as const) {
    it(`loses, doubles and signs twice nothing when ${victim} is killed ${point.replace('-', ' ')}, both ways under way`, async () => {
      mover ??= await prepareKills(world, 2)
      await killOnce(world, mover, victim, point, 1)
    })
  }

  it('pays out what was burned, signs nothing more and mints nothing again when the EVM node is killed and begins anew', async () => {
    await killEvmOnce(world, 'both-signed')
  })
})
