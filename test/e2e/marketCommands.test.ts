/** The commands that move money, as processes against a chain with the real contracts: what they say, refuse, and exit with. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { tgas } from '../../chain/lib/units.ts'
import { type ChainNode, startChainNode } from '../../chain/node/index.ts'
import { NETWORKS } from '../../near.config.ts'
import { buildContracts } from '../../scripts/build/contracts.ts'
import { type Bank, bly, deployContracts, openBank } from '../../scripts/up/bootstrap.ts'
import { keyPath } from '../../scripts/up/keys.ts'
import { makeSpec } from '../fixtures/marketWorld.ts'

const MAIN = join(import.meta.dirname, '../../scripts/cli/main.ts')
const { contracts } = NETWORKS.embedded
const ALICE = 'alice.test.near'
const TOM = 'tom.test.near'

describe('commands that move money', function () {
  this.timeout(240_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-commands-'))
  let node: ChainNode
  let bank: Bank

  before(async () => {
    const built = await buildContracts({ names: ['bly', 'market'], quiet: true })
    const pathOf = (name: string) => built.find((each) => each.name === name)!.wasmPath
    node = await startChainNode({ dir, port: 0, intervalMs: 50 })
    bank = openBank({ rpcUrl: node.rpc.url, dir, network: { ...NETWORKS.embedded, rpcUrl: node.rpc.url } })
    await deployContracts(bank, { bly: pathOf('bly'), market: pathOf('market') })
    await bank.open(ALICE, bly(500))
    await bank.open(TOM, bly(500))
  })
  after(async () => {
    await node.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  function blyan(words: string, key?: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const argv = [...words.split(' '), '--rpc', node.rpc.url, ...(key ? ['--key', keyPath(dir, key)] : [])]
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...argv], {
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const out = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => (out.stdout += chunk))
    child.stderr.on('data', (chunk) => (out.stderr += chunk))
    return new Promise((done) => child.on('close', (code) => done({ code, ...out })))
  }
  const balanceOf = async (account: string) =>
    BigInt(await bank.client.view<string>(contracts.bly, 'ft_balance_of', { account_id: account }))
  const order = (nonce: string) =>
    bank
      .as(ALICE)
      .call(
        contracts.bly,
        'ft_transfer_call',
        { receiver_id: contracts.market, amount: String(bly(200)), msg: JSON.stringify({ task: makeSpec({ nonce }) }) },
        { gas: tgas(200), deposit: 1n, failOnAnyReceipt: true },
      )

  it('sign nothing without an answer, a role, an address, enough BLY, or above the ceiling', async () => {
    const before = await balanceOf(TOM)
    const asked = '--role trainer --peer http://127.0.0.1:1'
    const cases: [string, string, string][] = [
      [`stake add 200 ${asked}`, 'CLI_NEEDS_ANSWER', 'yes'],
      ['stake add 200 --yes', 'CLI_USAGE', 'role'],
      ['stake add 200 --role trainer --yes', 'CLI_USAGE', 'peer'],
      ['stake add 200 --role boss --peer http://x.y --yes', 'CLI_USAGE', 'role'],
      ['stake add 200 --role trainer --peer ftp://x --yes', 'CLI_USAGE', 'peer'],
      [`stake add 50 ${asked} --yes`, 'CLI_USAGE', 'AMOUNT'],
      [`stake add 501 ${asked} --yes`, 'CLI_USAGE', 'AMOUNT'],
      [`stake add 200 ${asked} --max 199 --yes`, 'CLI_USAGE', 'max'],
    ]
    for (const [words, code, field] of cases) {
      const { code: exit, stdout } = await blyan(`${words} --json`, TOM)
      expect(exit, words).to.equal(2)
      expect(JSON.parse(stdout).error, words).to.deep.include({ code }).and.have.nested.property('data.field', field)
    }
    expect(await balanceOf(TOM)).to.equal(before)
  })

  it('stake, remove within what is free, and show the waiting time first', async () => {
    const added = await blyan('stake add 250 --role trainer --peer http://127.0.0.1:1 --yes --json', TOM)
    expect(JSON.parse(added.stdout).node).to.include({ stake: String(bly(250)), seats: 2 })
    const more = await blyan('stake add 50 --yes', TOM)
    expect(more.stdout)
      .to.match(/^tom\.test\.near staked 50\.00 BLY\.\n/)
      .and.contain('300.00 = 300.00 free')
    const tooMuch = await blyan('stake remove 301 --yes --json', TOM)
    expect([tooMuch.code, JSON.parse(tooMuch.stdout).error.data.field]).to.deep.equal([2, 'AMOUNT'])
    const removed = await blyan('stake remove 150 --yes', TOM)
    expect(removed.stderr)
      .to.contain('forfeits 2 seats')
      .and.match(/in hand {2}from \d\d:\d\d:\d\d UTC \(in 60 s\)/)
    expect(removed.stdout).to.match(/leaving +150\.00 from/)
  })

  it('keep stake that is leaving, no more than that, and show seats and risk first', async () => {
    const tooMuch = await blyan('stake keep 151 --yes --json', TOM)
    expect([tooMuch.code, JSON.parse(tooMuch.stdout).error.fix]).to.deep.equal([2, './blyan stake keep 150'])
    const ceiling = await blyan('stake keep 100 --max 99 --yes --json', TOM)
    expect([ceiling.code, JSON.parse(ceiling.stdout).error.data.field]).to.deep.equal([2, 'max'])
    const kept = await blyan('stake keep 100 --yes', TOM)
    expect(kept.stderr)
      .to.contain('1 more, drawable at once')
      .and.contain('50.00, at the time it has now')
      .and.contain('takes 60 s anew')
    expect(kept.stdout)
      .to.match(/^tom\.test\.near keeps 100\.00 BLY staked\.\n/)
      .and.match(/stake +250\.00 = 250\.00 free .* 2 seats/)
      .and.match(/leaving +50\.00 from/)
    const again = await blyan('stake remove 100 --yes --json', TOM)
    expect(JSON.parse(again.stdout).node).to.include({ stake: String(bly(150)) })
  })

  it('collect removed stake once its waiting time is over, and nothing before', async () => {
    const early = await blyan('claim --yes --json', TOM)
    expect([early.code, JSON.parse(early.stdout).claimedAtto]).to.deep.equal([0, '0'])
    await node.chain.advance(61_000)
    const before = await balanceOf(TOM)
    const late = await blyan('claim --yes --json', TOM)
    expect(JSON.parse(late.stdout)).to.include({ claimedAtto: String(bly(150)) })
    expect(await balanceOf(TOM)).to.equal(before + bly(150))
    const why = await blyan('why tom --json')
    const json = JSON.parse(why.stdout)
    expect(json).to.include({ schema: 'blyan.why/1', agrees: true })
    const stake = json.lines.filter((line: { bucket: string }) => line.bucket === 'stake')
    const sum = stake.reduce((all: bigint, line: { deltaAtto: string }) => all + BigInt(line.deltaAtto), 0n)
    expect(sum).to.equal(bly(150))
  })

  it('cancel only one’s own task that nobody was drawn for, and give all of it back', async () => {
    await order('1')
    const other = await blyan('task cancel 1 --yes --json', TOM)
    expect([other.code, JSON.parse(other.stdout).error.data.field]).to.deep.equal([2, 'key'])
    const own = await blyan('task cancel 1 --yes --json', ALICE)
    const { state, returnedAtto } = JSON.parse(own.stdout)
    expect(state).to.equal('Cancelled')
    expect((await blyan('task show 1')).stdout).to.match(/^task 1: cancelled by who ordered it; everyone is paid/)
    const again = await blyan('task cancel 1 --yes', ALICE)
    expect([again.code, again.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 1 && /TASK_BEGUN/.test(text),
    )
    const claimed = await blyan('claim --yes --json', ALICE)
    expect(JSON.parse(claimed.stdout).claimedAtto).to.equal(returnedAtto)
    expect(await balanceOf(ALICE)).to.equal(bly(500))
    const why = await blyan('why alice')
    expect(why.stdout).to.contain('returned to you').and.contain('collected')
    expect(why.code).to.equal(0)
  })

  it('say what is not there: account, task, receipt, market', async () => {
    expect((await blyan('why nobody')).stderr).to.contain('does not exist')
    expect((await blyan('task show 99')).stderr).to.contain('TASK_MISSING')
    expect((await blyan('receipt show 0 --json')).stdout).to.contain('RECEIPT_MISSING')
    const wrong = await blyan('task list --market bly.test.near')
    expect([wrong.code, wrong.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 1 && /fix {3}\S/.test(text),
    )
  })
})
