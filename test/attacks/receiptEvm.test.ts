/** Attacks on receipts and rewards on EVM: each carried out on a contract without the defence, then on the deployed one. */
import { expect } from 'chai'
import { concat, encodeFunctionData, getAddress, type Hex, keccak256, stringToHex, toHex, zeroAddress } from 'viem'
import { encodeReceipt } from '../../chain/client/protocol.ts'
import { BLY, deployBridge } from '../fixtures/evmBridge.ts'
import { type EvmNetwork, refusal } from '../fixtures/evmNetwork.ts'
import { deployReceiptWorld, REWARD, type ReceiptWorld } from '../fixtures/evmReceiptWorld.ts'
import { contractWithout, type Mutation } from '../fixtures/evmVariants.ts'
import { makeReceipt, makeReceiptChain, type ReceiptChain } from '../fixtures/receiptChain.ts'

const WORKER = 'worker-1.test.near'
const honest = makeReceiptChain(13)
const OTHER = keccak256(stringToHex('another root'))

const ROOT_NOT_COMPARED: Mutation = {
  file: 'ReceiptVerifier.sol',
  guard: 'if (computed != anchored) revert ReceiptVerifierNotIncluded(size, anchored, computed);',
  instead: 'if (computed == 0) revert ReceiptVerifierNotIncluded(size, anchored, computed);',
}

describe('attacks on receipts on EVM', function () {
  this.timeout(60_000)
  let world: ReceiptWorld

  before(async () => {
    world = await deployReceiptWorld()
    await world.anchor(honest)
    await world.link(WORKER, worker(), 0n)
  })
  after(() => world.evm.close())

  const worker = () => getAddress(world.evm.accounts[7]!)
  const thief = () => getAddress(world.evm.accounts[6]!)
  const trying = (title: string, act: () => Promise<void>): void => {
    it(title, () => world.evm.trying(act))
  }
  /** The same bridge, with a verifier or a pot from which something was cut; as far as the deployed one is. */
  const without = async (
    name: 'ReceiptVerifier' | 'RewardOnReceipt',
    mutations: Mutation[],
    chain: ReceiptChain = honest,
  ) => {
    const variant = { [name === 'ReceiptVerifier' ? 'verifier' : 'reward']: contractWithout(name, mutations) }
    const weak = await deployReceiptWorld({ world, ...variant })
    await weak.anchor(chain)
    await weak.link(WORKER, worker(), 0n)
    return weak
  }
  const claim = (at: ReceiptWorld, args: readonly unknown[], from = thief()) =>
    at.evm.send(at.reward, 'claim', args, from)

  describe('forged proofs', () => {
    trying(
      'a node passed as a leaf proves work never done, where bytes are not decoded nor steps counted',
      async () => {
        const weak = await without('ReceiptVerifier', [
          {
            file: 'ReceiptVerifier.sol',
            guard: 'fields = ReceiptCodec.decode(receipt);',
            instead: 'fields.index = 0;',
          },
          {
            file: 'lib/ReceiptTree.sol',
            guard: '        if (last != 0) revert ReceiptTreePath(index, size, path.length);\n    }',
            instead: '    }',
          },
        ])
        // 65 bytes that hash to the node above the first two receipts: one step nearer to the root.
        const node: Hex = concat(['0x01', honest.leaves[0]!, honest.leaves[1]!])
        const path = honest.path(0).slice(1)
        expect((await weak.verify(node, 13, path)).index, 'a receipt that nobody was given is proven').to.equal(0n)
        expect(await refusal(world.verify(node, 13, path))).to.equal('ReceiptCodecLength')
        const padded = concat([node, toHex(new Uint8Array(100))])
        expect(await refusal(world.verify(padded, 13, path))).to.equal('ReceiptCodecVersion')
      },
    )

    trying('a made-up receipt is proven by any path, where the root is not compared', async () => {
      const weak = await without('ReceiptVerifier', [ROOT_NOT_COMPARED])
      const invented = toHex(encodeReceipt(makeReceipt(12, { worker: WORKER })))
      await claim(weak, [invented, 13n, honest.path(12), honest.gap(12)])
      expect(await weak.balanceOf(worker()), 'five BLY for nothing, as often as one likes').to.equal(REWARD)
      const paths = [honest.path(12), honest.path(12).slice(1), [...honest.path(12), OTHER], []]
      for (const [size, path] of [13, 12, 14, 1, 0].flatMap((each) => paths.map((path) => [each, path] as const))) {
        const error = await refusal(world.verify(invented, size, path))
        expect(error, `size ${size}, ${path.length} steps`).to.match(/^Receipt(TreePath|Verifier)/)
      }
    })

    trying('a true receipt is proven by its own path, index and size alone', async () => {
      for (const index of [0, 5, 12]) {
        const path = honest.path(index)
        const verify = (size: number, steps: readonly Hex[]) => refusal(world.verify(honest.bytes[index]!, size, steps))
        expect(await verify(13, path)).to.equal(null)
        expect(await verify(13, [...path, OTHER])).to.equal('ReceiptTreePath')
        expect(await verify(13, path.slice(1))).to.match(/^Receipt(TreePath|VerifierNotIncluded)$/)
        expect(await verify(12, path)).to.equal('ReceiptVerifierNotAnchored')
        expect(await verify(13, honest.path((index + 1) % 13))).to.match(/^Receipt(TreePath|VerifierNotIncluded)$/)
        expect(await verify(13, path.toReversed())).to.match(/^Receipt(TreePath|VerifierNotIncluded)$/)
      }
    })

    trying(
      'bytes behind a receipt make a second one of it, paid once more, where the length is not checked',
      async () => {
        const weak = await without('ReceiptVerifier', [
          {
            file: 'lib/ReceiptCodec.sol',
            guard: 'if (end != encoded.length) revert ReceiptCodecLength(encoded.length);',
            instead: 'end;',
          },
          {
            file: 'ReceiptVerifier.sol',
            guard: 'keccak256(receipt)',
            instead: 'keccak256(receipt[0:133 + bytes(fields.worker).length + bytes(fields.delta).length])',
          },
        ])
        const [receipt, ...proof] = weak.claimOf(honest, 1)
        const trailing = concat([receipt as Hex, '0x00'])
        await claim(weak, [receipt, ...proof])
        await claim(weak, [trailing, ...proof])
        expect(await weak.balanceOf(worker()), 'the pot pays ten BLY for one receipt').to.equal(2n * REWARD)
        expect(await refusal(claim(world, [trailing, ...proof]))).to.equal('ReceiptCodecLength')
        for (const [name, altered] of Object.entries(nonCanonical(receipt as Hex))) {
          expect(await refusal(world.verify(altered, 13, honest.path(1))), name).to.match(/^ReceiptCodec/)
        }
      },
    )

    trying(
      "an altered field, the worker above all, moves another's reward, where the root is not compared",
      async () => {
        const weak = await without('ReceiptVerifier', [ROOT_NOT_COMPARED])
        await weak.link('thief.test.near', thief(), 1n)
        await world.link('thief.test.near', thief(), 1n)
        const stolen = toHex(encodeReceipt(makeReceipt(1, { worker: 'thief.test.near' })))
        const args = [stolen, 13n, honest.path(1), honest.gap(1)]
        await claim(weak, args)
        expect(await weak.balanceOf(thief()), "five BLY for another's work").to.equal(REWARD)
        expect(await refusal(claim(world, args))).to.equal('ReceiptVerifierNotIncluded')
      },
    )

    trying('a gap made up for a tainted receipt has false work paid, where its root is not compared', async () => {
      const tainted = makeReceiptChain(13, [1])
      const cut: Mutation = {
        file: 'ReceiptVerifier.sol',
        guard: 'if (computed != anchored) revert ReceiptVerifierNotUntainted(size, anchored, computed);',
        instead: 'if (computed == 0) revert ReceiptVerifierNotIncluded(size, anchored, computed);',
      }
      const fresh = await deployReceiptWorld({ world })
      await fresh.anchor(tainted)
      await fresh.link(WORKER, worker(), 0n)
      const madeUp = { from: 0n, until: 13n, position: 0n, gaps: 1n, path: [] }
      const args = [tainted.bytes[1]!, 13n, tainted.path(1), madeUp]
      const weak = await without('ReceiptVerifier', [cut], tainted)
      await claim(weak, args)
      expect(await weak.balanceOf(worker()), 'five BLY for work proven false').to.equal(REWARD)
      expect(await refusal(claim(fresh, args))).to.equal('ReceiptVerifierNotUntainted')
      const wider = [tainted.bytes[1]!, 13n, tainted.path(1), { ...tainted.gap(2), from: 1n }]
      expect(await refusal(claim(fresh, wider))).to.equal('ReceiptVerifierNotUntainted')
      const beside = [tainted.bytes[1]!, 13n, tainted.path(1), tainted.gap(2)]
      expect(await refusal(claim(fresh, beside))).to.equal('ReceiptVerifierOutsideGap')
    })
  })

  describe('rewards', () => {
    trying('who copies a claim from the mempool takes its reward, where the caller is paid', async () => {
      const weak = await without('RewardOnReceipt', [
        {
          file: 'RewardOnReceipt.sol',
          guard: '(address receiver, ) = verifier.linkOf(fields.worker);',
          instead: 'address receiver = msg.sender;',
        },
      ])
      await claim(weak, weak.claimOf(honest, 1))
      expect(await weak.balanceOf(thief()), 'the worker loses five BLY').to.equal(REWARD)
      const before = await world.balanceOf(thief())
      await claim(world, world.claimOf(honest, 1))
      expect(await world.balanceOf(thief()), 'the copier pays the gas and gets nothing').to.equal(before)
      expect(await world.balanceOf(worker())).to.equal(REWARD)
    })

    trying('one receipt claimed again and again empties the pot, where it is not marked', async () => {
      const weak = await without('RewardOnReceipt', [
        { file: 'RewardOnReceipt.sol', guard: '        _claimed[receiptHash] = true;\n', instead: '' },
      ])
      for (let i = 0; i < 20; i++) await claim(weak, weak.claimOf(honest, 1))
      expect(await weak.balanceOf(weak.reward.address), '100 BLY of the pot for one receipt').to.equal(0n)
      await claim(world, world.claimOf(honest, 1))
      expect(await refusal(claim(world, world.claimOf(honest, 1)))).to.equal('RewardOnReceiptClaimed')
      expect(await world.balanceOf(world.reward.address)).to.equal(100n * BLY - REWARD)
    })

    it('a token that calls back is paid twice for one receipt, where the mark comes after the transfer', async () => {
      const late: Mutation[] = [
        { file: 'RewardOnReceipt.sol', guard: '        _claimed[receiptHash] = true;\n', instead: '' },
        {
          file: 'RewardOnReceipt.sol',
          guard: 'token.safeTransfer(receiver, amountPerReceipt);',
          instead: 'token.safeTransfer(receiver, amountPerReceipt); _claimed[receiptHash] = true;',
        },
        { file: 'RewardOnReceipt.sol', guard: ') external nonReentrant {', instead: ') external {' },
      ]
      const run = async (contract: 'RewardOnReceipt' | ReturnType<typeof contractWithout>) => {
        const greedy = await world.evm.deploy('GreedyToken')
        const pot = await world.evm.deploy(contract, [world.verifier.address, greedy.address, REWARD])
        await world.evm.send(greedy, 'transfer', [pot.address, 10n * REWARD])
        const args = world.claimOf(honest, 1)
        const data = encodeFunctionData({ abi: pot.abi, functionName: 'claim', args })
        await world.evm.send(greedy, 'arm', [pot.address, data])
        const error = await refusal(world.evm.send({ ...pot, abi: [...pot.abi] }, 'claim', args, thief()))
        return { error, paid: await world.evm.read<bigint>(greedy, 'balanceOf', [worker()]) }
      }
      await world.evm.trying(async () => {
        expect(await run(contractWithout('RewardOnReceipt', late)), 'the pot pays ten BLY for five').to.deep.equal({
          error: null,
          paid: 2n * REWARD,
        })
        const { error, paid } = await run('RewardOnReceipt')
        expect([error, paid]).to.deep.equal(['ReentrancyGuardReentrantCall', 0n])
      })
    })

    trying(
      "work proven false after an anchor is paid by that anchor's proof, where the latest one is not asked",
      async () => {
        const later = makeReceiptChain(15, [1])
        const weak = await without('RewardOnReceipt', [
          {
            file: 'RewardOnReceipt.sol',
            guard: '(uint64 latestSize, , ) = verifier.latest();',
            instead: 'uint64 latestSize = size;',
          },
        ])
        await weak.anchor(later)
        await world.anchor(later)
        const args = world.claimOf(honest, 1)
        await claim(weak, args)
        expect(await weak.balanceOf(worker()), 'five BLY for work proven false').to.equal(REWARD)
        expect(await refusal(claim(world, args))).to.match(/^Receipt(VerifierNotUntainted|TreePath)$/)
      },
    )

    trying('the reward of a worker without link is burned or taken, where the zero address is paid', async () => {
      const mutations: Mutation[] = [
        {
          file: 'RewardOnReceipt.sol',
          guard: 'if (receiver == address(0)) revert RewardOnReceiptUnlinked(fields.worker);',
          instead: 'if (receiver == address(0)) receiver = address(0xdead);',
        },
      ]
      const weak = await without('RewardOnReceipt', mutations)
      await claim(weak, weak.claimOf(honest, 2))
      expect(await weak.balanceOf('0x000000000000000000000000000000000000dEaD'), 'lost to the worker').to.equal(REWARD)
      expect(await refusal(claim(world, world.claimOf(honest, 2)))).to.equal('RewardOnReceiptUnlinked')
      await world.link('worker-2.test.near', worker(), 2n)
      await claim(world, world.claimOf(honest, 2))
      expect(await world.balanceOf(worker())).to.equal(REWARD)
    })
  })

  describe('links and anchors', () => {
    trying(
      'an older link played again sends rewards to a lost or stolen address, where nonces are not compared',
      async () => {
        const weak = await without('ReceiptVerifier', [
          {
            file: 'ReceiptVerifier.sol',
            guard: 'if (record.evm != address(0) && offered.nonce <= record.nonce) {',
            instead: 'if (false) {',
          },
        ])
        // The worker linked the thief's address once (a lost device), and a safe one since.
        const old = await weak.signLink({ account: WORKER, evm: thief(), nonce: 3n })
        for (const at of [weak, world]) {
          await at.evm.send(at.verifier, 'link', old)
          await at.link(WORKER, worker(), 4n)
        }
        await weak.evm.send(weak.verifier, 'link', old, thief())
        await claim(weak, weak.claimOf(honest, 1))
        expect(await weak.balanceOf(thief()), 'five BLY of the worker').to.equal(REWARD)
        expect(await refusal(world.evm.send(world.verifier, 'link', old, thief()))).to.equal('ReceiptVerifierLinkOld')
        await claim(world, world.claimOf(honest, 1))
        expect(await world.balanceOf(worker())).to.equal(REWARD)
      },
    )

    trying(
      "a link signed for another network or bridge counts here, where the domain is not the bridge's",
      async () => {
        const elsewhere = await deployBridge({ network: world.evm as EvmNetwork, config: { salt: OTHER } })
        const link = { nonce: 9n, epoch: 1n, account: WORKER, evm: thief() }
        const signatures = await elsewhere.sign('Link', link)
        const weak = await without('ReceiptVerifier', [])
        const fooled = await world.evm.deploy('ReceiptVerifier', [elsewhere.bridge.address])
        await world.evm.send(fooled, 'link', [link, signatures])
        expect(await world.evm.read(fooled, 'linkOf', [WORKER]), 'rewards go to the thief').to.deep.equal([thief(), 9n])
        const call = weak.evm.send(weak.verifier, 'link', [link, signatures])
        expect(await refusal(call)).to.match(/^BlyBridgeSign/)
      },
    )

    trying('a second root for one size rewrites what was proven, where the size need not grow', async () => {
      const weak = await without('ReceiptVerifier', [
        {
          file: 'ReceiptVerifier.sol',
          guard: 'if (offered.size < least) revert ReceiptVerifierSizeNotGrowing(offered.size, least - 1);',
          instead: 'least;',
        },
      ])
      const forged = makeReceiptChain(13, [1])
      const rewritten = { ...forged, root: OTHER }
      await weak.anchor(rewritten)
      expect(
        await refusal(weak.verify(honest.bytes[1]!, 13, honest.path(1))),
        'a proof that held no longer does',
      ).to.equal('ReceiptVerifierNotIncluded')
      expect(await refusal(world.anchor(rewritten))).to.equal('ReceiptVerifierSizeNotGrowing')
      const fields = { size: 13n, root: OTHER, tainted: forged.tainted }
      await world.evm.send(world.verifier, 'showConflict', await world.signAnchor(fields))
      expect(await world.evm.read(world.verifier, 'anchorOf', [13n])).to.deep.equal([honest.root, honest.tainted, true])
      expect((await world.verify(honest.bytes[1]!, 13, honest.path(1))).index).to.equal(1n)
      expect(await refusal(claim(world, world.claimOf(honest, 1)))).to.equal('RewardOnReceiptConflicted')
    })

    trying('one signer of three anchors an invented chain and links himself, where k is not asked for', async () => {
      const alone = world.signers.slice(0, 1)
      const weakBridge = await deployBridge({ network: world.evm as EvmNetwork, n: 1, k: 1 })
      const weak = await deployReceiptWorld({ world: weakBridge })
      const invented = makeReceiptChain(20)
      await weak.anchor(invented)
      await weak.link(WORKER, thief(), 0n)
      await claim(weak, weak.claimOf(invented, 1))
      expect(await weak.balanceOf(thief()), 'the pot pays for nothing').to.equal(REWARD)
      const { size, root, tainted } = invented
      const args = await world.signAnchor({ size: BigInt(size), root, tainted }, alone)
      expect(await refusal(world.evm.send(world.verifier, 'anchor', args))).to.match(/^BlyBridge/)
      expect(await world.balanceOf(zeroAddress)).to.equal(0n)
    })
  })
})

/** Bytes that a reader of fields takes for the same or nearly the same receipt. */
function nonCanonical(receipt: Hex): Record<string, Hex> {
  const bytes = Buffer.from(receipt.slice(2), 'hex')
  const changed = (at: number, byte: number): Hex => {
    const copy = Buffer.from(bytes)
    copy[at] = byte
    return toHex(new Uint8Array(copy))
  }
  return {
    'a flag of 2': changed(70, 2),
    'a space in the worker': changed(133, 0x20),
    'a letter beyond ASCII': changed(133, 0xc3),
    'a zero in the worker': changed(133, 0),
    'a text longer than the receipt': changed(129, 1),
    'a shorter worker, the rest read as the next length': changed(130, 3),
    'an empty worker': changed(130, 0),
    'version 2': changed(1, 2),
    'a leading byte': changed(0, 1),
  }
}
