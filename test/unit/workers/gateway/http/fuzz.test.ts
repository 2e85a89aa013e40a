/** Requests made from the gateway's own description: every operation answers as described; planted faults are found. */
import { expect } from 'chai'
import { SignInNeededError } from '../../../../../workers/gateway/http/errors.ts'
import { createMetrics } from '../../../../../workers/gateway/http/metrics.ts'
import type { Route, Visitor } from '../../../../../workers/gateway/http/route.ts'
import { createHttpServer } from '../../../../../workers/gateway/http/server.ts'
import { serviceRoutes } from '../../../../../workers/gateway/http/serviceRoutes.ts'
import { readRoutes } from '../../../../../workers/gateway/route/index.ts'
import { type GatewayWorld, playedGateway } from '../../../../fixtures/gatewayWorld.ts'
import { type FuzzResult, fuzzRequests, incompleteOf } from '../../../../fixtures/requestFuzz.ts'

const REQUESTS = 800
const ALICE: Visitor = {
  user: 'near:requester-0.near',
  kind: 'near',
  account: 'requester-0.near',
  address: null,
  via: { kind: 'session', session: 's' },
  scopes: ['read', 'tasks', 'infer', 'relay'],
  expiresAt: null,
}

describe('requests from the description', function () {
  this.timeout(60_000)
  let gateway: GatewayWorld
  before(async () => {
    gateway = await playedGateway({ tasks: 2, operators: 12, workers: 2, rounds: 1 })
  })
  after(() => gateway.close())

  async function fuzz(change: (routes: Route[]) => Route[], requests = REQUESTS): Promise<FuzzResult> {
    const { parts, player } = gateway
    const routes = change(readRoutes(parts))
    const metrics = createMetrics({ processMetrics: false })
    const { origin } = parts.config
    const ready = async () => ({ chain: true, database: true, lagBlocks: 0 })
    const http = await createHttpServer({
      parts,
      routes,
      raw: serviceRoutes({ routes, raw: [], origin, version: '0.0.0', metrics, ready }),
      async authenticate({ authorization }) {
        if (authorization === undefined) return null
        if (authorization === 'alice') return ALICE
        throw new SignInNeededError({ what: 'This token is no good.', fix: 'Sign in.' })
      },
      limits: { anonymous: 1e9, visitor: 1e9 },
      metrics,
      strict: false,
      port: 0,
    })
    const { items } = await (await fetch(`${http.url}/api/v1/models`)).json()
    const result = await fuzzRequests({
      url: http.url,
      document: await (await fetch(`${http.url}/openapi.json`)).json(),
      seed: '0f',
      requests,
      pools: {
        id: ['1', '2', player.operators[0]!, player.operators[1]!],
        n: ['0', '1'],
        cid: items.map(({ cid }: { cid: string }) => cid),
        account: [player.operators[0]!, player.requesters[0]!],
        worker: player.operators,
        requester: player.requesters,
        task: ['1', '2'],
      },
      visitors: ['alice'],
    })
    await http.stop(0)
    return result
  }

  it('give every operation a success and a refusal, no 5xx, and nothing outside its schema', async () => {
    const result = await fuzz((routes) => routes)
    expect(result.faults.slice(0, 3)).to.deep.equal([])
    expect(result.requests).to.equal(REQUESTS)
    expect(incompleteOf(result)).to.deep.equal([])
  })

  const planted = (path: string, handle: (original: Route['handle']) => Route['handle']) => (routes: Route[]) =>
    routes.map((route) => (route.path === path ? { ...route, handle: handle(route.handle) } : route))

  it('find a handler that throws a TypeError', async () => {
    const change = planted('/api/v1/nodes', () => async () => (undefined as unknown as { items: never }).items)
    const { faults } = await fuzz(change, 200)
    expect(new Set(faults.map(({ operation }) => operation))).to.deep.equal(new Set(['getNodes']))
    expect(faults[0]!.why).to.match(/^a 500/)
  })

  it('find an answer that lacks a field', async () => {
    const change = planted('/api/v1/receipts/{n}', (original) => async (request) => {
      const { reward: _, rewardAtto: __, ...rest } = (await original(request)) as Record<string, unknown>
      return rest
    })
    const { faults } = await fuzz(change, 200)
    expect(new Set(faults.map(({ operation }) => operation))).to.deep.equal(new Set(['getReceiptsByN']))
    expect(faults[0]!.why).to.match(/^outside its schema at rewardAtto/)
  })

  it('find a status that is not the described one', async () => {
    const result = await fuzz((routes) => {
      const wrong = routes.map((route) => ({ ...route }))
      const stats = wrong.find(({ path }) => path === '/api/v1/network/health')!
      // Described as 200; the server is told otherwise once the description has been made.
      let asked = 0
      Object.defineProperty(stats, 'status', { get: () => (++asked > 1 ? 201 : 200) })
      return wrong
    }, 200)
    expect(new Set(result.faults.map(({ operation }) => operation))).to.deep.equal(new Set(['getNetworkHealth']))
    expect(result.faults[0]!.why).to.equal('status 201 is not described')
  })
})
