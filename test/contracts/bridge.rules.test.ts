/** The bridge's rules in memory: locks, pay-outs, signers, limit, queue, delays, pauses, credits, and what holds at random. */
import { readFileSync } from 'node:fs'
import { keccak_256 as keccak } from '@noble/hashes/sha3.js'
import { expect } from 'chai'
import { BRIDGE_ERRORS } from '../../contracts/near/bridge/errors.ts'
import { PAYOUT_BYTES, PREFIX, parsePayoutKey, payoutKey } from '../../contracts/near/bridge/storage.ts'
import { domainSeparator } from '../../contracts/near/lib/pure/index.ts'
import { BridgeWorld } from '../fixtures/bridge/bridgeWorld.ts'
import {
  BLY,
  BRIDGE,
  deployment,
  domainOf,
  EVM_BRIDGE,
  EVM_RECEIVER,
  GUARDIAN,
  HOUR,
  TOKEN,
} from '../fixtures/bridge/deployment.ts'
import { bridgeSigners, signAll } from '../fixtures/bridge/signers.ts'
import { FakeHost } from '../fixtures/fakeHost.ts'

const DAY = 24 * HOUR

/** A bridge where alice has locked 5,000 of her 6,000 BLY, in tens of small locks' worth. */
function funded(options = {}): { w: BridgeWorld; alice: string } {
  const w = new BridgeWorld(options)
  const alice = w.account('alice', 6_000n * BLY)
  for (let i = 0; i < 5; i++) w.lock(alice, 1_000n * BLY)
  w.host.takeLogs()
  return { w, alice }
}

describe('bridge (rules): setting up', () => {
  it('fixes everything once, with the domain separator that signers use', () => {
    const w = new BridgeWorld()
    expect(w.view('status').separator).to.equal(domainSeparator(keccak, domainOf(w.settings)))
    expect(() => w.call(BRIDGE, 'init', w.settings)).to.throw('BRIDGE_INITIALISED: ')
    expect(() => new FakeHost() && w.rules.callBridge(new FakeHost(), 'status', {})).to.throw(
      'BRIDGE_NOT_INITIALISED: ',
    )
    const stranger = new FakeHost({ current: BRIDGE, predecessor: 'mallory.test.near' })
    expect(() => w.rules.callBridge(stranger, 'init', w.settings)).to.throw('CALLBACK_ONLY: ')
  })

  it('refuses settings under which it could not be safe', () => {
    const signers = bridgeSigners(4)
    const addresses = signers.map(({ address }) => address)
    const wrong: [object, string][] = [
      [{ k: 2 }, 'BRIDGE_SIGNERS_INVALID'],
      [{ k: 5 }, 'BRIDGE_SIGNERS_INVALID'],
      [{ signers: [...addresses].reverse() }, 'BRIDGE_SIGNERS_INVALID'],
      [{ signers: [addresses[0], addresses[0], addresses[1]] }, 'BRIDGE_SIGNERS_INVALID'],
      [{ signers: ['0'.repeat(40), ...addresses.slice(1)] }, 'BRIDGE_SIGNERS_INVALID'],
      [{ signers: [] }, 'ARGUMENT_INVALID'],
      [{ min_amount: '0' }, 'BRIDGE_CONFIG_INVALID'],
      [{ min_amount: `${1_001n * BLY}` }, 'BRIDGE_CONFIG_INVALID'],
      [{ large_amount: '0' }, 'BRIDGE_CONFIG_INVALID'],
      [{ evm_bridge: `0x${EVM_BRIDGE}` }, 'ARGUMENT_INVALID'],
    ]
    for (const [changes, code] of wrong) {
      const args = deployment(signers, 3, changes)
      const host = new FakeHost({ current: BRIDGE, predecessor: BRIDGE })
      const w = new BridgeWorld()
      expect(() => host.call({}, () => w.rules.callBridge(host, 'init', args)), JSON.stringify(changes)).to.throw(code)
      expect(host.storage.size).to.equal(0)
    }
  })

  it('has prefixes of which none begins another, and keys that can be read back', () => {
    const all = Object.values(PREFIX)
    for (const a of all) for (const b of all) if (a !== b) expect(b.startsWith(a), `${a} begins ${b}`).to.equal(false)
    for (const direction of ['near-evm', 'evm-near'] as const) {
      const id = { direction, nonce: `${2n ** 64n - 1n}` }
      expect(parsePayoutKey(payoutKey(id))).to.deep.equal(id)
    }
  })

  it('has one sentence of help for each code that it throws', () => {
    const folder = new URL('../../contracts/near/bridge/', import.meta.url)
    const files = ['context', 'credit', 'epochs', 'init', 'limit', 'link', 'lock', 'pause', 'payout', 'refund']
    const text = [...files, 'release', 'rotate', 'signatures', 'unlock', 'veto']
      .map((name) => readFileSync(new URL(`${name}.ts`, folder), 'utf8'))
      .join('\n')
    const thrown = new Set([...text.matchAll(/'(BRIDGE_[A-Z_]+)'/g)].map(([, code]) => code))
    const listed = Object.keys(BRIDGE_ERRORS).filter((code) => code.startsWith('BRIDGE_'))
    expect([...thrown].sort()).to.deep.equal(listed.sort())
  })
})

describe('bridge (rules): locking', () => {
  it('locks what arrives, with the address as EVM writes it, and charges its sender for the record', () => {
    const w = new BridgeWorld()
    const alice = w.account('alice', 100n * BLY)
    const before = w.view('storage_balance_of', { account_id: alice })
    w.lock(alice, 10n * BLY, EVM_RECEIVER.toLowerCase())
    expect(w.host.takeEvents()).to.deep.equal([
      {
        standard: 'blyan_bridge',
        version: '1.0.0',
        event: 'locked',
        data: [{ nonce: '0', sender: alice, receiver: EVM_RECEIVER, amount: `${10n * BLY}` }],
      },
    ])
    const transfer = { direction: 'near-evm', nonce: '0', state: 'locked', sender: alice, receiver: EVM_RECEIVER }
    expect(w.view('transfer', { direction: 'near-evm', nonce: '0' })).to.deep.equal({
      ...transfer,
      amount: `${10n * BLY}`,
      ready_at_ms: null,
    })
    expect(w.view('locks')).to.deep.equal([
      { nonce: '0', sender: alice, receiver: EVM_RECEIVER, amount: `${10n * BLY}`, height: 1 },
    ])
    const after = w.view('storage_balance_of', { account_id: alice })
    expect(after.total).to.equal(before.total)
    expect(BigInt(before.available) - BigInt(after.available) > 0n).to.equal(true)
    expect(() => w.call(alice, 'storage_unregister', { force: true }, 1n)).to.throw('STORAGE_IN_USE: ')
  })

  it('returns what it cannot lock', () => {
    const w = new BridgeWorld()
    const alice = w.account('alice', 5_000n * BLY)
    const receive =
      (args: object, from = TOKEN) =>
      () =>
        w.call(from, 'ft_on_transfer', { sender_id: alice, amount: `${BLY}`, msg: '', ...args })
    const to = (receiver: unknown) => JSON.stringify({ lock: { receiver } })
    const cases: [() => unknown, string][] = [
      [receive({ msg: to(EVM_RECEIVER) }, 'false.test.near'), 'CALLER_FORBIDDEN'],
      [receive({ msg: 'lock' }), 'BRIDGE_MESSAGE_INVALID'],
      [receive({ msg: '{}' }), 'ARGUMENT_INVALID'],
      [receive({ msg: to(5) }), 'ARGUMENT_INVALID'],
      [receive({ msg: to('0x12') }), 'BRIDGE_RECEIVER_INVALID'],
      [receive({ msg: to(`0x${'0'.repeat(40)}`) }), 'BRIDGE_RECEIVER_INVALID'],
      [receive({ msg: to(EVM_RECEIVER.replace('E', 'e')) }), 'BRIDGE_RECEIVER_INVALID'],
      [receive({ msg: to(`0x${EVM_BRIDGE}`) }), 'BRIDGE_RECEIVER_INVALID'],
      [receive({ msg: to(EVM_RECEIVER), amount: `${BLY / 100n - 1n}` }), 'BRIDGE_AMOUNT_OUT_OF_BOUNDS'],
      [receive({ msg: to(EVM_RECEIVER), amount: `${1_000n * BLY + 1n}` }), 'BRIDGE_AMOUNT_OUT_OF_BOUNDS'],
      [receive({ msg: to(EVM_RECEIVER), sender_id: 'poor.test.near' }), 'STORAGE_NOT_REGISTERED'],
    ]
    for (const [act, code] of cases) expect(act).to.throw(code)
    expect(w.view('status')).to.include({ locked: '0', locks: 0 })
  })

  it('stops taking locks of an account whose storage balance is used up', () => {
    const w = new BridgeWorld()
    w.token.set('thrifty.test.near', 100n * BLY)
    const { min } = w.view('storage_balance_bounds')
    w.call('thrifty.test.near', 'storage_deposit', {}, BigInt(min))
    expect(() => w.lock('thrifty.test.near', BLY)).to.throw('STORAGE_EXHAUSTED: ')
    expect(w.balance('thrifty.test.near')).to.equal(100n)
  })
})

describe('bridge (rules): paying out', () => {
  it('pays a burn that k signers attest, says what for, and shows its state', () => {
    const { w } = funded()
    const bob = w.account('bob')
    expect(w.unlock(w.burn(7, bob, 30n * BLY))).to.equal('paying')
    expect(w.view('status')).to.include({ pending: `${30n * BLY}`, unlocked: '0', attested_burns: `${30n * BLY}` })
    w.settle()
    expect(w.balance(bob)).to.equal(30n)
    expect(w.host.takeEvents().map(({ event, data }) => ({ event, ...data[0] }))).to.deep.equal([
      { event: 'unlocked', nonce: '7', receiver: bob, amount: `${30n * BLY}`, source: 'ab'.repeat(32) },
    ])
    expect(w.view('transfer', { direction: 'evm-near', nonce: '7' })).to.deep.equal({
      ...{ direction: 'evm-near', nonce: '7', state: 'unlocked', sender: null, receiver: bob },
      ...{ amount: `${30n * BLY}`, ready_at_ms: null },
    })
    expect(w.view('transfer', { direction: 'evm-near', nonce: '8' })).to.equal(null)
    expect(w.view('status')).to.include({ pending: '0', unlocked: `${30n * BLY}` })
  })

  it('takes more than k signatures, each of them checked', () => {
    const { w, alice } = funded()
    const burn = w.burn(0, alice, BLY)
    const all = w.sign('burn', burn, w.signers)
    const stranger = signAll(bridgeSigners(1, 'stranger'), domainOf(w.settings), 'burn', burn)
    expect(() => w.unlock(burn, [...all.slice(0, 2), ...stranger].sort())).to.throw(/BRIDGE_SIGN/)
    expect(w.unlock(burn, all)).to.equal('paying')
  })

  it('has its caller pay for the longest records, and gives back the rest', () => {
    const { w } = funded()
    const receiver = `${'r'.repeat(59)}.near`
    const burn = w.burn(2n ** 64n - 1n, receiver, 300n * BLY)
    const signatures = w.sign('burn', burn)
    const price = w.payoutDeposit
    const unlock = (deposit: bigint) => w.call('payer.near', 'unlock', { ...burn, signatures }, deposit)
    expect(() => unlock(price - 1n)).to.throw('BRIDGE_DEPOSIT_TOO_LOW: ')
    const before = w.host.storageUsage()
    unlock(price + 5n)
    expect(w.sent).to.deep.equal([{ receiver: 'payer.near', yocto: 5n }])
    w.settle()
    expect(w.view('credit', { account_id: receiver })).to.equal(`${300n * BLY}`)
    // Totals keep their length within a few digits.
    expect(w.host.storageUsage() - before < PAYOUT_BYTES).to.equal(true)
  })

  it('never pays more than is locked, whatever was signed', () => {
    const w = new BridgeWorld()
    const alice = w.account('alice', 100n * BLY)
    w.lock(alice, 50n * BLY)
    expect(() => w.unlock(w.burn(0, alice, 51n * BLY))).to.throw('BRIDGE_UNBACKED: ')
    w.unlock(w.burn(0, alice, 40n * BLY))
    expect(() => w.unlock(w.burn(1, alice, 11n * BLY))).to.throw('BRIDGE_UNBACKED: ')
    w.settle()
    expect(() => w.unlock(w.burn(1, alice, 11n * BLY))).to.throw('BRIDGE_UNBACKED: ')
    w.unlock(w.burn(1, alice, 10n * BLY))
  })

  it('queues what is above the limit, first come first served, and pays as the bucket leaks', () => {
    const { w } = funded()
    const [bob, carol, dave] = [w.account('bob'), w.account('carol'), w.account('dave')]
    for (let i = 0; i < 3; i++) expect(w.unlock(w.burn(i, bob, 300n * BLY))).to.equal('paying')
    expect(w.view('limits').capacity).to.equal(`${100n * BLY}`)
    expect(w.unlock(w.burn(3, carol, 300n * BLY))).to.equal('queued')
    // It would fit, but carol came first.
    expect(w.unlock(w.burn(4, dave, 50n * BLY))).to.equal('queued')
    expect(w.call('anyone.near', 'release', { max: 8 })).to.equal(0)
    w.host.advance((HOUR * 2) / 10 - 1)
    expect(w.call('anyone.near', 'release', { max: 8 })).to.equal(0)
    w.host.advance(1)
    expect(w.call('anyone.near', 'release', { max: 8 })).to.equal(1)
    w.host.advance(HOUR)
    expect(w.call('anyone.near', 'release', { max: 8 })).to.equal(1)
    w.settle()
    expect([w.balance(bob), w.balance(carol), w.balance(dave)]).to.deep.equal([900n, 300n, 50n])
    expect([...w.host.storage.keys()].filter((key) => key.startsWith(PREFIX.queue))).to.deep.equal([])
  })

  it('releases eight at most in one call', () => {
    const { w } = funded()
    const bob = w.account('bob')
    for (let i = 0; i < 3; i++) w.unlock(w.burn(i, bob, 333n * BLY))
    for (let i = 3; i < 15; i++) expect(w.unlock(w.burn(i, bob, 2n * BLY))).to.equal('queued')
    w.host.advance(HOUR)
    expect(() => w.call('anyone.near', 'release', { max: 9 })).to.throw('ARGUMENT_INVALID: ')
    expect(w.call('anyone.near', 'release', { max: 8 })).to.equal(8)
    expect(w.view('status').queue_length).to.equal(4)
  })

  it('holds a large one for the guardian, then pays or queues it', () => {
    const { w } = funded()
    const bob = w.account('bob')
    expect(w.unlock(w.burn(0, bob, 400n * BLY))).to.equal('delayed')
    expect(w.unlock(w.burn(1, bob, 900n * BLY))).to.equal('delayed')
    const ready = Number(w.host.timeNs / 1_000_000n) + HOUR
    expect(w.view('transfer', { direction: 'evm-near', nonce: '0' })).to.include({
      state: 'delayed',
      ready_at_ms: ready,
    })
    w.host.advance(HOUR - 1)
    expect(() => w.call('anyone.near', 'release_delayed', { nonce: '0' })).to.throw('BRIDGE_TOO_EARLY: ')
    w.host.advance(1)
    expect(w.call('anyone.near', 'release_delayed', { nonce: '0' })).to.equal('paying')
    expect(w.call('anyone.near', 'release_delayed', { nonce: '1' })).to.equal('queued')
    expect(() => w.call('anyone.near', 'release_delayed', { nonce: '1' })).to.throw('BRIDGE_STATE_WRONG: ')
    expect(() => w.call('anyone.near', 'release_delayed', { nonce: '2' })).to.throw('BRIDGE_NONCE_UNKNOWN: ')
    w.settle()
    expect(() => w.guardian('veto', { nonce: '0' })).to.throw('BRIDGE_STATE_WRONG: ')
    expect(w.events()).to.deep.equal(['delayed', 'delayed', 'queued', 'unlocked'])
  })

  it('drops from the queue what the guardian stopped, takes nothing from the limit for it, and pays who comes after', () => {
    const { w } = funded()
    const bob = w.account('bob')
    for (const nonce of [0, 1, 2]) w.unlock(w.burn(nonce, bob, 350n * BLY))
    for (const nonce of [3, 4]) expect(w.unlock(w.burn(nonce, bob, 300n * BLY))).to.equal('queued')
    w.settle()
    w.guardian('veto', { nonce: '2' })
    w.guardian('veto', { nonce: '3' })
    expect(w.view('status').pending).to.equal(`${300n * BLY}`)
    w.host.advance(HOUR / 3)
    expect(w.call('anyone.near', 'release', { max: 8 })).to.equal(3)
    w.settle()
    expect([2, 3, 4].map((nonce) => w.state('evm-near', nonce))).to.deep.equal(['vetoed', 'vetoed', 'unlocked'])
    expect(w.view('status')).to.include({ queue_length: 0, pending: '0', unlocked: `${1_000n * BLY}` })
  })

  it('never pays what the guardian vetoed, and frees what was set aside for it', () => {
    const { w } = funded()
    w.unlock(w.burn(0, 'bob.test.near', 400n * BLY))
    expect(() => w.call(GUARDIAN, 'veto', { nonce: '0' })).to.throw('DEPOSIT_ONE_YOCTO: ')
    expect(() => w.call('mallory.test.near', 'veto', { nonce: '0' }, 1n)).to.throw('CALLER_FORBIDDEN: ')
    w.guardian('veto', { nonce: '0' })
    expect(w.state('evm-near', 0)).to.equal('vetoed')
    expect(w.view('status').pending).to.equal('0')
    w.host.advance(DAY)
    expect(() => w.call('anyone.near', 'release_delayed', { nonce: '0' })).to.throw('BRIDGE_STATE_WRONG: ')
    expect(() => w.unlock(w.burn(0, 'bob.test.near', 400n * BLY))).to.throw('BRIDGE_NONCE_USED: ')
    expect(w.events()).to.deep.equal(['delayed', 'vetoed'])
  })
})

describe('bridge (rules): credits', () => {
  it('owes a failed transfer to its receiver, who collects it wherever it is registered', () => {
    const { w, alice } = funded()
    w.unlock(w.burn(0, 'nobody.test.near', 30n * BLY))
    w.settle()
    expect(w.state('evm-near', 0)).to.equal('credited')
    expect(w.view('status')).to.include({ credits: `${30n * BLY}`, pending: '0', unlocked: '0' })
    w.unlock(w.burn(1, 'nobody.test.near', 5n * BLY))
    w.settle()
    expect(w.view('credit', { account_id: 'nobody.test.near' })).to.equal(`${35n * BLY}`)
    expect(() => w.call('nobody.test.near', 'collect_credit', {})).to.throw('DEPOSIT_ONE_YOCTO: ')
    expect(() => w.call(alice, 'collect_credit', {}, 1n)).to.throw('BRIDGE_NO_CREDIT: ')
    w.call('nobody.test.near', 'collect_credit', { to: alice }, 1n)
    expect(() => w.call('nobody.test.near', 'collect_credit', {}, 1n)).to.throw('BRIDGE_NO_CREDIT: ')
    w.settle()
    expect(w.balance(alice)).to.equal(1_035n)
    expect(w.view('status')).to.include({ credits: '0', pending: '0', unlocked: `${35n * BLY}` })
    expect(w.host.has(`${PREFIX.credit}nobody.test.near`)).to.equal(false)
    expect(w.events()).to.deep.equal(['credited', 'credited', 'credit_collected'])
  })

  it('restores a credit whose collection failed, with what came meanwhile', () => {
    const { w, alice } = funded()
    w.unlock(w.burn(0, 'nobody.test.near', 30n * BLY))
    w.settle()
    w.call('nobody.test.near', 'collect_credit', {}, 1n)
    w.unlock(w.burn(1, 'nobody.test.near', 5n * BLY))
    w.settle()
    expect(w.view('credit', { account_id: 'nobody.test.near' })).to.equal(`${35n * BLY}`)
    expect(w.events()).to.include('credit_restored')
    w.call('nobody.test.near', 'collect_credit', { to: alice }, 1n)
    w.unlock(w.burn(2, 'nobody.test.near', 5n * BLY))
    w.settle()
    expect(w.view('credit', { account_id: 'nobody.test.near' })).to.equal(`${5n * BLY}`)
  })

  it('answers one payment once: a second answer changes nothing', () => {
    const { w, alice } = funded()
    w.unlock(w.burn(0, alice, 30n * BLY))
    w.settle()
    const before = w.view('status')
    expect(w.answer('on_unlocked', { direction: 'evm-near', nonce: '0' }, false)).to.equal(null)
    expect(w.answer('on_unlocked', { direction: 'evm-near', nonce: '9' }, true)).to.equal(null)
    expect(w.view('status')).to.deep.equal(before)
  })
})

describe('bridge (rules): refunds', () => {
  it('gives a lock back to who locked it, once, when k signers attest its veto', () => {
    const { w, alice } = funded()
    expect(() => w.refund(9)).to.throw('BRIDGE_NONCE_UNKNOWN: ')
    expect(w.refund(0)).to.equal('paying')
    w.settle()
    expect(w.balance(alice)).to.equal(2_000n)
    expect(w.state('near-evm', 0)).to.equal('refunded')
    expect(() => w.refund(0)).to.throw('BRIDGE_NONCE_USED: ')
    expect(w.events()).to.deep.equal(['refunded'])
    // The bucket is full: the next one waits, and others behind it.
    expect(w.refund(1)).to.equal('queued')
    expect(w.unlock(w.burn(0, alice, BLY))).to.equal('queued')
    w.host.advance(HOUR)
    expect(w.call('anyone.near', 'release', { max: 2 })).to.equal(1)
  })

  it('owes a refund to a sender who left the token', () => {
    const { w, alice } = funded()
    w.token.delete(alice)
    w.refund(0)
    w.settle()
    expect(w.state('near-evm', 0)).to.equal('credited')
    expect(w.view('credit', { account_id: alice })).to.equal(`${1_000n * BLY}`)
  })
})

describe('bridge (rules): epochs', () => {
  const next = bridgeSigners(4, 'next')
  const rotation = (w: BridgeWorld, changes = {}) => ({
    epoch: '2',
    signers: next.map(({ address }) => address),
    k: 3,
    validFrom: `${w.host.timeNs / 1_000_000_000n + 3600n}`,
    ...changes,
  })
  const rotate = (w: BridgeWorld, payload = rotation(w), old?: string[], all?: string[]) => {
    const { epoch, signers, k, validFrom } = payload
    const domain = domainOf(w.settings)
    const old_signatures = old ?? w.sign('rotate', payload)
    const new_signatures = all ?? signAll(next, domain, 'rotate', payload)
    const args = { epoch, signers, k, valid_from: validFrom, old_signatures, new_signatures }
    return w.call('anyone.near', 'rotate', args, 10n ** 23n)
  }

  it('rotates to signers whom k old and all new ones signed for, at the stated second', () => {
    const { w, alice } = funded()
    rotate(w)
    expect(w.view('status')).to.include({ epoch: '1', pending_epoch: '2' })
    expect(w.sent).to.have.length(1)
    const before = w.burn(0, alice, BLY)
    w.host.advance(HOUR - 1000)
    w.unlock(before)
    w.host.advance(1000)
    expect(w.view('status')).to.include({ epoch: '2', pending_epoch: null })
    expect(w.view('signers')).to.include({ epoch: '2', k: 3 })
    expect(w.view('signers', { epoch: '1' }).signers).to.deep.equal(w.settings.signers)
    expect(w.view('signers', { epoch: '3' })).to.equal(null)
    expect(() => w.unlock(w.burn(1, alice, BLY))).to.throw('BRIDGE_EPOCH_WRONG: ')
    const burn = w.burn(1, alice, BLY, { epoch: '2' })
    expect(() => w.unlock(burn)).to.throw('BRIDGE_SIGN')
    expect(w.unlock(burn, w.sign('burn', burn, next.slice(1)))).to.equal('paying')
  })

  it('refuses a rotation that is early, out of turn, half signed or badly made', () => {
    const { w } = funded()
    const early = rotation(w, { validFrom: `${w.host.timeNs / 1_000_000_000n + 3599n}` })
    expect(() => rotate(w, early)).to.throw('BRIDGE_ROTATION_EARLY: ')
    expect(() => rotate(w, rotation(w, { epoch: '3' }))).to.throw('BRIDGE_EPOCH_WRONG: ')
    expect(() => rotate(w, rotation(w, { k: 2 }))).to.throw('BRIDGE_SIGNERS_INVALID: ')
    const fair = rotation(w)
    const all = signAll(next, domainOf(w.settings), 'rotate', fair)
    expect(() => rotate(w, fair, undefined, all.slice(1))).to.throw('BRIDGE_SIGNATURES_TOO_FEW: ')
    expect(() => rotate(w, fair, w.sign('rotate', fair).slice(1))).to.throw('BRIDGE_SIGNATURES_TOO_FEW: ')
    expect(() => rotate(w, fair, all)).to.throw('BRIDGE_SIGN')
    const { epoch, signers, k, validFrom } = fair
    const args = {
      epoch,
      signers,
      k,
      valid_from: validFrom,
      old_signatures: w.sign('rotate', fair),
      new_signatures: all,
    }
    expect(() => w.call('anyone.near', 'rotate', args, 1n)).to.throw('BRIDGE_DEPOSIT_TOO_LOW: ')
    rotate(w, fair)
    expect(() => rotate(w, rotation(w, { epoch: '2' }))).to.throw('BRIDGE_ROTATION_PENDING: ')
  })

  it('lets the guardian refuse a rotation for ever, and another one through', () => {
    const { w } = funded()
    expect(() => w.guardian('veto_rotation')).to.throw('BRIDGE_ROTATION_NONE: ')
    const payload = rotation(w, { validFrom: `${w.host.timeNs / 1_000_000_000n + 9000n}` })
    rotate(w, payload)
    w.guardian('veto_rotation')
    expect(w.view('status')).to.include({ epoch: '1', pending_epoch: null })
    expect(() => rotate(w, payload)).to.throw('BRIDGE_ROTATION_VETOED: ')
    rotate(w, { ...payload, validFrom: `${BigInt(payload.validFrom) + 1n}` })
    w.host.advance(DAY)
    expect(() => w.guardian('veto_rotation')).to.throw('BRIDGE_ROTATION_NONE: ')
    expect(w.events()).to.deep.equal(['rotation_scheduled', 'rotation_vetoed', 'rotation_scheduled'])
  })
})

describe('bridge (rules): pauses', () => {
  const pauseWith = (w: BridgeWorld, nonce: number, direction: 'near-evm' | 'evm-near' = 'evm-near') => {
    const payload = { nonce: `${nonce}`, epoch: '1', direction }
    const { epoch } = payload
    return w.call('anyone.near', 'pause_with', { nonce: `${nonce}`, epoch, signatures: w.sign('pause', payload) })
  }

  it('stops all that moves BLY, for 72 hours, once by the guardian', () => {
    const { w, alice } = funded()
    w.unlock(w.burn(0, 'nobody.test.near', BLY))
    w.unlock(w.burn(1, alice, 500n * BLY))
    w.settle()
    expect(() => w.call(alice, 'pause', {}, 1n)).to.throw('CALLER_FORBIDDEN: ')
    w.guardian('pause')
    const paused: (() => unknown)[] = [
      () => w.lock(alice, BLY),
      () => w.unlock(w.burn(2, alice, BLY)),
      () => w.refund(0),
      () => w.call('anyone.near', 'release', { max: 1 }),
      () => w.call('anyone.near', 'release_delayed', { nonce: '1' }),
      () => w.call('nobody.test.near', 'collect_credit', {}, 1n),
      () => w.guardian('pause'),
      () => pauseWith(w, 1),
    ]
    for (const act of paused) expect(act).to.throw(/BRIDGE_PAUSED|BRIDGE_PAUSE_USED/)
    w.guardian('veto', { nonce: '1' })
    w.host.advance(72 * HOUR - 1)
    expect(() => w.lock(alice, BLY)).to.throw('BRIDGE_PAUSED: ')
    w.host.advance(1)
    w.lock(alice, BLY)
    expect(() => w.guardian('pause')).to.throw('BRIDGE_PAUSE_USED: ')
  })

  it('stops again by k signatures that name this pause on this chain', () => {
    const { w, alice } = funded()
    pauseWith(w, 0)
    w.guardian('unpause')
    expect(() => w.guardian('unpause')).to.throw('BRIDGE_NOT_PAUSED: ')
    w.lock(alice, BLY)
    expect(() => pauseWith(w, 0)).to.throw('BRIDGE_PAUSE_WRONG: ')
    expect(() => pauseWith(w, 1, 'near-evm')).to.throw('BRIDGE_SIGN')
    // k signatures did not use up the guardian's own.
    w.guardian('pause')
    w.host.advance(72 * HOUR)
    pauseWith(w, 2)
    expect(w.view('status')).to.include({ pauses: 3, guardian_paused: true })
    expect(w.events()).to.deep.equal(['paused', 'unpaused', 'locked', 'paused', 'paused'])
  })
})

describe('bridge (rules): links', () => {
  it('records where an account wants its rewards, the latest first', () => {
    const w = new BridgeWorld()
    const alice = w.account('alice')
    expect(w.view('link', { account_id: alice })).to.equal(null)
    expect(() => w.call(alice, 'link_evm', { evm: EVM_RECEIVER })).to.throw('DEPOSIT_ONE_YOCTO: ')
    expect(() => w.call(alice, 'link_evm', { evm: '0x00' }, 1n)).to.throw('BRIDGE_RECEIVER_INVALID: ')
    expect(() => w.call('unregistered.near', 'link_evm', { evm: EVM_RECEIVER }, 1n)).to.throw(
      'STORAGE_NOT_REGISTERED: ',
    )
    expect(w.call(alice, 'link_evm', { evm: EVM_RECEIVER }, 1n)).to.equal('0')
    const later = '0x8617E340B3D01FA5F11F306F4090FD50E238070D'
    expect(w.call(alice, 'link_evm', { evm: later.toLowerCase() }, 1n)).to.equal('1')
    expect(w.view('link', { account_id: alice })).to.deep.equal({ nonce: '1', account: alice, evm: later })
    expect(w.view('links', { from_index: 0, limit: 1 })).to.deep.equal([
      { nonce: '0', account: alice, evm: EVM_RECEIVER },
    ])
    expect(w.view('links', { from_index: 5 })).to.deep.equal([])
    expect(w.events()).to.deep.equal(['linked', 'linked'])
  })
})
