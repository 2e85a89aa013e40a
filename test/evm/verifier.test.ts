/** Anchors, proofs against them and links, on the deployed bytecode. */
import { expect } from 'chai'
import { getAddress, keccak256, stringToHex, zeroAddress, zeroHash } from 'viem'
import { encodeReceipt, toHex } from '../../chain/client/protocol.ts'
import { keccak256 as keccakBytes } from '../../chain/lib/hash.ts'
import { deployBridge } from '../fixtures/evmBridge.ts'
import { holdGas } from '../fixtures/evmGas.ts'
import { refusal, revertOf } from '../fixtures/evmNetwork.ts'
import { deployReceiptWorld, type ReceiptWorld } from '../fixtures/evmReceiptWorld.ts'
import { hex0x, makeReceipt, makeReceiptChain, makeSparseTree, sealedRoot } from '../fixtures/receiptChain.ts'

const TAINTED = [2, 5, 6]
const first = makeReceiptChain(8, [2])
const second = makeReceiptChain(13, TAINTED)
const OTHER = keccak256(stringToHex('another root'))
const TEN_MILLION = 10_000_000

describe('ReceiptVerifier', () => {
  let world: ReceiptWorld

  before(async () => {
    world = await deployReceiptWorld()
  })
  after(() => world.evm.close())

  const trying = (title: string, act: () => Promise<void>): void => {
    it(title, () => world.evm.trying(act))
  }
  const anchored = (size: number) => world.evm.read<readonly unknown[]>(world.verifier, 'anchorOf', [BigInt(size)])
  const latest = () => world.evm.read<readonly unknown[]>(world.verifier, 'latest')
  const linkOf = (account: string) => world.evm.read<readonly unknown[]>(world.verifier, 'linkOf', [account])

  describe('anchors', () => {
    trying('keeps what the signers signed, tells it, and shows the latest', async () => {
      expect(await latest()).to.deep.equal([0n, zeroHash, zeroHash])
      const { events } = await world.anchor(first)
      const { root, tainted } = first
      expect(events).to.deep.equal([{ name: 'Anchored', args: { size: 8n, root, tainted, epoch: 1n } }])
      expect(await latest()).to.deep.equal([8n, root, tainted])
      await world.anchor(second)
      expect(await latest()).to.deep.equal([13n, second.root, second.tainted])
      expect(await anchored(8), 'the earlier one still serves').to.deep.equal([root, tainted, false])
    })

    trying('refuses one signature less than k, an old epoch, and a word about something else', async () => {
      const fields = { size: 8n, root: first.root, tainted: first.tainted }
      const [anchor, signatures] = await world.signAnchor(fields, world.signers.slice(0, 1))
      expect(await refusal(world.evm.send(world.verifier, 'anchor', [anchor, signatures]))).to.match(/^BlyBridge/)
      const other = await world.signAnchor({ ...fields, epoch: 2n })
      expect(await refusal(world.evm.send(world.verifier, 'anchor', other))).to.match(/^BlyBridge/)
      const [, enough] = await world.signAnchor(fields)
      const altered = [{ ...fields, epoch: 1n, tainted: OTHER }, enough]
      expect(await refusal(world.evm.send(world.verifier, 'anchor', altered))).to.match(/^BlyBridge/)
      expect((await latest())[0]).to.equal(0n)
    })

    trying('refuses a size that does not grow: the same, a smaller one, none', async () => {
      await world.anchor(second)
      for (const size of [13n, 12n, 0n]) {
        const args = await world.signAnchor({ size, root: OTHER, tainted: OTHER })
        expect(await refusal(world.evm.send(world.verifier, 'anchor', args))).to.equal('ReceiptVerifierSizeNotGrowing')
      }
      expect(await latest()).to.deep.equal([13n, second.root, second.tainted])
    })

    trying('shows a second content for one size, of the root or of the tainted, and changes nothing else', async () => {
      await world.anchor(first)
      for (const fields of [
        { size: 8n, root: OTHER, tainted: first.tainted },
        { size: 8n, root: first.root, tainted: OTHER },
      ]) {
        await world.evm.trying(async () => {
          const sent = await world.evm.send(world.verifier, 'showConflict', await world.signAnchor(fields))
          const args = { size: 8n, kept: first.root, offered: fields.root }
          expect(sent.events).to.deep.equal([{ name: 'AnchorConflict', args }])
          expect(await anchored(8)).to.deep.equal([first.root, first.tainted, true])
          expect(await latest()).to.deep.equal([8n, first.root, first.tainted])
        })
      }
    })

    trying('shows no conflict of the same content, of a size without anchor, or without signatures', async () => {
      await world.anchor(first)
      const show = async (fields: Parameters<ReceiptWorld['signAnchor']>[0], signers = world.quorum) =>
        refusal(world.evm.send(world.verifier, 'showConflict', await world.signAnchor(fields, signers)))
      const { root, tainted } = first
      expect(await show({ size: 8n, root, tainted })).to.equal('ReceiptVerifierNoConflict')
      expect(await show({ size: 7n, root, tainted })).to.equal('ReceiptVerifierNotAnchored')
      expect(await show({ size: 8n, root: OTHER, tainted }, world.signers.slice(0, 1))).to.match(/^BlyBridge/)
      expect(await anchored(8)).to.deep.equal([root, tainted, false])
    })
  })

  describe('proofs', () => {
    trying('proves each receipt against each anchor that covers it, and reads its fields', async () => {
      await world.anchor(first)
      await world.anchor(second)
      for (const chain of [first, second]) {
        for (const [index, bytes] of chain.bytes.entries()) {
          const { worker, index: read } = await world.verify(bytes, chain.size, chain.path(index))
          expect([worker, read]).to.deep.equal([chain.receipts[index]!.worker, BigInt(index)])
        }
      }
    })

    trying('refuses a size that was never anchored, even where the root would be right', async () => {
      await world.anchor(second)
      const call = world.verify(first.bytes[0]!, 8, first.path(0))
      expect(await refusal(call)).to.equal('ReceiptVerifierNotAnchored')
    })

    trying('says which root it computed and which it holds', async () => {
      await world.anchor(first)
      const stranger = hex0x(toHex(encodeReceipt(makeReceipt(3, { reward: '1' }))))
      const error = await world.verify(stranger, 8, first.path(3)).then(
        () => null,
        (reason) => revertOf(reason),
      )
      expect(error?.name).to.equal('ReceiptVerifierNotIncluded')
      expect(error?.args.slice(0, 2)).to.deep.equal([8n, first.root])
    })

    trying('knows at each anchor which receipts were tainted then', async () => {
      await world.anchor(first)
      await world.anchor(second)
      const untainted = (chain: typeof first, index: number, gap = chain.gap(index)) =>
        refusal(world.evm.read(world.verifier, 'verifyUntainted', [BigInt(chain.size), BigInt(index), gap]))
      for (let index = 0; index < 13; index++) {
        if (TAINTED.includes(index)) {
          const beside = second.gap(index === 2 ? 1 : index === 5 ? 4 : 7)
          expect(await untainted(second, index, beside), `${index}`).to.equal('ReceiptVerifierOutsideGap')
        } else expect(await untainted(second, index), `${index}`).to.equal(null)
      }
      expect(await untainted(first, 5), 'not known yet at 8').to.equal(null)
      const wide = { ...second.gap(4), until: 6n }
      expect(await untainted(second, 5, wide)).to.equal('ReceiptVerifierNotUntainted')
      expect(await untainted(second, 0, first.gap(0))).to.match(/ReceiptVerifierNotUntainted|ReceiptTreePath/)
      const nowhere = world.evm.read(world.verifier, 'verifyUntainted', [9n, 0n, first.gap(0)])
      expect(await refusal(nowhere)).to.equal('ReceiptVerifierNotAnchored')
    })

    trying('proves nothing untainted where all receipts are tainted', async () => {
      const all = makeReceiptChain(3, [0, 1, 2])
      await world.anchor(all)
      const empty = { from: 3n, until: 3n, position: 0n, gaps: 1n, path: [] }
      for (const index of [0n, 2n, 3n]) {
        const call = world.evm.read(world.verifier, 'verifyUntainted', [3n, index, empty])
        expect(await refusal(call)).to.equal('ReceiptVerifierOutsideGap')
      }
    })
  })

  describe('links', () => {
    trying('sets where a worker is paid, and a later link replaces an earlier one', async () => {
      const [, one, two] = world.evm.accounts.map((each) => getAddress(each))
      expect(await linkOf('worker-1.test.near')).to.deep.equal([zeroAddress, 0n])
      const { events } = await world.link('worker-1.test.near', one!, 0n)
      const accountHash = keccak256(stringToHex('worker-1.test.near'))
      const args = { accountHash, account: 'worker-1.test.near', evm: one, nonce: 0n }
      expect(events).to.deep.equal([{ name: 'Linked', args }])
      await world.link('worker-1.test.near', two!, 4n)
      expect(await linkOf('worker-1.test.near')).to.deep.equal([two, 4n])
      expect(await linkOf('worker-2.test.near'), 'nobody else').to.deep.equal([zeroAddress, 0n])
    })

    trying('refuses an older link and the same again', async () => {
      const [, one, two] = world.evm.accounts.map((each) => getAddress(each))
      await world.link('worker-1.test.near', two!, 4n)
      for (const nonce of [0n, 3n, 4n]) {
        expect(await refusal(world.link('worker-1.test.near', one!, nonce))).to.equal('ReceiptVerifierLinkOld')
      }
      expect(await linkOf('worker-1.test.near')).to.deep.equal([two, 4n])
    })

    trying('refuses the zero address, and a link of too few signers', async () => {
      expect(await refusal(world.link('a.near', zeroAddress, 1n))).to.equal('ReceiptVerifierLinkZero')
      const [link] = await world.signLink({ account: 'a.near', evm: world.guardian, nonce: 1n })
      const [, few] = await world.signLink(link, world.signers.slice(0, 1))
      expect(await refusal(world.evm.send(world.verifier, 'link', [link, few]))).to.match(/^BlyBridge/)
    })
  })

  describe('gas', () => {
    trying('anchors within its aim, the first and the next', async () => {
      holdGas('anchor 2 of 3, the first', (await world.anchor(first)).gasUsed, 120_000)
      holdGas('anchor 2 of 3', (await world.anchor(second)).gasUsed, 120_000)
      const link = await world.link('worker-1.test.near', world.guardian, 0n)
      holdGas('link 2 of 3', link.gasUsed)
    })

    it('anchors with 11 of 16 signers', async () => {
      const sixteen = await deployReceiptWorld({ world: await deployBridge({ n: 16, k: 11 }), pot: 0n })
      await sixteen.anchor(first)
      holdGas('anchor 11 of 16', (await sixteen.anchor(second)).gasUsed)
      await sixteen.evm.close()
    })

    trying('verifies one of ten million receipts within its aim, called by a contract', async () => {
      const caller = await world.evm.deploy('VerifyingCaller')
      const measure = async (index: number): Promise<bigint[]> => {
        const receipt = encodeReceipt(makeReceipt(index, { worker: 'a'.repeat(64) })) // the longest account id
        const { bag, path } = makeSparseTree(toHex(keccakBytes(receipt)), index, TEN_MILLION)
        const root = sealedRoot(TEN_MILLION, bag)
        return world.evm.trying(async () => {
          const size = BigInt(TEN_MILLION)
          await world.evm.send(world.verifier, 'anchor', await world.signAnchor({ size, root, tainted: OTHER }))
          const args = [world.verifier.address, hex0x(toHex(receipt)), size, path]
          const { gasUsed, events } = await world.evm.send(caller, 'check', args)
          expect(events.map(({ name }) => name)).to.deep.equal(['Verified'])
          return [events[0]!.args.gasUsed as bigint, gasUsed, BigInt(path.length)]
        })
      }
      const [call, transaction, steps] = await measure(1)
      expect(steps).to.equal(24n)
      holdGas('verify at 10,000,000: the external call', call!, 90_000)
      holdGas('verify at 10,000,000: the whole transaction of a calling contract', transaction!)
      const [last] = await measure(9_999_999)
      expect(Number(last)).to.be.at.most(90_000)
    })
  })
})
