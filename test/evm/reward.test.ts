/** The pot that pays for receipts, on the deployed bytecode. */
import { expect } from 'chai'
import { getAddress, keccak256, stringToHex, zeroHash } from 'viem'
import { encodeReceipt, proveUntainted, taintedRoot, toHex } from '../../chain/client/protocol.ts'
import { keccak256 as keccakBytes } from '../../chain/lib/hash.ts'
import { BLY } from '../fixtures/evmBridge.ts'
import { holdGas } from '../fixtures/evmGas.ts'
import { refusal } from '../fixtures/evmNetwork.ts'
import { deployReceiptWorld, REWARD, type ReceiptWorld } from '../fixtures/evmReceiptWorld.ts'
import {
  gapArgument,
  hex0x,
  makeReceipt,
  makeReceiptChain,
  makeSparseTree,
  sealedRoot,
} from '../fixtures/receiptChain.ts'

const WORKER = 'worker-1.test.near' // of receipts 1, 5, 9 …
const first = makeReceiptChain(8, [2])
const second = makeReceiptChain(13, [2, 5])

describe('RewardOnReceipt', () => {
  let world: ReceiptWorld
  const linked = () => getAddress(world.evm.accounts[7]!)

  before(async () => {
    world = await deployReceiptWorld()
    await world.anchor(first)
    await world.link(WORKER, linked(), 0n)
  })
  after(() => world.evm.close())

  const trying = (title: string, act: () => Promise<void>): void => {
    it(title, () => world.evm.trying(act))
  }
  const claim = (args: readonly unknown[], from = world.evm.accounts[3]!) =>
    world.evm.send(world.reward, 'claim', args, from)

  trying('pays the linked address for a receipt, whoever calls, and says so', async () => {
    const caller = world.evm.accounts[3]!
    const { events, gasUsed } = await claim(world.claimOf(first, 1), caller)
    const receiptHash = first.leaves[1]!
    const args = { receiptHash, receiver: linked(), index: 1n, worker: WORKER, amount: REWARD }
    expect(events.filter(({ name }) => name === 'Rewarded')).to.deep.equal([{ name: 'Rewarded', args }])
    expect(await world.balanceOf(linked())).to.equal(REWARD)
    expect(await world.balanceOf(caller)).to.equal(0n)
    expect(await world.balanceOf(world.reward.address)).to.equal(100n * BLY - REWARD)
    expect(await world.evm.read(world.reward, 'isClaimed', [receiptHash])).to.equal(true)
    expect(await world.evm.read(world.reward, 'isClaimed', [first.leaves[5]!])).to.equal(false)
    holdGas('reward claim, 8 receipts', gasUsed)
  })

  trying('pays for each receipt of a worker, each once', async () => {
    await claim(world.claimOf(first, 1))
    await claim(world.claimOf(first, 5))
    for (const index of [1, 5]) {
      expect(await refusal(claim(world.claimOf(first, index)))).to.equal('RewardOnReceiptClaimed')
    }
    expect(await world.balanceOf(linked())).to.equal(2n * REWARD)
  })

  trying('takes inclusion from any anchor, and untaintedness from the latest', async () => {
    await world.anchor(second)
    expect(await refusal(claim(world.claimOf(first, 1)))).to.match(/^Receipt(VerifierNotUntainted|TreePath)$/)
    await claim(world.claimOf(first, 1, second))
    expect(await world.balanceOf(linked())).to.equal(REWARD)
  })

  trying('keeps the claim of a worker without address open, until it links one', async () => {
    const other = getAddress(world.evm.accounts[8]!)
    expect(await refusal(claim(world.claimOf(first, 3)))).to.equal('RewardOnReceiptUnlinked')
    await world.link('worker-3.test.near', other, 1n)
    await claim(world.claimOf(first, 3))
    expect(await world.balanceOf(other)).to.equal(REWARD)
  })

  trying('pays to the address linked last', async () => {
    const later = getAddress(world.evm.accounts[9]!)
    await world.link(WORKER, later, 5n)
    await claim(world.claimOf(first, 1))
    expect([await world.balanceOf(later), await world.balanceOf(linked())]).to.deep.equal([REWARD, 0n])
  })

  trying('pays nothing at an anchor for which the signers signed two contents, until the next one', async () => {
    const root = keccak256(stringToHex('another root'))
    const conflict = await world.signAnchor({ size: 8n, root, tainted: zeroHash })
    await world.evm.send(world.verifier, 'showConflict', conflict)
    expect(await refusal(claim(world.claimOf(first, 1)))).to.equal('RewardOnReceiptConflicted')
    await world.anchor(second)
    expect(await refusal(claim(world.claimOf(first, 1, second))), 'by its path').to.equal('RewardOnReceiptConflicted')
    await claim(world.claimOf(second, 1))
    expect(await world.balanceOf(linked())).to.equal(REWARD)
  })

  it('pays nothing and marks nothing while the pot is too small, and pays once it is filled', async () => {
    const poor = await deployReceiptWorld({ world, pot: REWARD - 1n })
    await poor.anchor(first)
    await poor.link(WORKER, linked(), 0n)
    const call = () => poor.evm.send(poor.reward, 'claim', poor.claimOf(first, 1))
    expect(await refusal(call())).to.equal('ERC20InsufficientBalance')
    expect(await poor.evm.read(poor.reward, 'isClaimed', [first.leaves[1]!])).to.equal(false)
    await world.mint({ nonce: 77n, receiver: poor.reward.address, amount: BLY })
    await call()
    expect(await poor.balanceOf(linked())).to.equal(REWARD)
  })

  trying(
    'pays for one of ten million receipts, a thousand of them tainted, for a gas that depends on neither much',
    async () => {
      const size = 10_000_000
      const bytes = encodeReceipt(makeReceipt(1))
      const { bag, path } = makeSparseTree(toHex(keccakBytes(bytes)), 1, size)
      const tainted = Array.from({ length: 1000 }, (_, i) => 9 + 7 * i)
      const root = hex0x(taintedRoot(keccakBytes, size, tainted))
      await world.anchor({ size, root: sealedRoot(size, bag), tainted: root })
      const gap = gapArgument(proveUntainted(keccakBytes, size, tainted, 1)!)
      const { gasUsed } = await claim([hex0x(toHex(bytes)), BigInt(size), path, gap])
      expect([path.length, gap.path.length]).to.deep.equal([24, 10])
      holdGas('reward claim, 10,000,000 receipts, 1,000 tainted', gasUsed)
    },
  )

  trying('says what it pays, with what, and whom it believes', async () => {
    expect(await world.evm.read(world.reward, 'amountPerReceipt')).to.equal(REWARD)
    expect(await world.evm.read(world.reward, 'token')).to.equal(getAddress(world.token.address))
    expect(await world.evm.read(world.reward, 'verifier')).to.equal(getAddress(world.verifier.address))
    expect(await world.evm.read(world.verifier, 'bridge')).to.equal(getAddress(world.bridge.address))
  })
})
