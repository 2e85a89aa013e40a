/** Random sequences of calls on BlyBridge against a model of it: what it holds after each, whatever the order. */
import { expect } from 'chai'
import fc from 'fast-check'
import { BridgeModel } from '../fixtures/bridgeEvmModel.ts'
import { BLY, type BridgeWorld, deployBridge, TRANSFER_STATES } from '../fixtures/evmBridge.ts'
import { type EvmNetwork, refusal, revertOf, type Sent, startEvmNetwork } from '../fixtures/evmNetwork.ts'

const CONFIG = { minAmount: BLY, hourlyLimit: 2000n * BLY, largeAmount: 600n * BLY, vetoDelay: 1800n }

const nonce = fc.bigInt({ min: 0n, max: 40n })
const amount = fc.oneof(
  fc.bigInt({ min: 0n, max: 1100n }).map((bly) => bly * BLY),
  fc.constantFrom(BLY - 1n, BLY, 600n * BLY - 1n, 600n * BLY, 1000n * BLY, 1000n * BLY + 1n),
)
const operation = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('mint' as const), nonce, amount }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('burn' as const), amount }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refund' as const), nonce: fc.bigInt({ min: 0n, max: 6n }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('release' as const), max: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('releaseDelayed' as const), nonce }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('veto' as const), nonce }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('pauseWith' as const), nonce: fc.bigInt({ min: 0n, max: 2n }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unpause' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 2400 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.constant(260_000) }) },
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

describe('invariants of the bridge on EVM', function () {
  this.timeout(60_000)
  let evm: EvmNetwork
  let world: BridgeWorld

  before(async () => {
    evm = await startEvmNetwork()
    world = await deployBridge({ network: evm, config: CONFIG })
  })
  after(() => evm.close())

  const holder = () => evm.accounts[5]!

  async function onChain(op: Exclude<Operation, { kind: 'pass' }>): Promise<Sent> {
    const { bridge, guardian } = world
    switch (op.kind) {
      case 'mint':
        return world.mint({ nonce: op.nonce, amount: op.amount })
      case 'burn':
        return world.burn(holder(), op.amount)
      case 'refund':
        return world.refund(op.nonce)
      case 'release':
        return evm.send(bridge, 'release', [BigInt(op.max)])
      case 'releaseDelayed':
        return evm.send(bridge, 'releaseDelayed', [op.nonce])
      case 'veto':
        return evm.send(bridge, 'veto', [op.nonce], guardian)
      case 'pause':
        return evm.send(bridge, 'pause', [], guardian)
      case 'unpause':
        return evm.send(bridge, 'unpause', [], guardian)
      case 'pauseWith': {
        const payload = { nonce: op.nonce, epoch: 1n, direction: 0 }
        return evm.send(bridge, 'pauseWith', [payload, await world.sign('Pause', payload)])
      }
    }
  }

  function onModel(model: BridgeModel, now: bigint, op: Exclude<Operation, { kind: 'pass' }>): boolean {
    switch (op.kind) {
      case 'mint':
        return model.mint(now, op.nonce, op.amount)
      case 'burn':
        return model.burn(now, op.amount)
      case 'refund':
        return model.refund(now, op.nonce)
      case 'release':
        return model.release(now, op.max)
      case 'releaseDelayed':
        return model.releaseDelayed(now, op.nonce)
      case 'veto':
        return model.veto(op.nonce)
      case 'pause':
        return model.pause(now)
      case 'unpause':
        return model.unpause(now)
      case 'pauseWith':
        return model.pauseWith(now, op.nonce)
    }
  }

  async function expectAgreement(model: BridgeModel): Promise<void> {
    const { attested, minted, refundedMinted, burned, burns } = await world.totals()
    const supply = await world.totalSupply()
    expect([attested, minted, refundedMinted, burned, burns]).to.deep.equal([
      model.attested,
      model.minted,
      model.refundedMinted,
      model.burned,
      BigInt(model.burns.length),
    ])
    expect(minted <= attested, 'minted ≤ attested').to.equal(true)
    expect(refundedMinted <= burned, 'refunded ≤ burned').to.equal(true)
    expect(supply, 'supply').to.equal(minted + refundedMinted - burned)
    expect(await world.balanceOf(holder()), 'all of it with its owner').to.equal(supply)
    const { queueLength, capacityLeft, pausedUntil } = await world.limits()
    expect([queueLength, capacityLeft, pausedUntil]).to.deep.equal([
      BigInt(model.queue.length),
      model.capacityLeft(await evm.now()),
      model.pausedUntil,
    ])
  }

  it('agree with the model after every call of random sequences, and no 3,600 s hold more than the limit', async () => {
    let accepted = 0
    let refused = 0
    let queued = 0
    const play = async (operations: Operation[]): Promise<void> => {
      const model = new BridgeModel(CONFIG)
      const paid: string[] = []
      for (const op of operations) {
        if (op.kind === 'pass') {
          await evm.pass(op.seconds)
          continue
        }
        // A block a second: the trial and the call see the same time.
        const now = (await evm.now()) + 1n
        await evm.request('evm_setNextBlockTimestamp', [Number(now)])
        const before = model.paid.length
        const sent = await onChain(op).catch((error: unknown) => revertOf(error) && null)
        const context = JSON.stringify(op, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
        const took = onModel(model, now, op)
        expect(sent !== null, context).to.equal(took)
        if (sent === null) {
          refused++
          await evm.request('evm_mine')
        } else {
          accepted++
          const events = sent.events.filter(({ name }) => name === 'Minted' || name === 'Refunded')
          paid.push(...events.map(({ name, args }) => `${name === 'Minted' ? 'mint' : 'refund'} ${args.nonce}`))
          const modelPaid = model.paid.map(({ kind, nonce: of }) => `${kind} ${of}`)
          expect(paid, `order of payment, ${context}`).to.deep.equal(modelPaid)
          queued += model.paid.length === before && op.kind === 'mint' ? 1 : 0
        }
        await expectAgreement(model)
      }
      expect(model.fullestHour() <= CONFIG.hourlyLimit, 'the fullest hour').to.equal(true)
      for (const [of, state] of model.states) {
        expect(TRANSFER_STATES[(await world.transferOf(of)).state], `transfer ${of}`).to.equal(state)
      }
    }
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 30, maxLength: 60, size: 'max' }), (operations) =>
        evm.trying(() => play(operations)),
      ),
      { seed: 20_261_121, numRuns: 25 },
    )
    expect(accepted, 'accepted').to.be.greaterThan(250)
    expect(refused, 'refused').to.be.greaterThan(100)
    expect(queued, 'delayed or queued').to.be.greaterThan(30)
  })

  it('a bridge filled to the brim every second pays one hourly limit in its first hour and half of one in each next', () =>
    evm.trying(async () => {
      const model = new BridgeModel(CONFIG)
      let next = 0n
      const end = (await evm.now()) + 2n * 3600n
      while ((await evm.now()) < end) {
        await evm.pass(299n)
        const now = (await evm.now()) + 1n
        const left = model.capacityLeft(now)
        for (let rest = left; rest >= BLY; ) {
          const part = rest < 500n * BLY ? rest : 500n * BLY
          const at = (await evm.now()) + 1n
          await evm.request('evm_setNextBlockTimestamp', [Number(at)])
          await world.mint({ nonce: next, amount: part })
          expect(model.mint(at, next++, part)).to.equal(true)
          rest -= part
        }
      }
      const most = model.fullestHour()
      expect(most <= CONFIG.hourlyLimit).to.equal(true)
      expect(most > (CONFIG.hourlyLimit * 9n) / 10n).to.equal(true)
      expect((await world.totals()).minted).to.equal(model.minted)
      expect(await refusal(world.mint({ nonce: next, amount: 0n }))).to.equal('BlyBridgeAmountOutOfRange')
    }))
})
