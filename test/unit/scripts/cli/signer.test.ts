import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { readKeyFile, unsealKey } from '../../../../oracle/signer/key/keyFile.ts'
import { addressOf } from '../../../../oracle/signer/signature.ts'
import { scriptedDeployment } from '../../../fixtures/bridge/signerWorld.ts'

const MAIN = resolve(import.meta.dirname, '../../../../scripts/cli/main.ts')

describe('blyan signer', () => {
  let dir: string
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-signer-cli-'))
    writeFileSync(path('passphrase'), 'correct horse\n', { mode: 0o600 })
    writeFileSync(path('wrong'), 'battery staple\n', { mode: 0o600 })
  })
  after(() => rmSync(dir, { recursive: true }))

  const path = (name: string) => join(dir, name)
  const blyan = (args: string[], env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [MAIN, 'signer', ...args], { encoding: 'utf8', env: { ...process.env, ...env } })

  it('makes a key that only its passphrase opens, and starts with no other', () => {
    const made = blyan(['keygen', path('key.json'), '--json'], { BLYAN_SIGNER_PASSPHRASE_FILE: path('passphrase') })
    expect(made.status, made.stderr).to.equal(0)
    const secret = unsealKey(readKeyFile(path('key.json')), 'correct horse')
    expect(JSON.parse(made.stdout).address.toLowerCase()).to.equal(`0x${addressOf(secret)}`)
    expect(made.stdout + made.stderr).to.not.include(Buffer.from(secret).toString('hex'))

    writeFileSync(path('bridge.json'), JSON.stringify(scriptedDeployment('11'.repeat(32))))
    const flags = ['--deployment', path('bridge.json'), '--key', path('key.json'), '--dir', path('signer')]
    const started = blyan([...flags, '--passphrase-file', path('wrong')])
    expect(started.status).to.equal(1)
    expect(started.stderr).to.include('does not open').and.not.include('battery')
  })

  it('asks for two RPCs of each chain before it does anything', () => {
    const [near, evm] = [
      ['--near-rpc', 'http://127.0.0.1:1'],
      ['--evm-rpc', 'http://127.0.0.1:1', '--evm-rpc', 'http://127.0.0.1:2'],
    ]
    const key = ['--key', 'unix:/nowhere', '--address', `0x${'12'.repeat(20)}`]
    const { status, stderr } = blyan([
      '--deployment',
      path('bridge.json'),
      '--dir',
      path('two'),
      ...key,
      ...near!,
      ...evm!,
    ])
    expect([status, stderr.includes('two RPCs of NEAR')]).to.deep.equal([2, true])
  })

  it('lets an operator approve a rotation, in words that tell what it is', () => {
    const payload = { epoch: '2', signers: ['11'.repeat(20), '22'.repeat(20)], k: 2, validFrom: '1800000000' }
    writeFileSync(path('rotate.json'), JSON.stringify({ schema: 'blyan.approval/1', kind: 'rotate', payload }))
    const { status, stdout } = blyan(['approve', path('rotate.json'), '--dir', path('signer')])
    expect(status).to.equal(0)
    expect(stdout).to.include('Set 2: 2 of 2 signers, from 2027-01-15T08:00:00.000Z.')
    const [file] = readdirSync(path('signer/approved'))
    expect(JSON.parse(readFileSync(path(`signer/approved/${file}`), 'utf8')).payload).to.deep.equal(payload)
    chmodSync(path('rotate.json'), 0o600)
    writeFileSync(path('rotate.json'), JSON.stringify({ schema: 'blyan.approval/1', kind: 'lock', payload }))
    expect(blyan(['approve', path('rotate.json'), '--dir', path('signer')]).status).to.equal(2)
  })
})
