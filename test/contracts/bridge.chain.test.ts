/** The bridge's wasm on the embedded chain with BLY's: transfers both ways, what promises do, and gas against the committed table. */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { BridgeChain } from '../fixtures/bridge/bridgeChain.ts'
import { BLY, BRIDGE, domainOf, EVM_RECEIVER, GUARDIAN, HOUR } from '../fixtures/bridge/deployment.ts'
import { bridgeSigners, malleable, signAll } from '../fixtures/bridge/signers.ts'
import { holdGasTable } from '../fixtures/gasTable.ts'
import { contractWasm } from '../fixtures/wasm/contractWasm.ts'

const TGAS = 10n ** 12n
const VECTORS = new URL('../fixtures/vectors/bridge.json', import.meta.url)
const ANYONE = 'owner.test.near'

/** TGas that a transaction may take, all receipts counted. */
const BUDGET: Record<string, number> = {
  lock: 12,
  'unlock.2of3': 25,
  'unlock.2of3.credited': 25,
  'unlock.11of16': 35,
}

describe('bridge on the embedded chain', function () {
  this.timeout(120_000)
  let w: BridgeChain
  let alice: string

  before(async () => {
    w = await BridgeChain.start()
    alice = await w.account('alice', 6_000n * BLY)
    for (let i = 0; i < 4; i++) await w.lock(alice, 1_000n * BLY)
  })
  after(() => w?.close())

  const release = (nonce: number) => w.call(ANYONE, BRIDGE, 'release_delayed', { nonce: `${nonce}` })

  it('locks on NEAR and unlocks by k signatures: the token says the same', async () => {
    const before = BigInt(await w.balance(alice))
    expect(await w.lock(alice, 100n * BLY)).to.equal(`${100n * BLY}`)
    expect(w.events()).to.deep.equal(['locked'])
    expect(await w.unlock(w.burn(0, alice, 30n * BLY))).to.equal('unlocked')
    expect(w.events()).to.deep.equal(['unlocked'])
    expect(await w.balance(alice)).to.equal(`${before - 70n * BLY}`)
    const { locked, unlocked } = await w.view('status')
    expect(await w.balance(BRIDGE)).to.equal(`${BigInt(locked) - BigInt(unlocked)}`)
  })

  it('returns the tokens of a lock that it refuses', async () => {
    const before = await w.balance(alice)
    expect(await w.lock(alice, 100n * BLY, '0x1234')).to.equal('0')
    expect(w.last.failures.map(({ code }) => code)).to.deep.equal(['BRIDGE_RECEIVER_INVALID'])
    expect(await w.lock(alice, BLY / 1000n)).to.equal('0')
    expect(await w.balance(alice)).to.equal(before)
  })

  it('hashes and recovers as ethers does: its vectors unlock on a bridge of their signers', async () => {
    const { near, domain, signers, cases } = JSON.parse(readFileSync(VECTORS, 'utf8'))
    const burn = cases.find(({ kind }: { kind: string }) => kind === 'burn')
    const other = await BridgeChain.start({
      k: 2,
      changes: {
        ...{ chain_id: near.chainId, genesis_hash: near.genesisHash, signers },
        ...{ evm_chain_id: domain.chainId, evm_bridge: domain.verifyingContract },
      },
    })
    const bob = await other.account('bob', 100n * BLY)
    await other.lock(bob, 50n * BLY)
    expect((await other.view('status')).salt).to.equal(domain.salt)
    const { payload, signatures } = burn
    const epoch = (await other.view('status')).epoch
    expect(payload.epoch, 'the first burn of the vectors').to.equal(epoch)
    expect(await other.unlock(payload, signatures)).to.equal('credited')
    await other.close()
  })

  it('refuses what is signed wrongly, and the nonce stays free', async () => {
    const burn = w.burn(1, alice, BLY)
    const [first, second] = w.sign('burn', burn)
    const wrong: [string[], RegExp][] = [
      [[], /BRIDGE_SIGNATURES_TOO_FEW/],
      [[first], /BRIDGE_SIGNATURES_TOO_FEW/],
      [[first, first], /BRIDGE_SIGNATURES_UNSORTED/],
      [[second, first], /BRIDGE_SIGNATURES_UNSORTED/],
      [[first, malleable(second)], /BRIDGE_SIGNATURE_INVALID/],
      [[first, second.slice(0, 128)], /ARGUMENT_INVALID/],
      [[first, `${second.slice(0, 128)}00`], /BRIDGE_SIGNATURE_INVALID/],
      [[first, '00'.repeat(64).concat('1b')], /BRIDGE_SIGNATURE_INVALID/],
    ]
    for (const [signatures, refusal] of wrong) {
      const error = await w.unlock(burn, signatures).catch((reason: Error) => reason)
      expect((error as Error).message).to.match(refusal)
    }
    expect(await w.view('transfer', { direction: 'evm-near', nonce: '1' })).to.equal(null)
    expect(await w.unlock(burn)).to.equal('unlocked')
    expect(((await w.unlock(burn).catch((reason) => reason)) as Error).message).to.contain('BRIDGE_NONCE_USED: ')
  })

  it('owes what cannot be delivered, restores a failed collection, and pays where its owner says', async () => {
    const { accountId: nobody } = await w.chain.createAccount('nobody.test.near')
    expect(await w.unlock(w.burn(2, nobody, 30n * BLY))).to.equal('credited')
    expect(w.events()).to.deep.equal(['credited'])
    expect(await w.call(nobody, BRIDGE, 'collect_credit', {}, 1n)).to.equal(false)
    expect(w.events()).to.deep.equal(['credit_restored'])
    expect(await w.view('credit', { account_id: nobody })).to.equal(`${30n * BLY}`)
    const before = BigInt(await w.balance(alice))
    expect(await w.call(nobody, BRIDGE, 'collect_credit', { to: alice }, 1n)).to.equal(true)
    expect(w.events()).to.deep.equal(['credit_collected'])
    expect(await w.balance(alice)).to.equal(`${before + 30n * BLY}`)
    expect(await w.view('status')).to.include({ credits: '0', pending: '0' })
  })

  it('lets no stranger answer for the token, nor a false token lock', async () => {
    const { accountId: mallory } = await w.chain.createAccount('mallory.test.near')
    const before = await w.view('status')
    const lock = { sender_id: alice, amount: `${BLY}`, msg: JSON.stringify({ lock: { receiver: EVM_RECEIVER } }) }
    const doors: [string, object, string][] = [
      ['on_unlocked', { direction: 'evm-near', nonce: '0' }, 'CALLBACK_ONLY'],
      ['on_collected', { account: mallory, to: mallory, amount: `${BLY}` }, 'CALLBACK_ONLY'],
      ['ft_on_transfer', lock, 'CALLER_FORBIDDEN'],
      ['init', w.settings, 'CALLBACK_ONLY'],
    ]
    for (const [method, args, code] of doors) {
      const error = await w.call(mallory, BRIDGE, method, args).catch((reason: Error) => reason)
      expect((error as Error).message, method).to.contain(`${code}: `)
    }
    expect(await w.view('status')).to.deep.equal(before)
  })

  it('gives back what a caller attached beyond the price of its records', async () => {
    const burn = w.burn(3, alice, BLY)
    const carrier = w.chain.account(await w.account('carrier', 0n))
    const before = carrier.state()!.amount
    await w.call(carrier.accountId, BRIDGE, 'unlock', { ...burn, signatures: w.sign('burn', burn) }, 10n ** 24n)
    const price = BigInt((await w.view('limits')).payout_deposit)
    const gas = 5n * 10n ** 21n
    expect(before - carrier.state()!.amount - price < gas).to.equal(true)
  })

  it('pays wholly or not at all, however little gas a caller attaches', async () => {
    const burn = w.burn(4, alice, BLY)
    const deposit = BigInt((await w.view('limits')).payout_deposit)
    const before = BigInt(await w.balance(alice))
    const args = { ...burn, signatures: w.sign('burn', burn) }
    let least = 0n
    for (let tgas = 2n; least === 0n; tgas += 2n) {
      const result = await w.call(alice, BRIDGE, 'unlock', args, deposit, tgas * TGAS).catch((reason: Error) => reason)
      const transfer = await w.view('transfer', { direction: 'evm-near', nonce: '4' })
      if (result instanceof Error) expect(transfer, `with ${tgas} TGas`).to.equal(null)
      else {
        expect(result).to.equal('unlocked')
        least = tgas
      }
    }
    expect(BigInt(await w.balance(alice)) - before).to.equal(BLY)
    expect(least <= 40n, `${least} TGas`).to.equal(true)
  })

  it('keeps working for everyone when nobody holds a key of its account any more', async () => {
    const other = await BridgeChain.start()
    const bob = await other.account('bob', 100n * BLY)
    const { publicKey } = other.chain.account(BRIDGE).keys
    await other.chain.account(BRIDGE).send(BRIDGE, [{ kind: 'deleteKey', publicKey }])
    await other.lock(bob, 50n * BLY)
    expect(await other.unlock(other.burn(0, bob, BLY))).to.equal('unlocked')
    const { wasm } = await contractWasm('bridge')
    const refused = await other.chain
      .account(BRIDGE)
      .deploy(wasm)
      .catch((reason: Error) => reason)
    expect(refused).to.be.instanceOf(Error)
    await other.close()
  })

  it('runs its callbacks to their end at the longest names and the largest totals', async () => {
    const longest = `${'l'.repeat(54)}.test.near`
    expect(await w.unlock(w.burn(2 ** 50, longest, 399n * BLY))).to.equal('credited')
    const callback = w.last.outcomes.find(({ logs }) => logs.some((line) => line.includes('"credited"')))!
    // 15 TGas are attached; the rest is room for deep tries.
    expect(Number(callback.gasBurnt) / 1e12).to.be.below(5)
  })

  it('keeps its promises to the clock: delay, veto, queue, pause', async () => {
    await w.chain.advance(HOUR)
    expect(await w.unlock(w.burn(10, alice, 700n * BLY))).to.equal('delayed')
    expect(await w.unlock(w.burn(11, alice, 400n * BLY))).to.equal('delayed')
    expect(((await release(10).catch((reason) => reason)) as Error).message).to.contain('BRIDGE_TOO_EARLY: ')
    await w.call(GUARDIAN, BRIDGE, 'veto', { nonce: '11' }, 1n)
    await w.chain.advance(HOUR)
    expect(await release(10)).to.equal('unlocked')
    expect(await w.unlock(w.burn(12, alice, 350n * BLY))).to.equal('queued')
    expect(await w.unlock(w.burn(13, alice, BLY))).to.equal('queued')
    expect(await w.call(ANYONE, BRIDGE, 'release', { max: 8 })).to.equal(0)
    await w.chain.advance(HOUR)
    expect(await w.call(ANYONE, BRIDGE, 'release', { max: 8 })).to.equal(2)
    expect(w.events()).to.deep.equal(['unlocked', 'unlocked'])
    const { locked, unlocked, pending } = await w.view('status')
    expect(pending).to.equal('0')
    const credits = BigInt((await w.view('status')).credits)
    expect(await w.balance(BRIDGE)).to.equal(`${BigInt(locked) - BigInt(unlocked)}`)
    expect(credits).to.equal(399n * BLY)
    await w.call(GUARDIAN, BRIDGE, 'pause', {}, 1n)
    expect(await w.lock(alice, BLY)).to.equal('0')
    await w.call(GUARDIAN, BRIDGE, 'unpause', {}, 1n)
    expect(await w.lock(alice, BLY)).to.equal(`${BLY}`)
  })

  it('costs what the committed gas table says, within the budgets of lock and unlock', async () => {
    const calls: Record<string, number> = {}
    const note = (name: string) => {
      calls[name] = w.tgas()
    }
    const deposit = BigInt((await w.view('limits')).payout_deposit)
    await w.chain.advance(2 * HOUR)
    const bob = await w.account('bob', 100n * BLY)
    await w.lock(bob, 10n * BLY)
    note('lock')
    await w.unlock(w.burn(20, bob, BLY))
    note('unlock.2of3')
    await w.unlock(w.burn(21, 'gone.test.near', BLY))
    note('unlock.2of3.credited')
    await w.unlock(w.burn(22, bob, 400n * BLY))
    note('unlock.2of3.delayed')
    await w.chain.createAccount('gone.test.near')
    await w.call('gone.test.near', BRIDGE, 'collect_credit', { to: bob }, 1n)
    note('collect_credit')
    const veto = { nonce: '0', epoch: '1' }
    const signatures = w.sign('veto', { ...veto, direction: 'near-evm' })
    expect(await w.call(ANYONE, BRIDGE, 'refund', { ...veto, signatures }, deposit)).to.equal('queued')
    note('refund.2of3.queued')
    for (let i = 0; i < 8; i++) await w.unlock(w.burn(30 + i, bob, BLY))
    note('unlock.2of3.queued')
    await w.chain.advance(HOUR)
    expect(await w.call(ANYONE, BRIDGE, 'release', { max: 8 })).to.equal(1)
    await w.chain.advance(HOUR)
    expect(await w.call(ANYONE, BRIDGE, 'release', { max: 8 }, 0n, 290n * TGAS)).to.equal(8)
    note('release.8')
    expect(await release(22)).to.equal('unlocked')
    note('release_delayed')
    await w.call(bob, BRIDGE, 'link_evm', { evm: EVM_RECEIVER }, 1n)
    note('link_evm')
    await w.unlock(w.burn(40, bob, 400n * BLY))
    await w.call(GUARDIAN, BRIDGE, 'veto', { nonce: '40' }, 1n)
    note('veto')
    const pause = { nonce: '1', epoch: '1' }
    const asked = w.sign('pause', { ...pause, direction: 'evm-near' })
    await w.call(ANYONE, BRIDGE, 'pause_with', { ...pause, signatures: asked })
    note('pause_with.2of3')
    await w.call(GUARDIAN, BRIDGE, 'unpause', {}, 1n)
    const next = bridgeSigners(16, 'next')
    const validFrom = `${Math.floor(w.chain.now() / 1000) + 4000}`
    const set = { epoch: '2', signers: next.map(({ address }) => address), k: 11 }
    const rotation = { ...set, validFrom }
    const args = {
      ...{ ...set, valid_from: validFrom, old_signatures: w.sign('rotate', rotation) },
      new_signatures: signAll(next, domainOf(w.settings), 'rotate', rotation),
    }
    await w.call(ANYONE, BRIDGE, 'rotate', args, 10n ** 23n)
    note('rotate.2of3.to16')
    await w.chain.advance(2 * HOUR)
    const burn = w.burn(50, bob, BLY, { epoch: '2' })
    expect(await w.unlock(burn, w.sign('burn', burn, next.slice(0, 11)))).to.equal('unlocked')
    note('unlock.11of16')

    const bytes = await holdGasTable('bridge', calls)
    for (const [name, most] of Object.entries(BUDGET)) expect(calls[name], name).to.be.at.most(most)
    expect(bytes).to.be.at.most(720_000)
  })
})
