/** `blyan chain call-wasm` and `instrument`: JSON in, JSON out, as docs and checks rely on. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { call, i64, wasmModule } from '../../../fixtures/wasm/wasmModule.ts'

const bytes = (text: string) => [...new TextEncoder().encode(text)]
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('blyan chain call-wasm and instrument', () => {
  let dir: string
  const path = (name: string) => join(dir, name)
  const cli = (...args: string[]) =>
    spawnSync(process.execPath, ['scripts/cli/main.ts', 'chain', ...args], { encoding: 'utf8' })

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-wasm-'))
    const steps = [
      ...[...i64(1), ...i64(0), ...i64(5), ...i64(1), ...i64(0), ...call(0), 0x1a], // writes k = value
      ...[...i64(3), ...i64(6), ...call(1), ...i64(3), ...i64(6), ...call(2)], // logs and returns 'log'
      ...[...i64(9), ...i64(9), ...call(3), 0x1a], // a promise to dave.near
    ]
    const imports = ['storage_write', 'log_utf8', 'value_return', 'promise_batch_create']
    const data = [{ at: 0, bytes: bytes('kvaluelogdave.near') }]
    writeFileSync(path('a.wasm'), wasmModule({ imports, functions: [{ export: 'main', code: steps }], data }))
  })
  after(() => rmSync(dir, { recursive: true }))

  function outcome(context: object) {
    writeFileSync(path('context.json'), JSON.stringify({ current: 'alice.near', ...context }))
    const { stdout, status } = cli('call-wasm', path('a.wasm'), 'main', '--context', path('context.json'), '--json')
    expect(status).to.equal(0)
    return JSON.parse(stdout)
  }

  it('tells gas, logs, return value, writes and actions', () => {
    const out = outcome({ balance: '1000', attachedDeposit: '5', storageUsage: '100' })
    expect(out).to.deep.include({
      logs: ['log'],
      return: { value: base64('log') },
      error: null,
      balance: '1005',
      storageUsage: '146',
      writes: [[base64('k'), base64('value')]],
    })
    expect(out.actions).to.deep.equal([{ receipt: 0, kind: 'receipt', receiverId: 'dave.near', dependencies: [] }])
    expect(BigInt(out.usedGas) - BigInt(out.burntGas)).to.equal(108_059_500_000n)
    const host = Object.values(out.profile.host as Record<string, string>).reduce((sum, gas) => sum + BigInt(gas), 0n)
    expect(host + BigInt(out.profile.wasm)).to.equal(BigInt(out.burntGas))
  })

  it('charges trie nodes and evicted bytes in mpt, neither in flat', () => {
    const state = [[base64('k'), base64('old')]]
    const flat = outcome({ state })
    const mpt = outcome({ state, trie: 'mpt' })
    expect(flat.profile.host).to.not.have.any.keys('touching_trie_node', 'storage_write_evicted_byte')
    // Branch of the three columns below their extension, the data leaf, its value.
    expect(mpt.profile.host.touching_trie_node).to.equal(String(4n * 2_280_000_000n))
    expect(mpt.profile.host.storage_write_evicted_byte).to.equal(String(3n * 32_117_307n))
  })

  it('reports a contract’s failure in the outcome, and keeps no write of it', () => {
    const out = outcome({ view: true })
    expect(out.error).to.deep.equal({ kind: 'HostError', text: 'storage_write is not allowed in view calls' })
    expect(out.writes).to.deep.equal([])
  })

  it('refuses a malformed context, naming what is wrong, with exit code 2', () => {
    writeFileSync(path('bad.json'), JSON.stringify({ current: 'alice.near', balance: '-3' }))
    const { stdout, status } = cli('call-wasm', path('a.wasm'), 'main', '--context', path('bad.json'), '--json')
    expect(status).to.equal(2)
    expect(JSON.parse(stdout).error).to.deep.include({ code: 'CLI_USAGE', data: { field: 'context' } })
    expect(JSON.parse(stdout).error.what).to.match(/wrong balance/)
  })

  it('writes a metered module that counts down by the fees of a file', () => {
    writeFileSync(path('fees.json'), JSON.stringify({ regular: 1, loop: 1, bulkBase: '32', bulkUnit: 1 }))
    const args = ['chain', 'instrument', path('a.wasm'), path('out.wasm'), '--fees', path('fees.json')]
    execFileSync(process.execPath, ['scripts/cli/main.ts', ...args])
    const module = new WebAssembly.Module(readFileSync(path('out.wasm')))
    const env = Object.fromEntries(WebAssembly.Module.imports(module).map(({ name }) => [name, () => 0n]))
    const { exports } = new WebAssembly.Instance(module, { env })
    const gas = exports.gas as WebAssembly.Global<'i64'>
    gas.value = 1000n
    ;(exports['\0main'] as () => void)()
    expect(gas.value).to.equal(1000n - 8n - 17n) // eight for the frame, one for each instruction
  })

  it('refuses to instrument what NEAR would not accept', () => {
    writeFileSync(path('text.wasm'), 'no wasm')
    const { stdout, status } = cli('instrument', path('text.wasm'), path('x.wasm'), '--json')
    expect(status).to.equal(2)
    expect(JSON.parse(stdout).error.data).to.deep.equal({ field: 'IN', prepareError: 'Deserialization' })
  })
})
