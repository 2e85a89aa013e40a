import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { UpReport } from '../../scripts/up/report.ts'
import { brokenClaims, parseUpReport } from '../fixtures/upReport.ts'

const CLI = join(import.meta.dirname, '../../scripts/cli/main.ts')

describe('blyan up', function () {
  this.timeout(300_000)
  let home: string
  let dir: string
  let report: UpReport
  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'blyan up '))
    dir = join(home, 'network')
    const file = join(home, 'report.json')
    const small = ['--rounds', '1', '--steps', '32', '--segments', '16']
    const { code, err } = await blyan('up', '--once', '--json', file, '--seed', '7', '--dir', dir, ...small)
    expect(code, err.slice(-2000)).to.equal(0)
    report = parseUpReport(readFileSync(file, 'utf8'))
  })
  after(() => rmSync(home, { recursive: true, force: true }))

  it('pays the honest, takes the bonds of poisoner, free-rider and lazy validator, and loses no atto', () => {
    // One short round: the bigram baseline is for the whole demonstration to beat.
    expect(brokenClaims(report, { learns: false })).to.deep.equal([])
    const paid = report.paid.filter(({ reason }) => reason === 'BASE_PAY').map(({ account }) => account)
    expect(paid.sort()).to.deep.equal(['trainer-1.test.near', 'trainer-2.test.near', 'trainer-3.test.near'])
  })

  it('names the contract code that runs, what each update weighed, and each process with its memory', () => {
    const hashes = Object.entries(report.wasm).map(([name, { sha256 }]) => [name, sha256])
    expect(report.chain.codeSha256).to.deep.equal(Object.fromEntries(hashes))
    expect(hashes.map(([name]) => name)).to.have.members(['bly', 'market', 'bridge', 'dex', 'oracle'])
    expect(report.rounds[0].submissions.map(({ bytes }) => bytes)).to.satisfy((all: (number | null)[]) =>
      all.every((bytes) => bytes !== null && bytes > 0),
    )
    // A chain, a gateway, five trainers, four validators, a server, a requester; an EVM node, three signers, a relayer, three feeders.
    expect(report.processes).to.have.length(21)
    expect(new Set(report.processes.map(({ pid }) => pid))).to.have.property('size', 21)
    expect(readdirSync(join(dir, 'log'))).to.have.length(21)
  })

  it('leaves no process behind', () => {
    for (const { pid, account } of report.processes) {
      expect(() => process.kill(pid, 0), account)
        .to.throw()
        .with.property('code', 'ESRCH')
    }
  })

  it('leaves a chain on which another process verifies every receipt', async () => {
    const { code, out } = await blyan('receipt', 'verify', '--all', '--dir', dir, '--json')
    expect(code, out).to.equal(0)
    const verified = JSON.parse(out)
    expect(verified).to.include({ ok: true, verified: 3, total: 3, root: report.receiptRoot })
    expect(verified.receipts.map(({ hash }: { hash: string }) => hash)).to.deep.equal(
      report.receipts.map(({ hash }) => hash),
    )
  })
})

/** Runs the command line in a process of its own. */
function blyan(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...args])
  let [out, err] = ['', '']
  child.stdout.on('data', (data) => (out += data))
  child.stderr.on('data', (data) => (err += data))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}
