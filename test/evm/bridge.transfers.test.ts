/** Mint, burn, delay, veto, queue and refund of BlyBridge: state, event and balance of each. */
import { expect } from 'chai'
import { keccak256, toHex, zeroAddress } from 'viem'
import { BLY, type BridgeWorld, deployBridge, TRANSFER_STATES } from '../fixtures/evmBridge.ts'
import { type EvmNetwork, refusal, revertOf, startEvmNetwork } from '../fixtures/evmNetwork.ts'

describe('transfers over the bridge on EVM', () => {
  let evm: EvmNetwork
  let world: BridgeWorld

  before(async () => {
    evm = await startEvmNetwork()
    world = await deployBridge({ network: evm, config: { hourlyLimit: 4000n * BLY, largeAmount: 1000n * BLY } })
  })
  after(() => evm.close())

  const receiver = () => evm.accounts[5]!
  const stateOf = async (nonce: bigint) => TRANSFER_STATES[(await world.transferOf(nonce)).state]
  const release = (max: bigint) => evm.send(world.bridge, 'release', [max])
  const releaseDelayed = (nonce: bigint) => evm.send(world.bridge, 'releaseDelayed', [nonce])
  const veto = (nonce: bigint, from = world.guardian) => evm.send(world.bridge, 'veto', [nonce], from)
  /** Takes the whole capacity with four mints. */
  const fill = async (from = 100n): Promise<void> => {
    for (let i = 0n; i < 4n; i++) await world.mint({ nonce: from + i, amount: 500n * BLY })
  }
  const check = (name: string, act: () => Promise<void>) => it(name, () => evm.trying(act))

  check('mints what two of three attest, once, to the receiver named', async () => {
    const { events } = await world.mint({ amount: 10n * BLY })
    const source = keccak256(toHex('lock 0'))
    expect(events.at(0)).to.deep.equal({
      name: 'Minted',
      args: { nonce: 0n, receiver: receiver(), amount: 10n * BLY, source },
    })
    expect(await world.balanceOf(receiver())).to.equal(10n * BLY)
    expect(await world.totalSupply()).to.equal(10n * BLY)
    const expected = { attested: 10n * BLY, minted: 10n * BLY, refundedMinted: 0n, burned: 0n, burns: 0n }
    expect(await world.totals()).to.deep.equal(expected)
    expect([await stateOf(0n), await stateOf(1n)]).to.deep.equal(['paid', 'none'])
    expect(await evm.read(world.bridge, 'isNonceUsed', [0n])).to.equal(true)
    expect(await refusal(world.mint({ amount: 10n * BLY }))).to.equal('BlyBridgeNonceUsed')
  })

  check('takes nonces in any order, the greatest too', async () => {
    for (const nonce of [2n ** 64n - 1n, 255n, 256n, 0n]) await world.mint({ nonce })
    expect(await world.totalSupply()).to.equal(40n * BLY)
    expect(await evm.read(world.bridge, 'isNonceUsed', [1n])).to.equal(false)
  })

  check('refuses amounts below the least and above the most, and the zero address', async () => {
    for (const amount of [0n, BLY / 100n - 1n, 2000n * BLY + 1n, 2n ** 256n - 1n]) {
      expect(await refusal(world.mint({ amount })), `${amount}`).to.equal('BlyBridgeAmountOutOfRange')
      expect(await refusal(world.burn(receiver(), amount)), `${amount}`).to.equal('BlyBridgeAmountOutOfRange')
    }
    expect(await refusal(world.mint({ receiver: zeroAddress }))).to.equal('BlyBridgeReceiverZero')
    await world.mint({ amount: BLY / 100n })
  })

  check("burns the caller's units for an account on NEAR and counts nonces from 0", async () => {
    await world.mint({ amount: 10n * BLY })
    const first = await world.burn(receiver(), 4n * BLY, 'alice.near')
    const args = { nonce: 0n, sender: receiver(), receiver: 'alice.near', amount: 4n * BLY }
    expect(first.events.at(0)).to.deep.equal({ name: 'Burned', args })
    expect((await world.burn(receiver(), BLY)).events.at(0)!.args.nonce).to.equal(1n)
    expect(await world.balanceOf(receiver())).to.equal(5n * BLY)
    const record = await evm.read(world.bridge, 'burnOf', [0n])
    expect(record).to.deep.equal({ burner: receiver(), amount: 4n * BLY, refunded: false })
    const { burned, burns } = await world.totals()
    expect([burned, burns]).to.deep.equal([5n * BLY, 2n])
  })

  check('burns nothing for a name that NEAR does not take, nor what the caller does not have', async () => {
    await world.mint({ amount: 10n * BLY })
    for (const name of ['', 'a', 'Alice.near', 'alice..near', 'x'.repeat(65)]) {
      expect(await refusal(world.burn(receiver(), BLY, name)), name).to.equal('BlyBridgeReceiverInvalid')
    }
    expect(await refusal(world.burn(receiver(), 11n * BLY))).to.equal('ERC20InsufficientBalance')
    expect(await refusal(world.burn(evm.accounts[6]!, BLY))).to.equal('ERC20InsufficientBalance')
  })

  check('a large amount waits its delay and is then paid by anyone', async () => {
    const { events } = await world.mint({ amount: 1000n * BLY })
    const readyAt = (await evm.now()) + 3600n
    expect(events.at(0)).to.deep.equal({
      name: 'Delayed',
      args: { nonce: 0n, receiver: receiver(), amount: 1000n * BLY, readyAt },
    })
    expect(await world.transferOf(0n)).to.deep.equal({ state: 1, receiver: receiver(), amount: 1000n * BLY, readyAt })
    expect(await world.totalSupply()).to.equal(0n)
    const early = await releaseDelayed(0n).catch(revertOf)
    expect(early).to.deep.equal({ name: 'BlyBridgeDelayRunning', args: [0n, readyAt] })
    await evm.pass(3600n)
    const paid = await evm.send(world.bridge, 'releaseDelayed', [0n], evm.accounts[7]!)
    expect(paid.events.at(0)!.name).to.equal('Minted')
    expect([await stateOf(0n), await world.totalSupply()]).to.deep.equal(['paid', 1000n * BLY])
    expect(await refusal(releaseDelayed(0n))).to.equal('BlyBridgeNotDelayed')
  })

  check('a delayed transfer that finds the limit full joins the queue', async () => {
    await world.mint({ amount: 1000n * BLY })
    await evm.pass(3600n)
    await fill()
    const { events } = await releaseDelayed(0n)
    expect(events.at(0)!.args).to.deep.equal({ nonce: 0n, receiver: receiver(), amount: 1000n * BLY, position: 0n })
    expect(await stateOf(0n)).to.equal('queued')
    await evm.pass(1800n)
    expect((await release(5n)).events.map(({ args }) => args.nonce)).to.deep.equal([0n])
  })

  check(
    'what the guardian stops in the queue leaves it unpaid, takes nothing from the limit, and holds nobody up',
    async () => {
      await fill()
      for (const nonce of [20n, 21n, 22n]) await world.mint({ nonce, amount: 10n * BLY })
      const before = await world.totalSupply()
      expect((await veto(20n)).events).to.deep.equal([{ name: 'Vetoed', args: { nonce: 20n } }])
      await veto(22n)
      expect((await world.limits()).queueLength).to.equal(3n)
      await evm.pass(3600n)
      const { capacityLeft } = await world.limits()
      const { events } = await release(5n)
      expect(events.filter(({ name }) => name === 'Minted').map(({ args }) => args.nonce)).to.deep.equal([21n])
      expect(await Promise.all([20n, 21n, 22n].map(stateOf))).to.deep.equal(['vetoed', 'paid', 'vetoed'])
      expect(await world.totalSupply()).to.equal(before + 10n * BLY)
      expect((await world.limits()).capacityLeft >= capacityLeft - 10n * BLY).to.equal(true)
      expect((await world.limits()).queueLength).to.equal(0n)
    },
  )

  check('the guardian alone vetoes, only what waits, and for ever', async () => {
    await world.mint({ amount: 1000n * BLY })
    await world.mint({ nonce: 1n })
    expect(await refusal(veto(0n, receiver()))).to.equal('BlyBridgeNotGuardian')
    expect(await refusal(veto(1n))).to.equal('BlyBridgeNotWaiting')
    expect(await refusal(veto(9n))).to.equal('BlyBridgeNotWaiting')
    expect((await veto(0n)).events).to.deep.equal([{ name: 'Vetoed', args: { nonce: 0n } }])
    await evm.pass(7200n)
    expect(await refusal(releaseDelayed(0n))).to.equal('BlyBridgeNotDelayed')
    expect(await refusal(veto(0n))).to.equal('BlyBridgeNotWaiting')
    expect(await refusal(world.mint({ amount: 1000n * BLY }))).to.equal('BlyBridgeNonceUsed')
    expect([await stateOf(0n), await world.totalSupply()]).to.deep.equal(['vetoed', 10n * BLY])
  })

  check('what exceeds the limit queues, is paid first in first out, and what comes later waits behind', async () => {
    await fill()
    const queued = await world.mint({ nonce: 0n, amount: 600n * BLY })
    const args = { nonce: 0n, receiver: receiver(), amount: 600n * BLY, position: 0n }
    expect(queued.events.at(0)).to.deep.equal({ name: 'Queued', args })
    // Small enough for what will have leaked soon, yet not before its turn.
    expect((await world.mint({ nonce: 1n, amount: BLY })).events.at(0)!.args.position).to.equal(1n)
    await evm.pass(900n) // 500 of 2,000 an hour
    const { queueLength, capacityLeft } = await world.limits()
    expect(queueLength).to.equal(2n)
    expect(capacityLeft >= 500n * BLY && capacityLeft < 600n * BLY).to.equal(true)
    expect((await release(10n)).events).to.deep.equal([])
    await evm.pass(300n)
    expect((await world.mint({ nonce: 2n, amount: BLY })).events.at(0)!.name).to.equal('Queued')
    expect((await release(1n)).events.map(({ name, args }) => [name, args.nonce])).to.deep.equal([['Minted', 0n]])
    expect((await release(10n)).events.map(({ args }) => args.nonce)).to.deep.equal([1n, 2n])
    expect([await stateOf(0n), await stateOf(1n), await stateOf(2n)]).to.deep.equal(['paid', 'paid', 'paid'])
    expect((await release(10n)).events).to.deep.equal([])
    const { attested, minted } = await world.totals()
    expect([attested, minted]).to.deep.equal([2602n * BLY, 2602n * BLY])
  })

  check('a burn vetoed on NEAR comes back to its burner, once', async () => {
    await world.mint({ amount: 10n * BLY })
    await world.burn(receiver(), 4n * BLY)
    expect(await refusal(world.refund(1n))).to.equal('BlyBridgeBurnUnknown')
    expect(await refusal(world.refund(0n, { direction: 0 }))).to.equal('BlyBridgeDirectionWrong')
    expect(await refusal(world.refund(0n, { epoch: 2n }))).to.equal('BlyBridgeEpochNotActive')
    const { events } = await world.refund(0n)
    expect(events.at(0)).to.deep.equal({
      name: 'Refunded',
      args: { nonce: 0n, receiver: receiver(), amount: 4n * BLY },
    })
    expect(await world.balanceOf(receiver())).to.equal(10n * BLY)
    expect(await refusal(world.refund(0n))).to.equal('BlyBridgeNonceUsed')
    const expected = { attested: 10n * BLY, minted: 10n * BLY, refundedMinted: 4n * BLY, burned: 4n * BLY, burns: 1n }
    expect(await world.totals()).to.deep.equal(expected)
    expect((await evm.read<{ refunded: boolean }>(world.bridge, 'burnOf', [0n])).refunded).to.equal(true)
  })

  check('refunds pass the same limit and queue', async () => {
    await world.mint({ nonce: 50n, amount: 500n * BLY })
    await world.burn(receiver(), 300n * BLY)
    await world.mint({ nonce: 51n, amount: 700n * BLY })
    await world.mint({ nonce: 52n, amount: 790n * BLY })
    expect((await world.mint({ nonce: 53n, amount: 500n * BLY })).events.at(0)!.name).to.equal('Queued')
    const { events } = await world.refund(0n)
    const args = { nonce: 0n, receiver: receiver(), amount: 300n * BLY, position: 1n }
    expect(events.at(0)).to.deep.equal({ name: 'RefundQueued', args })
    expect(await refusal(world.refund(0n))).to.equal('BlyBridgeNonceUsed')
    await evm.pass(1000n)
    expect((await release(9n)).events.map(({ name }) => name)).to.deep.equal(['Minted'])
    await evm.pass(60n)
    expect((await release(9n)).events).to.deep.equal([])
    await evm.pass(540n)
    expect((await release(9n)).events.map(({ name }) => name)).to.deep.equal(['Refunded'])
    const { minted, refundedMinted, burned } = await world.totals()
    expect(await world.totalSupply()).to.equal(minted + refundedMinted - burned)
  })

  check('says its bounds', async () => {
    expect(await world.limits()).to.deep.equal({
      capacityLeft: 2000n * BLY,
      queueLength: 0n,
      pausedUntil: 0n,
      minAmount: BLY / 100n,
      maxAmount: 2000n * BLY,
      hourlyLimit: 4000n * BLY,
      largeAmount: 1000n * BLY,
      vetoDelay: 3600n,
      rotationDelay: 3600n,
    })
  })

  it('is not deployed with a configuration that breaks its rules', async () => {
    const refused = async (config: object): Promise<string | null> => refusal(deployBridge({ network: evm, config }))
    expect(await refused({ guardian: zeroAddress })).to.equal('BlyBridgeConfigInvalid')
    expect(await refused({ minAmount: 0n })).to.equal('BlyBridgeConfigInvalid')
    expect(await refused({ minAmount: 3n * BLY, hourlyLimit: 4n * BLY })).to.equal('BlyBridgeConfigInvalid')
    expect(await refused({ hourlyLimit: 2n ** 97n })).to.equal('BlyBridgeConfigInvalid')
    expect(await refused({ k: 1 })).to.equal('BlyBridgeSignersInvalid')
    expect(await refused({ k: 4 })).to.equal('BlyBridgeSignersInvalid')
    expect(await refused({ signers: [], k: 0 })).to.equal('BlyBridgeSignersInvalid')
  })
})
