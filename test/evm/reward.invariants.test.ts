/** Any sequence of anchors, links, conflicts and claims, against a model of what the pot may pay. */
import { expect } from 'chai'
import fc from 'fast-check'
import { getAddress } from 'viem'
import { BLY } from '../fixtures/evmBridge.ts'
import { refusal } from '../fixtures/evmNetwork.ts'
import { deployReceiptWorld, REWARD, type ReceiptWorld } from '../fixtures/evmReceiptWorld.ts'
import { makeReceiptChain } from '../fixtures/receiptChain.ts'

const SEED = 20_261_121
/** Each anchor knows more receipts than the last, and more of them as tainted. */
const ANCHORS = [makeReceiptChain(4), makeReceiptChain(7, [1]), makeReceiptChain(11, [1, 2, 8])]
const WORKERS = ['worker-0.test.near', 'worker-1.test.near', 'worker-2.test.near', 'worker-3.test.near']
const POT = 100n * BLY

type Step =
  | { kind: 'anchor' }
  | { kind: 'conflict'; at: number }
  | { kind: 'link'; worker: number; to: number; nonce: number }
  | { kind: 'claim'; index: number; at: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('anchor' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('conflict' as const), at: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('link' as const), worker: fc.nat(3), to: fc.nat(2), nonce: fc.nat(9) }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('claim' as const), index: fc.nat(10), at: fc.nat(2) }) },
)

interface Model {
  anchored: number
  conflicts: Set<number>
  links: Map<number, { to: number; nonce: number }>
  claimed: Set<number>
  paid: [bigint, bigint, bigint]
}

describe('RewardOnReceipt under any sequence of calls', function () {
  this.timeout(60_000)
  let world: ReceiptWorld

  before(async () => {
    world = await deployReceiptWorld({ pot: POT })
  })
  after(() => world.evm.close())

  const receivers = () => world.evm.accounts.slice(10, 13).map((each) => getAddress(each))

  /** Does the step on the chain. @returns whether it went through */
  async function act(step: Step, model: Model): Promise<boolean> {
    const done = async (call: Promise<unknown>) => (await refusal(call)) === null
    switch (step.kind) {
      case 'anchor':
        return done(world.anchor(ANCHORS[model.anchored] ?? ANCHORS[2]!))
      case 'conflict': {
        const { size, root, tainted } = ANCHORS[step.at]!
        const args = await world.signAnchor({ size: BigInt(size), root: tainted, tainted: root })
        return done(world.evm.send(world.verifier, 'showConflict', args))
      }
      case 'link':
        return done(world.link(WORKERS[step.worker]!, receivers()[step.to]!, BigInt(step.nonce)))
      case 'claim': {
        const [chain, latest] = [ANCHORS[step.at]!, ANCHORS[model.anchored - 1] ?? ANCHORS[0]!]
        // The best proof there is: by the latest anchor, else by the one that did not know yet, or is not there yet.
        const gap = [latest, chain].find((each) => step.index < each.size && !each.isTainted(step.index))
        if (step.index >= chain.size || !gap) return false
        return done(world.evm.send(world.reward, 'claim', world.claimOf(chain, step.index, gap)))
      }
    }
  }

  /** What should become of the step. @returns whether it should go through */
  function expected(step: Step, model: Model): boolean {
    switch (step.kind) {
      case 'anchor':
        return model.anchored < ANCHORS.length && ++model.anchored > 0
      case 'conflict':
        return step.at < model.anchored && model.conflicts.add(step.at).size > 0
      case 'link': {
        const known = model.links.get(step.worker)
        if (known && step.nonce <= known.nonce) return false
        return model.links.set(step.worker, { to: step.to, nonce: step.nonce }).size > 0
      }
      case 'claim': {
        const { index, at } = step
        const link = model.links.get(index % 4)
        const latest = model.anchored - 1
        const proven = at <= latest && index < ANCHORS[at]!.size && !ANCHORS[latest]!.isTainted(index)
        const disputed = model.conflicts.has(at) || model.conflicts.has(latest)
        if (!proven || disputed || model.claimed.has(index) || !link) return false
        model.claimed.add(index)
        model.paid[link.to]! += REWARD
        return true
      }
    }
  }

  it('pays each untainted, anchored receipt at most once, to its worker alone, and keeps the rest', async () => {
    let paid = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) =>
        world.evm.trying(async () => {
          const model: Model = {
            anchored: 0,
            conflicts: new Set(),
            links: new Map(),
            claimed: new Set(),
            paid: [0n, 0n, 0n],
          }
          for (const [i, each] of steps.entries()) {
            const went = await act(each, model)
            expect(went, `step ${i}: ${JSON.stringify(each)}`).to.equal(expected(each, model))
          }
          const balances = await Promise.all(receivers().map((each) => world.balanceOf(each)))
          expect(balances).to.deep.equal(model.paid)
          const left = await world.balanceOf(world.reward.address)
          expect(left).to.equal(POT - REWARD * BigInt(model.claimed.size))
          paid += model.claimed.size
        }),
      ),
      { seed: SEED, numRuns: 25 },
    )
    expect(paid, 'the sequences are not all refusals').to.be.above(20)
  })
})
