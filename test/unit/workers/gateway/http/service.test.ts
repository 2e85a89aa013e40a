/** The gateway's description of itself, its figures, its readiness, and its door to the chain. */

import { spawnSync } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { expect } from 'chai'
import { problem } from '../../../../../chain/client/gateway/index.ts'
import { answerRoutes, createAnswers } from '../../../../../workers/gateway/answers/index.ts'
import { docsPage, escapeHtml } from '../../../../../workers/gateway/http/docsPage.ts'
import { createMetrics } from '../../../../../workers/gateway/http/metrics.ts'
import { openApiDocument, operationId } from '../../../../../workers/gateway/http/openapi.ts'
import { rpcRoute } from '../../../../../workers/gateway/http/rpcRoute.ts'
import { createHttpServer, type HttpServer } from '../../../../../workers/gateway/http/server.ts'
import { serviceRoutes } from '../../../../../workers/gateway/http/serviceRoutes.ts'
import { olderNames, readRoutes } from '../../../../../workers/gateway/route/index.ts'
import { type TestParts, testParts } from '../../../../fixtures/gatewayParts.ts'

const hasPromtool = spawnSync('promtool', ['--version']).status === 0

describe('the gateway about itself', () => {
  const metrics = createMetrics()
  let parts: TestParts
  let http: HttpServer
  let chain: Server
  let asked: { method: string }[] = []
  let answer = '{"jsonrpc":"2.0","id":"1","result":{"ok":true}}'
  let state = { chain: true, database: true, lagBlocks: 0 }
  const document = () => fetch(`${http.url}/openapi.json`).then((response) => response.json())

  before(async () => {
    chain = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      asked.push(JSON.parse(Buffer.concat(chunks).toString('utf8')))
      response.end(answer)
    })
    await new Promise<void>((resolve) => chain.listen(0, '127.0.0.1', resolve))
    const rpcUrl = `http://127.0.0.1:${(chain.address() as AddressInfo).port}`
    parts = testParts({ config: { rpcUrl } })
    const today = readRoutes(parts)
    const { now, random, signal, config } = parts
    const answers = createAnswers({ servers: async () => [], now, random, signal })
    const todayRaw = [rpcRoute(rpcUrl), ...answerRoutes({ answers, now, random, log: () => {} }).routes]
    const older = olderNames(today, todayRaw)
    const routes = [...today, ...older.routes]
    const raw = [...todayRaw, ...older.raw]
    const { origin } = config
    const service = serviceRoutes({ routes, raw, origin, version: '0.1.0', metrics, ready: async () => state })
    http = await createHttpServer({
      parts,
      routes,
      raw: [...raw, ...service],
      authenticate: async () => null,
      metrics,
      port: 0,
    })
  })
  after(async () => {
    await http.stop(0)
    await new Promise<void>((resolve) => chain.close(() => resolve()))
  })
  beforeEach(() => {
    asked = []
    state = { chain: true, database: true, lagBlocks: 0 }
  })

  it('has a description that Redocly finds nothing wrong with', async () => {
    const config = await createConfig({ extends: ['recommended'], rules: { 'no-server-example.com': 'off' } })
    const source = JSON.stringify(await document())
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
    expect(
      problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`),
    ).to.deep.equal([])
  }).timeout(20_000)

  it('describes every operation once, each with its refusals', async () => {
    const { paths } = await document()
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods as object))
    const ids = operations.map(({ operationId: id }) => id)
    expect(new Set(ids).size).to.equal(ids.length)
    for (const path of ['/api/v1/tasks', '/api/v1/receipts/{n}/proof', '/ready', '/rpc'])
      expect(paths).to.have.property(path)
    for (const { responses } of operations) expect(responses).to.include.keys('429', '500')
    expect(operationId('get', '/api/v1/receipts/{n}/proof')).to.equal('getReceiptsByNProof')
  })

  it('shows the description on a page that runs no script and asks nobody else', async () => {
    const response = await fetch(`${http.url}/docs`)
    const html = await response.text()
    expect(html).to.contain('GET /api/v1/tasks')
    expect(html).not.to.match(/<script|\sstyle=|(src|href)="https?:/)
    expect((await fetch(`${http.url}/docs/style.css`)).headers.get('content-type')).to.match(/^text\/css/)
  })

  it('lets no name in the description become markup', () => {
    const hostile = '<img src=x onerror="alert(1)">\'&'
    expect(escapeHtml(hostile)).not.to.match(/[<>"']/)
    const page = docsPage({
      info: { title: hostile, version: '1', description: hostile },
      tags: [{ name: hostile, description: hostile }],
      paths: {
        [hostile]: { get: { tags: [hostile], summary: hostile, responses: { 200: { description: hostile } } } },
      },
    })
    expect(page).not.to.contain('<img')
  })

  it('has the metrics that operators rely on, by name', async () => {
    metrics.observe({
      wsClients: () => 3,
      indexLagBlocks: () => 7,
      relayBudget: () => 0.25,
      index: async () => ({ tasks: { Pending: 2 }, nodes: { idle: 4 }, rewardsAtto: 10n ** 20n }),
    })
    metrics.query(0.004)
    metrics.error('TEST')
    await fetch(`${http.url}/health`)
    const text = await (await fetch(`${http.url}/metrics`)).text()
    for (const line of [
      'blyan_ws_clients 3',
      'blyan_index_lag_blocks 7',
      'blyan_relay_budget_ratio 0.25',
      'blyan_tasks{state="Pending"} 2',
      'blyan_nodes{state="idle"} 4',
      'blyan_rewards_atto_total 100000000000000000000',
      'blyan_errors_total{code="TEST"} 1',
      'blyan_db_query_duration_seconds_count 1',
      'blyan_http_request_duration_seconds_count{method="GET",route="/health",status="200"} 1',
    ]) {
      expect(text).to.contain(line)
    }
  })

  it('has metrics that promtool finds nothing wrong with', async function () {
    if (!hasPromtool) this.skip() // promtool is not installed
    const input = await (await fetch(`${http.url}/metrics`)).text()
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
    // Names that end in their unit are an interface; Node's own metrics are prom-client's.
    const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('blyan_'))
    expect(ours).to.deep.equal([])
    expect(status).to.be.oneOf([0, 3])
  })

  it('is ready only while chain and database answer and the index is close behind', async () => {
    const ready = async () => {
      const response = await fetch(`${http.url}/ready`)
      return [response.status, (await response.json()).what ?? 'ready']
    }
    expect(await ready()).to.deep.equal([200, 'ready'])
    state = { chain: false, database: true, lagBlocks: 0 }
    expect(await ready()).to.deep.equal([503, 'The chain does not answer.'])
    state = { chain: true, database: false, lagBlocks: 0 }
    expect(await ready()).to.deep.equal([503, 'The database does not answer.'])
    state = { chain: true, database: true, lagBlocks: 500 }
    expect(await ready()).to.deep.equal([503, 'The index is 500 blocks behind the chain.'])
    expect((await fetch(`${http.url}/health`)).status).to.equal(200)
  })

  const rpc = (body: unknown) =>
    fetch(`${http.url}/rpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  it('passes a page’s questions on to the chain, and its answer back', async () => {
    const request = { jsonrpc: '2.0', id: '1', method: 'query', params: { finality: 'final' } }
    expect(await (await rpc(request)).json()).to.deep.equal({ jsonrpc: '2.0', id: '1', result: { ok: true } })
    expect(asked).to.deep.equal([request])
  })

  it('passes on no sandbox or admin method, no batch, and no broken envelope', async () => {
    for (const method of [
      'sandbox_fast_forward',
      'blyan_admin',
      'EXPERIMENTAL_genesis_config',
      'broadcast_tx_commit',
    ]) {
      const response = await rpc({ jsonrpc: '2.0', id: '1', method, params: {} })
      expect([response.status, (await response.json()).code]).to.deep.equal([403, 'HTTP_RPC_METHOD_REFUSED'])
    }
    for (const body of [[], [{ jsonrpc: '2.0', id: 1, method: 'query' }], { method: 'query' }, 'query']) {
      expect((await rpc(body)).status).to.equal(400)
    }
    expect(asked).to.deep.equal([])
  })

  it('says that the chain is away when it answers nonsense', async () => {
    answer = '<html>'
    const response = await rpc({ jsonrpc: '2.0', id: '1', method: 'status', params: [] })
    expect(problem.parse(await response.json())).to.include({ status: 503, code: 'HTTP_RPC_AWAY' })
    expect(response.headers.get('retry-after')).to.equal('2')
  })

  it('does under older names what their successors do', async () => {
    const { paths } = await document()
    expect(paths['/api/v1/mine'].get.responses).to.deep.equal(paths['/api/v1/tasks'].get.responses)
    expect(paths['/api/v1/mine'].get.tags).to.deep.equal(['older names'])
    const history = await fetch(`${http.url}/api/v1/rewards/history`)
    expect([history.status, (await history.json()).code]).to.deep.equal([401, 'HTTP_SIGN_IN_NEEDED'])
    const claim = await fetch(`${http.url}/api/v1/rewards/claim`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"amountAtto":"5"}',
    })
    const { transactions } = await claim.json()
    expect(transactions[0].receiverId).to.equal(parts.config.contracts.market)
    expect(transactions[0].actions[0]).to.include({ methodName: 'claim', deposit: '1' })
  })

  it('gives the same description for the same routes', () => {
    const make = () =>
      JSON.stringify(openApiDocument({ routes: readRoutes(parts), raw: [], origin: 'http://a', version: '1' }))
    expect(make()).to.equal(make())
  })
})
