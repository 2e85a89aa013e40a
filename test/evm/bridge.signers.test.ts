/** Epochs, rotation and pause of BlyBridge. */
import { expect } from 'chai'
import {
  type BridgeWorld,
  deployBridge,
  digestOf,
  makeSigners,
  type Payload,
  type Signer,
} from '../fixtures/evmBridge.ts'
import { type EvmNetwork, refusal, revertOf, type Sent, startEvmNetwork } from '../fixtures/evmNetwork.ts'

const HOURS_72 = 72n * 3600n

describe('signers of the bridge on EVM', () => {
  let evm: EvmNetwork
  let world: BridgeWorld
  const next = makeSigners(4, 'next')

  before(async () => {
    evm = await startEvmNetwork()
    world = await deployBridge({ network: evm })
  })
  after(() => evm.close())

  const check = (name: string, act: () => Promise<void>) => it(name, () => evm.trying(act))
  const rotation = async (over: Payload = {}): Promise<Payload> => ({
    epoch: 2n,
    signers: next.map(({ address }) => address),
    k: 3,
    validFrom: (await evm.now()) + 4000n,
    ...over,
  })
  const rotate = async (
    payload: Payload,
    { old = world.quorum, all = next }: { old?: readonly Signer[]; all?: readonly Signer[] } = {},
  ): Promise<Sent> => {
    const signatures = [await world.sign('Rotate', payload, old), await world.sign('Rotate', payload, all)]
    return evm.send(world.bridge, 'rotate', [payload, ...signatures])
  }
  const vetoRotation = (from = world.guardian) => evm.send(world.bridge, 'vetoRotation', [], from)
  const active = () => evm.read<bigint>(world.bridge, 'activeEpoch')
  const latest = () => evm.read<bigint>(world.bridge, 'latestEpoch')

  check('the next epoch begins at its second, and the old one ends there', async () => {
    const payload = await rotation()
    const { events } = await rotate(payload)
    expect(events).to.deep.equal([{ name: 'RotationScheduled', args: payload }])
    expect([await active(), await latest()]).to.deep.equal([1n, 2n])
    const { signers, k, validFrom } = payload
    expect(await evm.read(world.bridge, 'signersOf', [2n])).to.deep.equal({ signers, k, validFrom })

    const old = await world.sign('Lock', world.lock({ nonce: 1n }))
    const late = await world.sign('Lock', world.lock({ nonce: 2n, epoch: 2n }), next.slice(0, 3))
    const mintOld = () => evm.send(world.bridge, 'mint', [world.lock({ nonce: 1n }), old])
    const mintNew = () => evm.send(world.bridge, 'mint', [world.lock({ nonce: 2n, epoch: 2n }), late])
    const from = payload.validFrom as bigint
    // A trial call runs at the time of the next block.
    await evm.request('evm_setNextBlockTimestamp', [Number(from - 2n)])
    await evm.request('evm_mine')
    expect(await refusal(mintNew())).to.equal('BlyBridgeEpochNotActive')
    await evm.trying(mintOld)
    await evm.request('evm_setNextBlockTimestamp', [Number(from)])
    await evm.request('evm_mine')
    expect(await active()).to.equal(2n)
    expect(await mintOld().catch(revertOf)).to.deep.equal({ name: 'BlyBridgeEpochNotActive', args: [1n, 2n] })
    await mintNew()
  })

  check('a rotation needs k of the old signers and each of the new ones', async () => {
    const payload = await rotation()
    const one = world.signers.slice(0, 1)
    expect(await refusal(rotate(payload, { old: one }))).to.equal('BlyBridgeTooFewSignatures')
    expect(await refusal(rotate(payload, { old: next.slice(0, 2) }))).to.equal('BlyBridgeSignerUnknown')
    expect(await refusal(rotate(payload, { all: next.slice(0, 3) }))).to.equal('BlyBridgeTooFewSignatures')
    expect(await refusal(rotate(payload, { all: [...next].reverse() }))).to.equal('BlyBridgeSignatureUnsorted')
    await rotate(payload, { old: world.signers })
  })

  check('a rotation keeps its delay, its number and its rules', async () => {
    // The trial runs one second after the last block.
    const soon = (await evm.now()) + 3600n
    expect(await refusal(rotate(await rotation({ validFrom: soon })))).to.equal('BlyBridgeRotationTooSoon')
    for (const epoch of [0n, 1n, 3n]) {
      expect(await refusal(rotate(await rotation({ epoch })))).to.equal('BlyBridgeEpochNotNext')
    }
    for (const k of [0, 2, 5])
      expect(await refusal(rotate(await rotation({ k }))), `k ${k}`).to.equal('BlyBridgeSignersInvalid')
    const [a, b] = [next[0]!.address, next[1]!.address]
    for (const signers of [[], [b, a], [a, a], ['0x0000000000000000000000000000000000000000', a]]) {
      expect(await refusal(rotate(await rotation({ signers, k: signers.length })))).to.equal('BlyBridgeSignersInvalid')
    }
    const many = makeSigners(33).map(({ address }) => address)
    expect(await refusal(rotate(await rotation({ signers: many, k: 17 })))).to.equal('BlyBridgeSignersInvalid')
  })

  check('32 signers are the most, and one alone may serve', async () => {
    const all = makeSigners(32, 'many')
    await rotate(await rotation({ signers: all.map(({ address }) => address), k: 17 }), { all })
    await vetoRotation()
    const one = makeSigners(1, 'one')
    await rotate(await rotation({ signers: [one[0]!.address], k: 1 }), { all: one })
  })

  check('one rotation at most is pending', async () => {
    await rotate(await rotation())
    expect(await refusal(rotate(await rotation({ validFrom: (await evm.now()) + 5000n })))).to.equal(
      'BlyBridgeRotationPending',
    )
  })

  check('the guardian takes a pending rotation back, and the same never comes again', async () => {
    const payload = await rotation()
    expect(await refusal(vetoRotation())).to.equal('BlyBridgeRotationNotPending')
    await rotate(payload)
    expect(await refusal(vetoRotation(evm.accounts[0]!))).to.equal('BlyBridgeNotGuardian')
    const digest = digestOf(world.domain, 'Rotate', payload)
    expect((await vetoRotation()).events).to.deep.equal([{ name: 'RotationVetoed', args: { epoch: 2n, digest } }])
    expect([await active(), await latest()]).to.deep.equal([1n, 1n])
    const { signers } = await evm.read<{ signers: string[] }>(world.bridge, 'signersOf', [2n])
    expect(signers).to.deep.equal([])
    expect(await refusal(rotate(payload))).to.equal('BlyBridgeRotationRefused')
    await rotate(await rotation({ validFrom: (payload.validFrom as bigint) + 1n }))
    await evm.pass(5000n)
    expect(await refusal(vetoRotation())).to.equal('BlyBridgeRotationNotPending')
    expect(await active()).to.equal(2n)
  })

  check('the epoch after next is signed by the next', async () => {
    await rotate(await rotation())
    await evm.pass(4000n)
    const payload = await rotation({ epoch: 3n, signers: world.config.signers, k: 2 })
    expect(await refusal(rotate(payload, { old: world.signers, all: world.signers }))).to.equal(
      'BlyBridgeSignerUnknown',
    )
    await rotate(payload, { old: next.slice(1), all: world.signers })
    await evm.pass(4000n)
    expect(await active()).to.equal(3n)
    await world.mint({ epoch: 3n })
  })
})

describe('pause of the bridge on EVM', () => {
  let evm: EvmNetwork
  let world: BridgeWorld

  before(async () => {
    evm = await startEvmNetwork()
    world = await deployBridge({ network: evm, config: { largeAmount: 10n ** 21n } })
  })
  after(() => evm.close())

  const check = (name: string, act: () => Promise<void>) => it(name, () => evm.trying(act))
  const pause = (from = world.guardian) => evm.send(world.bridge, 'pause', [], from)
  const unpause = (from = world.guardian) => evm.send(world.bridge, 'unpause', [], from)
  const pauseWith = async (over: Payload = {}): Promise<Sent> => {
    const payload = { nonce: 0n, epoch: 1n, direction: 0, ...over }
    return evm.send(world.bridge, 'pauseWith', [payload, await world.sign('Pause', payload)])
  }
  const status = () => evm.read<object>(world.bridge, 'pauseStatus')

  check('stands still for 72 hours: nothing is minted, burned, released or refunded', async () => {
    await world.mint({ receiver: evm.accounts[5] })
    await world.mint({ nonce: 1n, amount: 10n ** 21n })
    await world.burn(evm.accounts[5]!, 10n ** 18n)
    await evm.pass(3600n)
    const { events } = await pause()
    const until = (await evm.now()) + HOURS_72
    expect(events).to.deep.equal([{ name: 'Paused', args: { until, number: 1n } }])
    expect(await status()).to.deep.equal({ until, pauses: 1n, guardianMayPause: false })
    const refused = [
      () => world.mint({ nonce: 2n }),
      () => world.burn(evm.accounts[5]!, 10n ** 18n),
      () => evm.send(world.bridge, 'release', [1n]),
      () => evm.send(world.bridge, 'releaseDelayed', [1n]),
      () => world.refund(0n),
      () => pause(),
      () => pauseWith({ nonce: 1n }),
    ]
    for (const call of refused) expect(await refusal(call())).to.equal('BlyBridgePaused')
    expect((await world.limits()).pausedUntil).to.equal(until)
    // BLY itself moves on, and the guardian still vetoes.
    await evm.send(world.token, 'transfer', [evm.accounts[6]!, 1n], evm.accounts[5]!)
    await evm.trying(() => evm.send(world.bridge, 'veto', [1n], world.guardian))
    await evm.request('evm_setNextBlockTimestamp', [Number(until - 2n)])
    await evm.request('evm_mine')
    expect(await refusal(world.mint({ nonce: 2n }))).to.equal('BlyBridgePaused')
    await evm.pass(2n)
    await world.mint({ nonce: 2n })
  })

  check('the guardian pauses once alone; each further pause needs k signatures over its number', async () => {
    expect(await refusal(pause(evm.accounts[0]!))).to.equal('BlyBridgeNotGuardian')
    await pause()
    await evm.pass(HOURS_72)
    expect(await refusal(pause())).to.equal('BlyBridgePauseSpent')
    expect(await refusal(pauseWith())).to.equal('BlyBridgePauseNotNext')
    expect(await refusal(pauseWith({ nonce: 1n, direction: 1 }))).to.equal('BlyBridgeDirectionWrong')
    expect(await refusal(pauseWith({ nonce: 1n, epoch: 2n }))).to.equal('BlyBridgeEpochNotActive')
    expect((await pauseWith({ nonce: 1n })).events[0]!.args.number).to.equal(2n)
    await evm.pass(HOURS_72)
    expect(await refusal(pauseWith({ nonce: 1n }))).to.equal('BlyBridgePauseNotNext')
  })

  check("signers may pause before the guardian, and do not spend the guardian's", async () => {
    await pauseWith()
    await evm.pass(HOURS_72)
    await pause()
  })

  check('the guardian ends a pause early, and no other', async () => {
    expect(await refusal(unpause())).to.equal('BlyBridgeNotPaused')
    await pause()
    expect(await refusal(unpause(evm.accounts[0]!))).to.equal('BlyBridgeNotGuardian')
    expect((await unpause()).events).to.deep.equal([{ name: 'Unpaused', args: {} }])
    await world.mint()
    expect(await refusal(unpause())).to.equal('BlyBridgeNotPaused')
  })
})
