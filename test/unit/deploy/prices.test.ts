/** Alerts of prices: each fires when it should, and all ask for metrics that a feeder has. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { feederMetrics } from '../../../oracle/feeder/metrics.ts'

const FOLDER = join(import.meta.dirname, '../../../deploy/prometheus')
const promtool = (...args: string[]) => spawnSync('promtool', args, { encoding: 'utf8' })
const hasPromtool = promtool('--version').status === 0

describe('what watches prices', () => {
  it('has alerts that promtool reads, and that fire when they should', function () {
    if (!hasPromtool) this.skip() // promtool is not installed
    const { status, stdout, stderr } = promtool('test', 'rules', join(FOLDER, 'prices.test.yml'))
    expect(status, stdout + stderr).to.equal(0)
  }).timeout(20_000)

  it('asks for no metric that a feeder has not', async () => {
    const text = await feederMetrics(
      () => [],
      () => 0,
    ).text()
    const known = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name))
    const asked = [...readFileSync(join(FOLDER, 'prices.yml'), 'utf8').matchAll(/\b(blyan_(?:price|feeder)_[a-z_]+)/g)]
    expect(asked.length).to.equal(3)
    for (const [, name] of asked) expect(known.has(name!), name).to.equal(true)
  })
})
