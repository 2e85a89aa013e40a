import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { domainOf } from '../../../../chain/client/bridge/index.ts'
import {
  domainSeparator,
  hashBurn,
  hashLock,
  hashRotate,
  taintedRoot,
  typedDigest,
} from '../../../../chain/client/protocol.ts'
import { base58ToBytes, bytesToHex } from '../../../../chain/lib/bytes.ts'
import { keccak256 } from '../../../../chain/lib/hash.ts'
import { placeApproval } from '../../../../oracle/signer/approvals.ts'
import { isSignatureOf, signDigest } from '../../../../oracle/signer/signature.ts'
import { ROTATION_DELAY_S, STARTED_S } from '../../../fixtures/bridge/scriptedEvm.ts'
import { ScriptedNear } from '../../../fixtures/bridge/scriptedNear.ts'
import { SignerWorld } from '../../../fixtures/bridge/signerWorld.ts'

const RECEIVER = '52908400098527886e0f7030069857d2e4169ee7'

describe('a signer of the bridge', () => {
  let world: SignerWorld
  beforeEach(() => {
    world = new SignerWorld().start()
  })
  afterEach(() => world.end())

  const separator = () => domainSeparator(keccak256, domainOf(world.deployment))

  it('signs a lock with the id of the receipt that logged it', async () => {
    world.near.lock('5000')
    await world.round()
    const item = world.journal.find('lock', '0')!
    const source = bytesToHex(base58ToBytes(world.near.last().id))
    const payload = { nonce: '0', epoch: '1', source, receiver: RECEIVER, amount: '5000' }
    expect(item.payload).to.deep.equal(payload)
    expect(item.digest).to.equal(typedDigest(keccak256, separator(), hashLock(keccak256, payload)))
    expect(isSignatureOf(world.key.address, item.digest, item.signature)).to.equal(true)
  })

  it('signs a burn when its block is final, and not a block earlier', async () => {
    const { hash } = world.evm.burn(77n)
    world.evm.empty(1)
    await world.round()
    expect(world.journal.find('burn', '0')).to.equal(null)
    world.evm.empty(1)
    await world.round()
    const item = world.journal.find('burn', '0')!
    const payload = { nonce: '0', epoch: '1', source: hash.slice(2), receiver: 'alice.test.near', amount: '77' }
    expect(item.payload).to.deep.equal(payload)
    expect(item.digest).to.equal(typedDigest(keccak256, separator(), hashBurn(keccak256, payload)))
  })

  it('signs a link for the account that made it', async () => {
    world.near.link('alice.test.near', '0x52908400098527886E0F7030069857D2E4169EE7')
    await world.round()
    const payload = { nonce: '0', epoch: '1', account: 'alice.test.near', evm: RECEIVER }
    expect(world.journal.find('link', '0')!.payload).to.deep.equal(payload)
  })

  it('signs a veto of either chain for the refund on the other, by that one’s epoch', async () => {
    world.near.epoch = '4'
    world.evm.epoch = 3n
    world.near.veto('8')
    world.evm.veto(9n)
    world.evm.empty(2)
    await world.round()
    const { items } = world.journal.list('veto', undefined, 10)
    expect(items.map(({ key, payload }) => [key, payload])).to.deep.equal([
      ['evm-near:8', { nonce: '8', epoch: '3', direction: 'evm-near' }],
      ['near-evm:9', { nonce: '9', epoch: '4', direction: 'near-evm' }],
    ])
  })

  it('anchors the run of receipts whose tasks have vested, and no further', async () => {
    const { near, journal } = world
    near.settle('1')
    near.settle('2')
    near.settle('1', 1)
    near.vest('2')
    await world.round(2)
    expect(journal.list('anchor', undefined, 10).items).to.deep.equal([])
    near.vest('1')
    await world.round(2)
    const { size, root } = near.root()
    const tainted = taintedRoot(keccak256, 3, [])
    expect(size).to.equal(3)
    expect(journal.find('anchor', '3')!.payload).to.deep.equal({ epoch: '1', size: '3', root, tainted })
  })

  it('names receipts in the anchor whose work a dispute proved false', async () => {
    const { near, journal } = world
    near.settle('1', 0, 'honest.test.near')
    near.settle('1', 0, 'liar.test.near')
    near.market({ event: 'dispute_opened', data: { task: '1', round: 0, dispute: '0', trainer: 'liar.test.near' } })
    near.market({ event: 'dispute_upheld', data: { task: '1', round: 0, dispute: '0' } })
    near.vest('1')
    await world.round(2)
    expect(journal.find('anchor', '2')!.payload).to.include({ tainted: taintedRoot(keccak256, 2, [1]) })
  })

  it('proposes the same anchors whether it looked often or once', async () => {
    const slow = world
    const { near } = slow
    const quick = new SignerWorld()
    quick.near = near
    quick.start()
    try {
      for (const task of ['1', '2', '3']) {
        near.settle(task)
        near.settle(task, 1)
        near.vest(task)
        await quick.round(2)
      }
      await slow.round(2)
      const anchors = (each: SignerWorld) =>
        each.journal.list('anchor', undefined, 10).items.map(({ digest }) => digest)
      expect(anchors(slow)).to.have.length(3).and.deep.equal(anchors(quick))
    } finally {
      quick.end()
    }
  })

  it('signs again what is still open when another set of signers begins, and only that', async () => {
    world.near.lock('1')
    world.near.lock('2')
    await world.round()
    world.evm.used.add('0')
    world.evm.epoch = 2n
    world.evm.empty(3)
    await world.round()
    expect(world.journal.find('lock', '0')!.epoch).to.equal('1')
    expect(world.journal.find('lock', '1')!.epoch).to.equal('2')
  })

  it('signs a rotation only when its operator approved it', async () => {
    const payload = { epoch: '2', signers: ['11'.repeat(20), '22'.repeat(20)], k: 2, validFrom: '1800000000' }
    await world.round()
    expect(world.journal.find('rotate', '2')).to.equal(null)
    placeApproval(world.dir, { schema: 'blyan.approval/1', kind: 'rotate', payload })
    await world.round()
    expect(world.journal.find('rotate', '2')!.payload).to.deep.equal(payload)
  })

  it('signs a further pause only when its operator approved it, by the epoch of the chain that stops', async () => {
    world.near.epoch = '4'
    const payload = { nonce: '1', epoch: '4', direction: 'evm-near' as const }
    placeApproval(world.dir, { schema: 'blyan.approval/1', kind: 'pause', payload })
    await world.round(2)
    expect(world.journal.find('pause', 'evm-near:1')!.payload).to.deep.equal(payload)
    expect(readdirSync(join(world.dir, 'approved')).filter((name) => name.endsWith('.signed'))).to.have.length(1)
  })

  it('signs what an operator approved before all that waits to be signed again', async () => {
    for (let i = 1; i <= 5; i++) world.near.lock(`${i}`)
    await world.round()
    const signed: string[] = []
    const { key } = world
    world.key = {
      ...key,
      sign(request) {
        signed.push(request.kind)
        return key.sign(request)
      },
    }
    world.restart()
    const payload = { nonce: '1', epoch: '2', direction: 'near-evm' as const }
    placeApproval(world.dir, { schema: 'blyan.approval/1', kind: 'pause', payload })
    world.evm.epoch = 2n
    world.evm.empty(3)
    await world.round(2)
    expect(signed).to.deep.equal(['pause', 'lock', 'lock', 'lock', 'lock', 'lock'])
  })

  describe('a second rotation to one epoch', () => {
    /** Too near for both chains once their final blocks are beyond 100. */
    const VALID_FROM = STARTED_S + 100 + ROTATION_DELAY_S
    const SIGNERS = ['11'.repeat(20), '22'.repeat(20), '33'.repeat(20)]

    function approve(changes: { signers?: string[]; k?: number; validFrom?: string } = {}) {
      const payload = { epoch: '2', signers: SIGNERS, k: 2, validFrom: `${VALID_FROM}`, ...changes }
      placeApproval(world.dir, { schema: 'blyan.approval/1', kind: 'rotate', payload })
      return payload
    }
    const standing = () => world.journal.find('rotate', '2')!.payload
    const digestOf = (payload: ReturnType<typeof approve>) =>
      typedDigest(keccak256, separator(), hashRotate(keccak256, payload))
    /** Final on NEAR at once, on EVM two blocks later. */
    const toHeight = (near: number, evm: number) => {
      world.near.empty(near + 1 - world.near.blocks.length)
      world.evm.empty(evm + 3 - world.evm.blocks.length)
    }
    async function refused(payload: ReturnType<typeof approve>): Promise<void> {
      const before = standing()
      world.logged.length = 0
      approve(payload)
      await world.round(2)
      expect(standing()).to.deep.equal(before)
      expect(world.codes('error')).to.deep.equal(['SIGNER_CONTENT_CONFLICT'])
    }

    it('is refused while the first can come into force', async () => {
      const first = approve()
      await world.round(2)
      await refused({ ...first, k: 3 })
      toHeight(100, 100)
      await world.round(2)
      await refused({ ...first, k: 3 })
      toHeight(101, 100)
      await world.round(2)
      await refused({ ...first, k: 3 })
    })

    it('is signed when it is too late for the first on both chains, as final blocks say', async () => {
      approve()
      await world.round(2)
      toHeight(101, 101)
      await world.round(2)
      const next = approve({ k: 3, validFrom: `${VALID_FROM + 500}` })
      await world.round()
      expect(standing()).to.deep.equal(next)
      await refused({ ...next, k: 2 })
    })

    it('is signed when the guardian stopped the first on both, and not when on one alone', async () => {
      const first = approve()
      await world.round(2)
      world.near.pending = '2'
      world.near.empty(1)
      world.near.vetoRotation('2', digestOf(first))
      await world.round(2)
      await refused({ ...first, k: 3 })
      world.evm.vetoRotation(2n, digestOf(first))
      world.evm.empty(2)
      await world.round()
      const next = approve({ k: 3 })
      await world.round()
      expect(standing()).to.deep.equal(next)
    })

    it('is signed for the chain that the first did not reach, with the same signers alone', async () => {
      const first = approve()
      await world.round(2)
      world.evm.latest = 2n
      toHeight(101, 101)
      await world.round(2)
      const later = `${VALID_FROM + 500}`
      await refused({ ...first, k: 3, validFrom: later })
      await refused({ ...first, signers: SIGNERS.slice(1), validFrom: later })
      const next = approve({ validFrom: later })
      await world.round()
      expect(standing()).to.deep.equal(next)
    })

    it('is refused while the first waits on both chains, and when it has begun', async () => {
      const first = approve()
      await world.round(2)
      world.evm.latest = 2n
      world.near.pending = '2'
      toHeight(101, 101)
      await world.round(2)
      await refused({ ...first, k: 3 })
      world.evm.epoch = 2n
      world.near.epoch = '2'
      world.near.pending = null
      toHeight(201, 201)
      await world.round(2)
      await refused({ ...first, k: 3 })
    })

    it('may be followed by others, each after the last came to nothing, also beyond the tenth', async () => {
      for (let i = 0; i < 12; i++) {
        const validFrom = STARTED_S + world.near.blocks.length + 10 + ROTATION_DELAY_S
        const next = approve({ validFrom: `${validFrom}` })
        await world.round(2)
        expect(standing()).to.deep.equal(next)
        toHeight(world.near.blocks.length + 11, world.near.blocks.length + 11)
        await world.round(2)
      }
      expect(world.journal.list('rotate', undefined, 20).items).to.have.length(12)
    })
  })

  it('goes on where it was, without asking for old blocks', async () => {
    world.near.lock('1')
    world.evm.empty(10)
    await world.round()
    world.restart()
    const before = world.evm.asked
    await world.round()
    expect(world.evm.asked - before).to.be.below(20)
    expect(world.rounds.status()).to.deep.include({
      epoch: '1',
      halted: null,
      near: { head: 1, final: 1 },
      evm: { head: 10, final: 8 },
    })
  })

  it('lists by number, not by text, page by page', async () => {
    for (let i = 0; i < 12; i++) world.near.lock(String(i + 1))
    await world.round()
    const first = world.journal.list('lock', undefined, 5)
    const second = world.journal.list('lock', first.next!, 5)
    const third = world.journal.list('lock', second.next!, 5)
    const keys = [first, second, third].flatMap(({ items }) => items.map(({ key }) => key))
    expect(keys).to.deep.equal(Array.from({ length: 12 }, (_, i) => String(i)))
    expect(third.next).to.equal(null)
  })

  it('waits, and says so, while an RPC is away', async () => {
    world.near.lock('1')
    const own = world.evmRpcs[1]!
    world.evmRpcs[1] = async () => Promise.reject(new Error('away'))
    world.restart()
    await world.round()
    expect(world.rounds.status().lastSeenAt).to.equal(0)
    world.evmRpcs[1] = own
    world.restart()
    await world.round()
    expect(world.rounds.status().lastSeenAt).to.be.above(0)
    expect(await world.metrics.registry.metrics()).to.include('blyan_signer_signatures_total{kind="lock"} 1')
  })

  it('signs nothing for an EVM chain that ends before what was final on it, and goes on once it is whole again', async () => {
    world.evm.empty(10)
    await world.round()
    const cut = world.evm.blocks.splice(4)
    world.near.lock('5')
    await world.round(2)
    expect(world.journal.find('lock', '0')).to.equal(null)
    expect(world.codes('warn')).to.deep.equal(['SIGNER_CHAIN_BEHIND', 'SIGNER_CHAIN_BEHIND'])
    world.evm.blocks.push(...cut)
    await world.round()
    expect(world.journal.find('lock', '0')!.payload).to.include({ amount: '5' })
  })

  it('never signs for an EVM chain that began anew: it waits while that is short, then halts', async () => {
    world.evm.empty(10)
    await world.round()
    world.evm.reorganise(0, 'anew')
    world.evm.empty(5)
    world.near.lock('5')
    await world.round(2)
    expect(world.rounds.status().halted).to.equal(null)
    world.evm.empty(10)
    await world.round(2)
    expect(world.rounds.status().halted?.code).to.equal('SIGNER_FINALITY_BROKEN')
    expect(world.journal.find('lock', '0')).to.equal(null)
  })

  it('waits, and says why, where the EVM chain has no such contract', async () => {
    const own = world.evmRpcs.map((rpc) => rpc)
    for (const i of own.keys()) {
      world.evmRpcs[i] = async (method, params) => (method === 'eth_call' ? '0x' : own[i]!(method, params))
    }
    world.restart()
    world.near.lock('5')
    await world.round()
    expect(world.journal.find('lock', '0')).to.equal(null)
    expect(world.codes('warn')).to.deep.equal(['SIGNER_EVM_REPLY'])
  })

  it('passes over an event that it does not understand, and goes on', async () => {
    world.near.bridgeEvent('locked', { number: 1 })
    world.near.market({ event: 'vested', data: { job: '1' } })
    world.near.lock('5')
    await world.round()
    expect(world.journal.find('lock', '0')!.payload).to.include({ amount: '5' })
    expect(world.codes('error')).to.deep.equal(['SIGNER_EVENT_REFUSED', 'SIGNER_EVENT_REFUSED'])
  })

  it('waits for a key that is away, and signs when it is back', async () => {
    const { key } = world
    world.key = { ...key, sign: async () => Promise.reject(new Error('away')) }
    world.restart()
    world.near.lock('5')
    await world.round(2)
    expect(world.journal.find('lock', '0')).to.equal(null)
    world.key = key
    world.restart()
    await world.round()
    expect(world.journal.find('lock', '0')).to.not.equal(null)
  })

  it('does not keep a signature of another key', async () => {
    const { key } = world
    world.key = { ...key, sign: async ({ digest }) => signDigest(new Uint8Array(32).fill(8), digest) }
    world.restart()
    world.near.lock('5')
    await world.round()
    expect(world.journal.find('lock', '0')).to.equal(null)
    expect(world.codes('warn')).to.deep.equal(['SIGNER_EXTERNAL'])
  })

  it('refuses to begin on another network', async () => {
    world.near = new ScriptedNear('elsewhere')
    const error = await world.round().then(
      () => null,
      (thrown) => thrown,
    )
    expect(error?.code).to.equal('SIGNER_OTHER_CHAIN')
  })
})
