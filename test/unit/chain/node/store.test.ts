import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ONE_NEAR } from '../../../../chain/lib/units.ts'
import { startChainNode } from '../../../../chain/node/index.ts'
import { RecordFile } from '../../../../chain/node/store.ts'
import { createTestChain } from '../../../../chain/node/testing.ts'
import { runContract, STORE } from '../support/cases.ts'

describe('the stored chain', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'blyan chain '))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))
  const path = () => join(dir, 'chain.log')
  const open = () => createTestChain({ runContract, dir, seed: 'store' })
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      (error: { code: string }) => error.code,
    )

  it('reopens with the same state, blocks, transactions and receipts', async () => {
    const first = await open()
    const store = await first.createAccount('store.test.near')
    await store.deploy(STORE)
    const { txHash } = await first.root.call('store.test.near', 'set', { value: 'kept' })
    const { head } = first.chain.ledger
    const before = await first.rpc('EXPERIMENTAL_tx_status', [txHash, 'test.near'])
    await first.close()
    const second = await open()
    expect(second.chain.ledger.head.header).to.deep.equal(head.header)
    expect(await second.rpc('EXPERIMENTAL_tx_status', [txHash, 'test.near'])).to.deep.equal(before)
    expect(await second.root.view('store.test.near', 'get', {})).to.equal('kept')
    expect((await second.root.call('store.test.near', 'set', { value: 'on' })).value).to.equal('on')
    await second.close()
  })

  it('reopens to the last acknowledged transfer, wherever its last record is cut', async () => {
    const first = await open()
    await first.createAccount('alice.test.near', ONE_NEAR)
    const acknowledged = readFileSync(path()).length
    const { hash } = first.chain.ledger.head.header
    await first.root.transfer('alice.test.near', 7n)
    await first.close()
    const whole = readFileSync(path())
    expect(whole.length).to.be.greaterThan(acknowledged)
    for (let cut = acknowledged; cut < whole.length; cut++) {
      writeFileSync(path(), whole.subarray(0, cut))
      const opened = (await RecordFile.open(path()))!
      await opened.store.close()
      expect(readFileSync(path()).length, `cut at byte ${cut}`).to.equal(acknowledged)
    }
    for (const cut of [acknowledged, acknowledged + 1, acknowledged + 9, whole.length - 1]) {
      writeFileSync(path(), whole.subarray(0, cut))
      const again = await open()
      expect(again.chain.ledger.head.header.hash).to.equal(hash)
      expect(again.account('alice.test.near').state()!.amount).to.equal(ONE_NEAR)
      await again.root.transfer('alice.test.near', 9n)
      expect(again.account('alice.test.near').state()!.amount).to.equal(ONE_NEAR + 9n)
      await again.close()
    }
  })

  it('refuses a file damaged before its last record, and one that is no chain', async () => {
    const first = await open()
    await first.createAccount('alice.test.near')
    const middle = readFileSync(path()).length - 20
    await first.root.transfer('alice.test.near', 7n)
    await first.close()
    const whole = readFileSync(path())
    whole[middle]! ^= 1
    writeFileSync(path(), whole)
    expect(await refusal(open())).to.equal('CHAIN_STORE_CORRUPT')
    writeFileSync(path(), 'something else')
    expect(await refusal(open())).to.equal('CHAIN_STORE_CORRUPT')
  })

  it('keeps everything through a compaction', async () => {
    const first = await open()
    const store = await first.createAccount('store.test.near')
    await store.deploy(STORE)
    await first.root.call('store.test.near', 'set', { value: 'small' })
    await first.mine(50)
    const { ledger } = first.chain
    await first.close()
    const { store: file } = (await RecordFile.open(path()))!
    await file.compact(ledger.snapshot())
    await file.close()
    const second = await open()
    expect(second.chain.ledger.head.header).to.deep.equal(ledger.head.header)
    expect(await second.root.view('store.test.near', 'get', {})).to.equal('small')
    await second.root.call('store.test.near', 'set', { value: 'after' })
    await second.close()
    const third = await open()
    expect(await third.root.view('store.test.near', 'get', {})).to.equal('after')
    await third.close()
  })

  it('goes back to a snapshot, in memory and on disk', async () => {
    const first = await open()
    const alice = await first.createAccount('alice.test.near', ONE_NEAR)
    const point = (await first.rpc('blyan_snapshot', {})) as { height: number }
    const { txHash } = await first.root.transfer('alice.test.near', 5n)
    await first.rpc('sandbox_fast_forward', { delta_height: 100 })
    await first.rpc('blyan_revert', point)
    expect(alice.state()!.amount).to.equal(ONE_NEAR)
    expect(first.chain.ledger.transaction(txHash)).to.equal(undefined)
    await first.root.transfer('alice.test.near', 6n)
    await first.close()
    const second = await open()
    expect(second.account('alice.test.near').state()!.amount).to.equal(ONE_NEAR + 6n)
    await second.close()
  })

  it('acknowledges nothing once the disk refuses a write', async () => {
    const chain = await open()
    await chain.createAccount('alice.test.near')
    const broken = new Error('ENOSPC: no space left on device')
    const { prototype } = RecordFile
    const original = prototype.flush
    prototype.flush = () => Promise.reject(broken)
    try {
      expect(await refusal(chain.root.transfer('alice.test.near', 1n))).to.equal('CHAIN_INTERNAL')
      expect(await refusal(chain.root.transfer('alice.test.near', 1n))).to.equal('CHAIN_INTERNAL')
    } finally {
      prototype.flush = original
    }
    expect(await refusal(chain.rpc('status', []))).to.equal(-32000)
    await chain.close()
  })

  it('lets one node in, with a key file that only its owner reads', async () => {
    const options = { dir, port: 0, intervalMs: 0, runContract }
    const node = await startChainNode(options)
    const second = await refusal(startChainNode(options))
    expect(second).to.equal('CHAIN_LOCKED')
    const { statSync } = await import('node:fs')
    expect(statSync(join(dir, 'validator_key.json')).mode & 0o777).to.equal(0o600)
    const { port } = node.rpc
    await node.stop()
    const again = await startChainNode({ ...options, port })
    expect(again.rootKey).to.deep.equal(node.rootKey)
    const other = mkdtempSync(join(tmpdir(), 'blyan chain '))
    expect(await refusal(startChainNode({ ...options, dir: other, port }))).to.equal('CHAIN_PORT_IN_USE')
    rmSync(other, { recursive: true })
    await again.stop()
    expect(await refusal(startChainNode({ ...options, chainId: 'other' }))).to.equal('CHAIN_GENESIS_MISMATCH')
    writeFileSync(join(dir, 'validator_key.json'), '{}')
    expect(await refusal(startChainNode(options))).to.equal('CHAIN_VALIDATOR_KEY')
  })
})
