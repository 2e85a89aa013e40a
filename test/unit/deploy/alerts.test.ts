/** Alerts and dashboard: each alert fires when it should, and all ask for metrics that the gateway has. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createMetrics } from '../../../workers/gateway/http/metrics.ts'

const DEPLOY = join(import.meta.dirname, '../../../deploy')
const promtool = (...args: string[]) => spawnSync('promtool', args, { encoding: 'utf8' })
const hasPromtool = promtool('--version').status === 0

describe('what watches a gateway', () => {
  it('has alerts that promtool reads, and that fire when they should', function () {
    if (!hasPromtool) this.skip() // promtool is not installed
    const { status, stdout, stderr } = promtool('test', 'rules', join(DEPLOY, 'prometheus/rules.test.yml'))
    expect(status, stdout + stderr).to.equal(0)
    const config = promtool('check', 'config', join(DEPLOY, 'prometheus/prometheus.yml'))
    expect(config.status, config.stdout + config.stderr).to.equal(0)
  }).timeout(20_000)

  it('asks for no metric that the gateway has not', async () => {
    const metrics = createMetrics()
    const known = new Set([...(await metrics.text()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name))
    const rules = readFileSync(join(DEPLOY, 'prometheus/rules.yml'), 'utf8')
    const dashboard = readFileSync(join(DEPLOY, 'grafana/gateway.json'), 'utf8')
    const asked = [...`${rules}${dashboard}`.matchAll(/\b((?:blyan|process)_[a-z_]+)(?=[\s{>[])/g)]
      .map(([, name]) => name!.replace(/_(bucket|count|sum)$/, ''))
      .filter((name) => !known.has(name))
    expect(asked).to.deep.equal([])
  })

  it('has a dashboard whose panels each ask something, once', () => {
    const { panels } = JSON.parse(readFileSync(join(DEPLOY, 'grafana/gateway.json'), 'utf8'))
    expect(new Set(panels.map(({ id }: { id: number }) => id)).size).to.equal(panels.length)
    for (const { title, targets } of panels) expect(targets.length, title).to.be.greaterThan(0)
  })
})
