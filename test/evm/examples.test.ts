/** docs/examples/evm*.ts, run as an integrator would: over HTTP, against the deployed contracts. */
import { expect } from 'chai'
import { JsonRpcProvider, Wallet } from 'ethers'
import { createPublicClient, getAddress, http, keccak256, parseAbi, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { hardhat } from 'viem/chains'
import { proveIncluded, proveUntaintedAt, ReceiptTaintedError } from '../../chain/client/bridge/receiptProof.ts'
import * as withEthers from '../../docs/examples/evmEthers.ts'
import * as withViem from '../../docs/examples/evmViem.ts'
import { proveReceipt } from '../../docs/examples/proveReceipt.ts'
import { serveRpc } from '../../scripts/evm/rpcServer.ts'
import { BLY } from '../fixtures/evmBridge.ts'
import { refusal } from '../fixtures/evmNetwork.ts'
import { deployReceiptWorld, REWARD, type ReceiptWorld } from '../fixtures/evmReceiptWorld.ts'
import { makeReceiptChain } from '../fixtures/receiptChain.ts'

const receipts = makeReceiptChain(9, [4])
const anchored = { size: 9n, root: receipts.root.slice(2), tainted: receipts.tainted.slice(2) }
const source = { hashes: receipts.leaves.map((leaf) => leaf.slice(2)), tainted: [4] }

describe('examples for integrators', function () {
  this.timeout(30_000)
  let world: ReceiptWorld
  let server: { url: string; close(): Promise<void> }
  let provider: JsonRpcProvider
  const key = keccak256(stringToHex('a carrier of claims'))
  const carrier = privateKeyToAccount(key)

  before(async () => {
    world = await deployReceiptWorld()
    server = await serveRpc({ request: world.evm.request, allows: () => true, port: 0 })
    provider = new JsonRpcProvider(server.url, undefined, { pollingInterval: 20 })
    await world.evm.request('hardhat_setBalance', [carrier.address, '0x8ac7230489e80000'])
    await world.anchor(receipts)
    await world.link('worker-1.test.near', getAddress(world.evm.accounts[7]!), 0n)
    await world.mint({ nonce: 3n, receiver: world.evm.accounts[5]!, amount: 12n * BLY })
    await world.mint({ nonce: 4n, receiver: world.evm.accounts[5]!, amount: 200_000n * BLY })
  })
  after(async () => {
    provider.destroy()
    await server.close()
    await world.evm.close()
  })

  for (const library of ['viem', 'ethers'] as const) {
    const transfer = (nonce: bigint) =>
      library === 'viem'
        ? withViem.readTransfer(server.url, world.bridge.address, nonce)
        : withEthers.readTransfer(provider, world.bridge.address, nonce)
    const verify = (index: number, bytes = receipts.bytes[index]!) => {
      const proof = proveIncluded(anchored, source, index)
      return library === 'viem'
        ? withViem.verifyReceipt(server.url, world.verifier.address, bytes, proof)
        : withEthers.verifyReceipt(provider, world.verifier.address, bytes, proof)
    }

    it(`reads with ${library} a transfer that was paid, one that waits, and one that nobody made`, async () => {
      const paid = await transfer(3n)
      const receiver = getAddress(world.evm.accounts[5]!)
      expect(paid).to.deep.equal({ state: 'paid', readyAt: 0n, receiver, amount: 12n * BLY })
      const delayed = await transfer(4n)
      expect(delayed.state).to.equal('delayed')
      expect(Number(delayed.readyAt)).to.be.above(Number(await world.evm.now()))
      expect(await transfer(5n)).to.include({ state: 'none', receiver: undefined })
    })

    it(`verifies with ${library} a receipt, and refuses another's bytes`, async () => {
      const { worker, index, reward } = await verify(2)
      expect({ worker, index, reward: String(reward) }).to.deep.equal({
        worker: 'worker-2.test.near',
        index: 2n,
        reward: receipts.receipts[2]!.reward,
      })
      const error = await verify(2, receipts.bytes[3]!).then(
        () => '',
        (reason: Error) => reason.message,
      )
      expect(error).to.match(/ReceiptVerifierNotIncluded|ReceiptTreePath|revert/)
    })

    it(`claims with ${library}, and the linked address is paid, not the one who carries the claim`, async () => {
      await world.evm.trying(async () => {
        const index = library === 'viem' ? 1 : 5
        const claim = {
          reward: world.reward.address,
          receipt: receipts.bytes[index]!,
          inclusion: proveIncluded(anchored, source, index),
          gap: proveUntaintedAt(anchored, source, index),
        }
        const hash =
          library === 'viem'
            ? await withViem.claimReward(server.url, hardhat, carrier, claim)
            : await withEthers.claimReward(new Wallet(key, provider), claim)
        expect(hash).to.match(/^0x[0-9a-f]{64}$/)
        expect(await world.balanceOf(getAddress(world.evm.accounts[7]!))).to.equal(REWARD)
        expect(await world.balanceOf(carrier.address)).to.equal(0n)
      })
    })
  }

  it('proves a receipt from what the market shows, and what EVM keeps confirms it', async () => {
    const market: Parameters<typeof proveReceipt>[0] = {
      get_receipts: async ({ from_index = 0, limit = 5 } = {}) =>
        receipts.receipts.slice(from_index!, from_index! + Math.min(limit!, 5)),
      get_round: async ({ round }) => ({ disputes: round === 4 ? ['8-4-0'] : [] }),
      get_dispute: async () => ({ trainer: receipts.receipts[4]!.worker, result: 'upheld' }),
    }
    const evm = createPublicClient({ transport: http(server.url) })
    const { receipt, inclusion, gap } = await proveReceipt(market, evm, world.verifier.address, 1)
    await world.evm.trying(async () => {
      await world.evm.send(world.reward, 'claim', [receipt, inclusion.size, inclusion.path, gap])
      expect(await world.balanceOf(getAddress(world.evm.accounts[7]!))).to.equal(REWARD)
    })
    const error = await proveReceipt(market, evm, world.verifier.address, 4).catch((reason: Error) => reason)
    expect(error).to.be.instanceOf(ReceiptTaintedError)
  })

  it('gives a contract that verifies receipts what it needs: the fields, for about 28,000 gas', async () => {
    const caller = await world.evm.deploy('VerifyingCaller')
    const { size, path } = proveIncluded(anchored, source, 2)
    const args = [world.verifier.address, receipts.bytes[2]!, size, path]
    const { events } = await world.evm.send(caller, 'check', args)
    expect(events[0]!.args).to.include({ index: 2n, worker: 'worker-2.test.near' })
    const forged = [world.verifier.address, receipts.bytes[3]!, size, path]
    const abi = [...caller.abi, ...parseAbi(['error ReceiptVerifierNotIncluded(uint64,bytes32,bytes32)'])]
    const call = world.evm.send({ ...caller, abi }, 'check', forged)
    expect(await refusal(call)).to.equal('ReceiptVerifierNotIncluded')
  })
})
