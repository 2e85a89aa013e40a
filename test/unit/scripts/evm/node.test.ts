/** The embedded network's EVM chain: the process as it is started, and what it answers to whom. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { type EvmNode, FUNDED_WEI, startEvmNode } from '../../../../scripts/evm/network.ts'

const SCRIPT = resolve(import.meta.dirname, '../../../../scripts/evm/node.ts')
const OURS = `0x${'a1'.repeat(20)}`
/** First account of the mnemonic that every development chain knows. */
const WELL_KNOWN = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const DEADLINE_MS = 20_000

type Answer = { result?: unknown; error?: { code: number; message: string; data?: unknown } }

async function post(url: string, body: string): Promise<{ status: number; json: () => Promise<unknown> }> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
}

async function call(url: string, method: string, params: unknown[] = []): Promise<Answer> {
  const response = await post(url, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))
  return (await response.json()) as Answer
}

async function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  return JSON.parse(line) as Record<string, unknown>
}

describe('evm node process', function () {
  this.timeout(30_000)
  let child: ChildProcess
  let url: string

  before(async () => {
    child = spawn(process.execPath, [SCRIPT, '--chain-id', '4242', '--fund', OURS, '--block', '50'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const line = await firstLine(child)
    expect(line).to.include({ type: 'ready', chainId: 4242 })
    url = line.url as string
  })
  after(() => child.kill('SIGKILL'))

  it('listens on this machine alone, under the chain id it was given', async () => {
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await call(url, 'eth_chainId')).result).to.equal('0x1092')
  })

  it('gives money to the address named, and to no account of a public mnemonic', async () => {
    expect(BigInt((await call(url, 'eth_getBalance', [OURS, 'latest'])).result as string)).to.equal(FUNDED_WEI)
    expect((await call(url, 'eth_getBalance', [WELL_KNOWN, 'latest'])).result).to.equal('0x0')
    expect((await call(url, 'eth_accounts')).result).to.deep.equal([])
    const unlocked = await call(url, 'eth_sendTransaction', [{ from: OURS, to: WELL_KNOWN, value: '0x1' }])
    expect(unlocked.error, 'the node holds no key').to.be.an('object')
  })

  it('goes on in blocks without transactions, and says which are final', async () => {
    const height = async (tag: string) =>
      Number(((await call(url, 'eth_getBlockByNumber', [tag, false])).result as { number: string }).number)
    const deadline = Date.now() + DEADLINE_MS
    while ((await height('finalized')) < 3 && Date.now() < deadline) await call(url, 'eth_blockNumber')
    expect(await height('finalized')).to.be.at.least(3)
    expect(await height('safe')).to.be.at.least(3)
  })

  it('keeps to the clock of the world', async () => {
    const { timestamp } = (await call(url, 'eth_getBlockByNumber', ['latest', false])).result as { timestamp: string }
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).to.be.below(3)
  })

  it('serves nobody the methods that write state past all signatures', async () => {
    for (const method of [
      'hardhat_setBalance',
      'hardhat_impersonateAccount',
      'evm_revert',
      'evm_increaseTime',
      'debug_x',
    ]) {
      expect((await call(url, method, [OURS, '0x0'])).error?.code, method).to.equal(-32_601)
    }
  })

  it('answers batches in order, and what is no request by its code', async () => {
    const request = (id: number, method: string) => ({ jsonrpc: '2.0', id, method, params: [] })
    const batch = await post(url, JSON.stringify([request(7, 'eth_chainId'), request(8, 'net_version'), 5]))
    const answers = (await batch.json()) as { id: number | null; error?: { code: number } }[]
    expect(answers.map(({ id }) => id)).to.deep.equal([7, 8, null])
    expect(answers[2]!.error!.code).to.equal(-32_600)
    expect(await (await post(url, '{"jsonrpc"')).json()).to.have.nested.property('error.code', -32_700)
    expect(await (await post(url, '[]')).json()).to.have.nested.property('error.code', -32_600)
    expect((await post(url, 'x'.repeat(2 * 1024 * 1024 + 1)).catch(() => ({ status: 413 }))).status).to.equal(413)
    expect((await fetch(url)).status).to.equal(405)
  })

  it('lets pages of any origin read, as public providers do', async () => {
    const asked = await fetch(url, { method: 'OPTIONS' })
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).to.deep.equal([204, '*'])
  })

  it('ends by itself when it is told to, with code 0', async () => {
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).to.equal(0)
  })

  it('refuses an address that is none, and says what to give', async () => {
    const refused = spawn(process.execPath, [SCRIPT, '--fund', '0x12'], { stdio: ['ignore', 'ignore', 'pipe'] })
    let text = ''
    refused.stderr!.on('data', (chunk) => (text += String(chunk)))
    const [code] = (await once(refused, 'close')) as [number]
    expect([code, text]).to.deep.equal([2, '--fund "0x12" is no EVM address.\nGive 0x and 40 hex digits.\n'])
  })
})

describe('evm node with cheats', () => {
  let node: EvmNode

  before(async () => {
    node = await startEvmNode({ cheats: true, blockMs: 0 })
  })
  after(() => node.close())

  it('rolls back for who asked for it at the start: what tests of reorganisations need', async () => {
    const snapshot = (await call(node.url, 'evm_snapshot')).result
    await call(node.url, 'evm_mine')
    expect((await call(node.url, 'eth_blockNumber')).result).to.equal('0x1')
    expect((await call(node.url, 'evm_revert', [snapshot])).result).to.equal(true)
    expect((await call(node.url, 'eth_blockNumber')).result).to.equal('0x0')
  })
})
