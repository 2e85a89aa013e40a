/** Alerts of the bridge: each fires when it should, and all ask for metrics that a relayer has. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { relayerMetrics } from '../../../oracle/relayer/metrics.ts'

const FOLDER = join(import.meta.dirname, '../../../deploy/prometheus')
const promtool = (...args: string[]) => spawnSync('promtool', args, { encoding: 'utf8' })
const hasPromtool = promtool('--version').status === 0

describe('what watches a bridge', () => {
  it('has alerts that promtool reads, and that fire when they should', function () {
    if (!hasPromtool) this.skip() // promtool is not installed
    const { status, stdout, stderr } = promtool('test', 'rules', join(FOLDER, 'bridge.test.yml'))
    expect(status, stdout + stderr).to.equal(0)
  }).timeout(20_000)

  it('asks for no metric that a relayer has not', async () => {
    const view = { jobs: [], signers: [], backing: null, needed: 2, queueAgeSeconds: 0, sent: 0, trouble: null }
    const text = await relayerMetrics({ view: () => view }, () => 0, 0).metrics()
    const known = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name))
    const asked = [
      ...readFileSync(join(FOLDER, 'bridge.yml'), 'utf8').matchAll(/\b(blyan_(?:bridge|signers?)_[a-z_]+)/g),
    ]
    expect(asked.length).to.be.greaterThan(4)
    for (const [, name] of asked) expect(known.has(name!), name).to.equal(true)
  })
})
