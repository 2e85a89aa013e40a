/** Random sequences of calls on BlyBridge against a model of it: what it holds after each, whatever the order. */
import { AssertionError, expect } from 'chai'
import fc from 'fast-check'
import { BridgeModel } from '../fixtures/bridgeEvmModel.ts'
import { operation, PLAY_CONFIG, playOnBridge } from '../fixtures/bridgeEvmPlay.ts'
import { NO_DOMAIN, WEAK_BRIDGES } from '../fixtures/bridgeEvmWeak.ts'
import { BLY, type BridgeWorld, deployBridge } from '../fixtures/evmBridge.ts'
import { type EvmNetwork, refusal, startEvmNetwork } from '../fixtures/evmNetwork.ts'

const OPTIONS = { seed: 20_261_121, numRuns: 25 }
const operations = fc.array(operation, { minLength: 30, maxLength: 60, size: 'max' })

describe('invariants of the bridge on EVM', function () {
  this.timeout(120_000)
  let evm: EvmNetwork
  let world: BridgeWorld

  before(async () => {
    evm = await startEvmNetwork()
    world = await deployBridge({ network: evm, config: PLAY_CONFIG })
  })
  after(() => evm.close())

  const property = (of: BridgeWorld, onPlayed: (played: Awaited<ReturnType<typeof playOnBridge>>) => void = () => {}) =>
    fc.asyncProperty(operations, (sequence) => evm.trying(async () => onPlayed(await playOnBridge(of, sequence))))

  it('agree with the model after every call of random sequences, and no 3,600 s hold more than the limit', async () => {
    const sum = { accepted: 0, refused: 0, waited: 0 }
    const count = (played: typeof sum): void => {
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += played[key]
    }
    await fc.assert(property(world, count), OPTIONS)
    expect(sum.accepted, 'accepted').to.be.greaterThan(250)
    expect(sum.refused, 'refused').to.be.greaterThan(100)
    expect(sum.waited, 'delayed or queued').to.be.greaterThan(30)
  })

  for (const { bug, variant, domain } of [
    { bug: 'rules are left out', variant: WEAK_BRIDGES.rules },
    { bug: 'the limit is not kept', variant: WEAK_BRIDGES.domainAndLimit, domain: NO_DOMAIN },
  ]) {
    it(`the same sequences find a bridge in which ${bug}`, () =>
      evm.trying(async () => {
        const buggy = await deployBridge({ network: evm, config: PLAY_CONFIG, variant: variant(), domain })
        const { failed, errorInstance } = await fc.check(property(buggy), { ...OPTIONS, endOnFailure: true })
        expect(failed).to.equal(true)
        expect(errorInstance).to.be.instanceOf(AssertionError)
      }))
  }

  it('a bridge filled to the brim every second pays one hourly limit in its first hour and half of one in each next', () =>
    evm.trying(async () => {
      const model = new BridgeModel(PLAY_CONFIG)
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
      expect(most <= PLAY_CONFIG.hourlyLimit).to.equal(true)
      expect(most > (PLAY_CONFIG.hourlyLimit * 9n) / 10n).to.equal(true)
      expect((await world.totals()).minted).to.equal(model.minted)
      expect(await refusal(world.mint({ nonce: next, amount: 0n }))).to.equal('BlyBridgeAmountOutOfRange')
    }))
})
