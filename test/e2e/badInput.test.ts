/** What a person, a program, a disk or a network can do wrong: each time code, what and fix, and nothing has changed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { BlyanError } from '../../chain/lib/errors.ts'
import { tgas } from '../../chain/lib/units.ts'
import { type ChainNode, startChainNode } from '../../chain/node/index.ts'
import { RecordFile } from '../../chain/node/store.ts'
import { NETWORKS } from '../../near.config.ts'
import { buildContracts } from '../../scripts/build/contracts.ts'
import { type Bank, bly, deployContracts, openBank } from '../../scripts/up/bootstrap.ts'
import { keyPath } from '../../scripts/up/keys.ts'
import { openJournal } from '../../workers/node/journal.ts'
import { storageNode } from '../../workers/storage/index.ts'
import { makeSpec } from '../fixtures/marketWorld.ts'
import { tinyDisk } from '../fixtures/tinyDisk.ts'

const CLI = join(import.meta.dirname, '../../scripts/cli/main.ts')
const { contracts } = NETWORKS.embedded
const ALICE = 'alice.test.near'
/** A well-formed address of bytes that nobody has. */
const NOWHERE = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'

describe('bad input', function () {
  this.timeout(240_000)
  let dir: string
  let node: ChainNode
  let bank: Bank
  let taken: Server

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'blyan bad '))
    const built = await buildContracts({ names: ['bly', 'market'], quiet: true })
    const pathOf = (name: string) => built.find((each) => each.name === name)!.wasmPath
    node = await startChainNode({ dir: join(dir, 'chain'), port: 0, intervalMs: 0 })
    const network = { ...NETWORKS.embedded, rpcUrl: node.rpc.url }
    bank = openBank({ rpcUrl: node.rpc.url, dir: join(dir, 'chain'), network })
    await deployContracts(bank, { bly: pathOf('bly'), market: pathOf('market') })
    await bank.open(ALICE, bly(1000))
    taken = createServer(() => {}).listen(0, '127.0.0.1')
    await once(taken, 'listening')
  })
  after(async () => {
    taken?.close()
    await node?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  const keyOf = (account: string): string => keyPath(join(dir, 'chain'), account)
  const takenPort = (): number => (taken.address() as AddressInfo).port

  /** All that both contracts hold. */
  async function state(): Promise<unknown[]> {
    const ask = (account_id: string) =>
      bank.client.rpc('query', { request_type: 'view_state', finality: 'final', account_id, prefix_base64: '' })
    return Promise.all([contracts.bly, contracts.market].map(async (id) => ((await ask(id)) as { values: [] }).values))
  }

  /** Runs a command that must fail, and expects that neither contract changed. @returns its error */
  async function refused(
    exit: number,
    ...argv: string[]
  ): Promise<Record<'code' | 'what' | 'fix', string> & { data: { field?: string } }> {
    const before = await state()
    const { code, out } = await run(...argv)
    expect(code, `${argv.join(' ')}\n${out}`).to.equal(exit)
    const last = out.trim().split('\n').at(-1)!
    const { error } = JSON.parse(last)
    expect(error.what, last).to.be.a('string').and.not.equal('')
    expect(error.fix, last).to.be.a('string').and.not.equal('')
    expect(await state()).to.deep.equal(before)
    return error
  }

  it('a wrong argument is named before anything is touched', async () => {
    const foreign = join(dir, 'holiday photos')
    mkdirSync(foreign)
    writeFileSync(join(foreign, 'beach.jpg'), 'sand')
    const cases: [string, string[]][] = [
      ['rounds', ['up', '--rounds', 'many', '--json', join(dir, 'r.json')]],
      ['round', ['up', '--round', '2', '--json', join(dir, 'r.json')]],
      ['dir', ['up', '--once', '--dir', foreign, '--json', join(dir, 'r.json')]],
      ['role', ['node', '--role', 'boss', '--key', keyOf(ALICE), '--dir', join(dir, 'n'), '--json']],
      ['layers', ['task', 'create', '--layers', '0', '--key', keyOf(ALICE), '--json']],
      ['command', ['upp', '--json']],
    ]
    for (const [field, argv] of cases) {
      const error = await refused(2, ...argv)
      expect([error.code, error.data.field]).to.deep.equal(['CLI_USAGE', field])
    }
    expect(readdirSync(foreign)).to.deep.equal(['beach.jpg'])
  })

  it('malformed JSON to a contract is refused by code, by each of its doors, and writes nothing', async () => {
    const before = await state()
    const client = bank.as(ALICE)
    const texts = ['not json', '{"task_id":', '[]', '"text"', '{"task_id":"1","round":1e400}', '\ud800', '{}']
    for (const [contract, method] of [
      [contracts.market, 'commit'],
      [contracts.market, 'crank'],
      [contracts.bly, 'ft_transfer'],
    ] as const) {
      for (const text of texts) {
        const args = new TextEncoder().encode(text)
        const deposit = contract === contracts.bly ? 1n : 0n
        const action = { kind: 'functionCall', methodName: method, args, gas: tgas(30), deposit } as const
        const error = (await client.send(contract, [action]).then(
          () => null,
          (reason: unknown) => reason,
        )) as BlyanError
        expect(error, `${method} took ${text}`).to.not.equal(null)
        expect(error.code, `${method} ${text}: ${error.message}`).to.match(/^[A-Z]+(_[A-Z]+)+$/)
        expect(error.code, `${method} ${text}: ${error.message}`).to.not.equal('CONTRACT_PANICKED')
        expect(error.fix).to.not.equal('')
      }
    }
    expect(await state()).to.deep.equal(before)
  })

  it('a transfer with a message that the market cannot read comes back whole', async () => {
    const before = await state()
    for (const msg of ['{', '{"stake":{"roles":["boss"]}}', JSON.stringify({ task: { ...makeSpec(), workers: 0 } })]) {
      const args = { receiver_id: contracts.market, amount: String(bly(300)), msg }
      const options = { gas: tgas(200), deposit: 1n }
      const { value, failures } = await bank.as(ALICE).call(contracts.bly, 'ft_transfer_call', args, options)
      expect(value, msg).to.equal('0')
      for (const failure of failures) expect(failure.code).to.match(/^(MARKET|ARGUMENT|STORAGE)_/)
    }
    expect(await state()).to.deep.equal(before)
  })

  it('an account that does not exist, or is not registered, is said to be so', async () => {
    const at = ['--rpc', node.rpc.url, '--json']
    expect((await refused(1, 'why', 'ghost', ...at)).code).to.match(/UNKNOWN|MISSING|NEAR_RPC/)
    const missing = await refused(1, 'stake', 'show', '--key', keyOf('ghost.test.near'), ...at)
    expect(missing.code).to.equal('NODE_KEY_FILE')
    const before = await state()
    const transfer = bank
      .as(ALICE)
      .call(
        contracts.bly,
        'ft_transfer',
        { receiver_id: 'ghost.test.near', amount: '1' },
        { gas: tgas(30), deposit: 1n },
      )
    const error = (await transfer.catch((reason: unknown) => reason)) as BlyanError
    expect(error.code).to.equal('STORAGE_NOT_REGISTERED')
    expect(await state()).to.deep.equal(before)
  })

  it('a broken data file makes no task', async () => {
    const file = (name: string, bytes: string | Uint8Array): string => {
      writeFileSync(join(dir, name), bytes)
      return join(dir, name)
    }
    const files: [string, string][] = [
      ['SYSTEM_FILE_MISSING', join(dir, 'nowhere.txt')],
      ['SYSTEM_FILE_MISSING', dir],
      ['DATA_TEXT', file('short.txt', 'too short')],
      ['DATA_TEXT', file('binary.txt', new Uint8Array(200_000).fill(0xff))],
    ]
    for (const [code, data] of files) {
      const argv = ['task', 'create', '--rpc', node.rpc.url, '--key', keyOf(ALICE), '--dir', join(dir, 'requester')]
      const error = await refused(1, ...argv, '--data', data, '--yes', '--json')
      expect(error.code, data).to.equal(code)
    }
    expect(await bank.client.view(contracts.market, 'get_tasks', { from_index: 0, limit: 1 })).to.deep.equal([])
  })

  it('a content address that nobody serves is not waited for, and leaves nothing behind', async () => {
    const store = storageNode({ dir: join(dir, 'store'), rpcPort: null, gatewayPort: null })
    const peer = storageNode({ dir: join(dir, 'peer'), rpcPort: null })
    await store.start()
    await peer.start()
    try {
      const from = [peer.urls.gateway!, `http://127.0.0.1:${await unusedPort()}`]
      const error = await store.cat(NOWHERE, { maxBytes: 1000, from }).catch((reason: unknown) => reason)
      expect(error).to.include({ code: 'STORAGE_NOT_FOUND' })
      expect((error as BlyanError).fix).to.not.equal('')
      expect(await store.has(NOWHERE)).to.equal(false)
    } finally {
      await store.stop()
      await peer.stop()
    }
  })

  it('a port in use is named, by the chain, by a daemon and by up', async () => {
    const port = String(takenPort())
    const chain = await refused(1, 'chain', '--dir', join(dir, 'other chain'), '--port', port, '--json')
    expect(chain.code).to.equal('CHAIN_PORT_IN_USE')
    const where = ['--rpc', node.rpc.url, '--key', keyOf(ALICE), '--dir', join(dir, 'n')]
    const daemon = await refused(1, 'node', '--role', 'trainer', ...where, '--peer-port', port, '--json')
    expect(daemon.code).to.equal('STORAGE_PORT_IN_USE')
    const report = join(dir, 'r.json')
    const up = await refused(1, 'up', '--once', '--dir', join(dir, 'up'), '--port', port, '--json', report)
    expect(up.what).to.match(new RegExp(`port ${port}`, 'i'))
    expect(readdirSync(dir)).to.not.include('r.json')
  })

  it('an RPC that does not answer is said to be down, and a second daemon with one key is refused', async () => {
    const rpc = `http://127.0.0.1:${await unusedPort()}`
    const error = await refused(1, 'task', 'list', '--rpc', rpc, '--json')
    expect(error.code).to.equal('NEAR_RPC_UNREACHABLE')
    expect(error.what).to.contain(rpc)
    const where = ['--role', 'trainer', '--rpc', rpc, '--key', keyOf(ALICE), '--json', '--dir']
    const first = start('node', ...where, join(dir, 'n1'))
    try {
      // A daemon outlives a chain that is down: it says so once and waits.
      await lineWith(first, '"type":"chain is silent"')
      const second = await refused(1, 'node', ...where, join(dir, 'n2'))
      expect(second.code).to.equal('NODE_KEY_IN_USE')
    } finally {
      first.kill('SIGTERM')
      await once(first, 'exit')
    }
  })
})

describe('a full disk', function () {
  this.timeout(60_000)
  const disk = tinyDisk(512)
  const dir = disk?.dir ?? mkdtempSync(join(tmpdir(), 'blyan-disk-'))
  /** Where no disk can be mounted, the same refusal comes from the place that writes. */
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  after(() => (disk ? disk.release() : rmSync(dir, { recursive: true })))

  it('keeps nothing partial of a file in storage, and serves what was there before', async () => {
    let room = true
    const write = disk
      ? undefined
      : async (path: string, bytes: Uint8Array) => {
          if (!room) throw full
          writeFileSync(path, bytes)
        }
    const store = storageNode({ dir: join(dir, 'ipfs'), rpcPort: null, gatewayPort: null, write })
    await store.start()
    try {
      const cid = await store.add(new Uint8Array(1000).fill(1))
      room = false
      const error = (await store.add(new Uint8Array(2 ** 20).fill(2)).catch((reason: unknown) => reason)) as BlyanError
      expect(error.code).to.equal('STORAGE_FULL')
      expect([error.what, error.fix]).to.not.include('')
      // Blocks are written side by side: the last one of them has still to fail.
      while (readdirSync(join(dir, 'ipfs', 'tmp')).length > 0) await new Promise(setImmediate)
      expect(await store.cat(cid, { maxBytes: 1000 })).to.deep.equal(new Uint8Array(1000).fill(1))
    } finally {
      await store.stop()
      rmSync(join(dir, 'ipfs'), { recursive: true })
    }
  })

  it('leaves the journal at its last entry', () => {
    // SQLite has no place to refuse from outside: without a small disk this is the unit tests' torn file alone.
    const path = join(dir, 'journal.sqlite')
    const journal = openJournal(path)
    journal.put('a', 1)
    if (disk) {
      const filling = () => {
        for (let i = 0; i < 100; i++) journal.put(`filler/${i}`, 'x'.repeat(50_000))
      }
      expect(filling).to.throw().with.property('code', 'NODE_JOURNAL')
    }
    expect(journal.get('a')).to.equal(1)
    journal.close()
    const again = openJournal(path)
    expect(again.get('a')).to.equal(1)
    again.close()
    for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
  })

  it('stops the chain with what it acknowledged: it opens there again once there is room', async () => {
    const home = join(dir, 'chain')
    const options = { dir: home, port: 0, intervalMs: 0, seed: 'full' }
    const node = await startChainNode(options)
    const bank = openBank({ rpcUrl: node.rpc.url, dir: home, network: { ...NETWORKS.embedded, rpcUrl: node.rpc.url } })
    await bank.client.transfer('test.near', 1n)
    const { flush } = RecordFile.prototype
    let failure: BlyanError | undefined
    const codeHash = async () => (await bank.client.account('test.near')).codeHash
    let acknowledged = await codeHash()
    if (!disk) RecordFile.prototype.flush = () => Promise.reject(full)
    try {
      for (let i = 0; i < 100 && failure === undefined; i++) {
        const code = new Uint8Array(100_000).fill(i)
        failure = await bank.client.deploy(code).then(
          () => undefined,
          (error: BlyanError) => error,
        )
        if (failure === undefined) acknowledged = await codeHash()
      }
    } finally {
      RecordFile.prototype.flush = flush
    }
    expect(failure?.code).to.match(/^[A-Z_]+$/)
    expect([failure?.what, failure?.fix]).to.not.include('')
    await node.stop().catch(() => undefined)
    const again = await startChainNode({ ...options, port: node.rpc.port })
    expect(await codeHash()).to.equal(acknowledged)
    await again.stop()
  })
})

function start(...argv: string[]): ChildProcess {
  const env = { ...process.env, NO_COLOR: '1' }
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...argv], { env })
}

async function run(...argv: string[]): Promise<{ code: number | null; out: string }> {
  const child = start(...argv)
  let out = ''
  child.stdout!.on('data', (data) => (out += data))
  child.stderr!.resume()
  const [code] = await once(child, 'close')
  return { code, out }
}

async function lineWith(child: ChildProcess, text: string): Promise<void> {
  let out = ''
  for await (const chunk of child.stdout!) {
    out += chunk
    if (out.includes(text)) return
  }
  throw new Error(`the process ended without ${text}:\n${out}`)
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
