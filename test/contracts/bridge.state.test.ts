/** Stored state is an API: the fixture of each released layout is read for ever. UPDATE_STATE=1 writes the present one's. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { LAYOUT_VERSION, PREFIX } from '../../contracts/near/bridge/storage.ts'
import { BridgeWorld } from '../fixtures/bridge/bridgeWorld.ts'
import { BLY, domainOf, EVM_RECEIVER, HOUR } from '../fixtures/bridge/deployment.ts'
import { bridgeSigners, signAll } from '../fixtures/bridge/signers.ts'
import { FakeHost } from '../fixtures/fakeHost.ts'

const FIXTURE = new URL('../fixtures/state/bridge.1.json', import.meta.url)

interface Fixture {
  layout: number
  /** Block time, ms. */
  now: number
  records: Record<string, string>
  views: Record<string, unknown>
}

/** A bridge with a record of every kind. */
function everything(): BridgeWorld {
  const w = new BridgeWorld()
  const alice = w.account('alice', 6_000n * BLY)
  for (let i = 0; i < 6; i++) w.lock(alice, 900n * BLY)
  w.call(alice, 'link_evm', { evm: EVM_RECEIVER }, 1n)
  w.unlock(w.burn(0, alice, 300n * BLY))
  w.unlock(w.burn(1, 'nobody.test.near', 90n * BLY))
  w.settle()
  w.unlock(w.burn(2, alice, 500n * BLY))
  w.unlock(w.burn(3, alice, 600n * BLY))
  w.guardian('veto', { nonce: '3' })
  w.refund(0)
  w.unlock(w.burn(4, alice, 10n * BLY))
  for (const last of [4000n, 5000n]) rotate(w, last)
  w.guardian('pause')
  return w
}

function rotate(w: BridgeWorld, delay: bigint): void {
  const next = bridgeSigners(2, 'next')
  const signers = next.map(({ address }) => address)
  const payload = { epoch: '2', signers, k: 2, validFrom: `${w.host.timeNs / 1_000_000_000n + delay}` }
  if (delay > 4000n) w.guardian('veto_rotation')
  const args = { epoch: '2', signers, k: 2, valid_from: payload.validFrom }
  const old_signatures = w.sign('rotate', payload)
  const new_signatures = signAll(next, domainOf(w.settings), 'rotate', payload)
  w.call('anyone.near', 'rotate', { ...args, old_signatures, new_signatures }, 10n ** 23n)
}

/** All that can be seen. */
function look(w: Pick<BridgeWorld, 'view'>): Record<string, unknown> {
  const transfers = (direction: string) =>
    [0, 1, 2, 3, 4].map((nonce) => w.view('transfer', { direction, nonce: `${nonce}` }))
  return {
    status: w.view('status'),
    limits: w.view('limits'),
    signers: [w.view('signers'), w.view('signers', { epoch: '2' })],
    locks: w.view('locks'),
    links: w.view('links'),
    link: w.view('link', { account_id: 'alice.test.near' }),
    credit: w.view('credit', { account_id: 'nobody.test.near' }),
    storage: w.view('storage_balance_of', { account_id: 'alice.test.near' }),
    'near-evm': transfers('near-evm'),
    'evm-near': transfers('evm-near'),
  }
}

describe('bridge: stored state', () => {
  const world = everything()
  if (process.env.UPDATE_STATE) {
    const records = Object.fromEntries([...world.host.storage].sort(([a], [b]) => (a < b ? -1 : 1)))
    const fixture: Fixture = { layout: LAYOUT_VERSION, now: world.now, records, views: look(world) }
    writeFileSync(FIXTURE, `${JSON.stringify(fixture, null, 2)}\n`)
  }
  const fixture: Fixture = JSON.parse(readFileSync(FIXTURE, 'utf8'))

  it('is written as layout 1 writes it, with a record of every kind', () => {
    expect(Object.fromEntries(world.host.storage)).to.deep.equal(fixture.records)
    expect(JSON.parse(fixture.records[PREFIX.config]!).version).to.equal(LAYOUT_VERSION)
    for (const [table, prefix] of Object.entries(PREFIX)) {
      const found = Object.keys(fixture.records).some((key) => key.startsWith(prefix))
      expect(found, table).to.equal(true)
    }
  })

  it('of layout 1 is shown and used by this version', () => {
    const host = new FakeHost({ timeMs: fixture.now })
    const w = new BridgeWorld({ host })
    host.storage.clear()
    for (const [key, value] of Object.entries(fixture.records)) host.write(key, value)
    expect(look(w)).to.deep.equal(fixture.views)
    w.token.set('alice.test.near', 0n).set('bridge.test.near', 5_100n * BLY)
    host.advance(73 * HOUR)
    expect(w.call('anyone.near', 'release', { max: 8 })).to.equal(2)
    expect(w.call('anyone.near', 'release_delayed', { nonce: '2' })).to.equal('queued')
    w.call('nobody.test.near', 'collect_credit', { to: 'alice.test.near' }, 1n)
    w.settle()
    expect(w.balance('alice.test.near')).to.equal(1_000n)
    expect(w.view('status').epoch).to.equal('2')
  })
})
