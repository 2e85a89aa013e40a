/** The HTTP server with routes of its own: what it does for every route alike. */
import { request as httpRequest } from 'node:http'
import { expect } from 'chai'
import { z } from 'zod'
import { problem } from '../../../../../chain/client/gateway/index.ts'
import { BlyanError, type Fault } from '../../../../../chain/lib/errors.ts'
import { BytesReply, defineRoute, type Route, type Visitor } from '../../../../../workers/gateway/http/route.ts'
import { createHttpServer, type HttpOptions, type HttpServer } from '../../../../../workers/gateway/http/server.ts'
import { type TestParts, testParts } from '../../../../fixtures/gatewayParts.ts'

class BadTokenError extends BlyanError {
  static override readonly code: string = 'TEST_BAD_TOKEN'
  static override readonly fault: Fault = 'user'
  static readonly status = 401
}

const ALICE: Visitor = {
  user: 'near:alice.near',
  kind: 'near',
  account: 'alice.near',
  address: null,
  via: { kind: 'session', session: 's1' },
  scopes: ['read', 'tasks', 'infer', 'relay'],
  expiresAt: null,
}
const READER: Visitor = { ...ALICE, via: { kind: 'key', key: 'k1' }, scopes: ['read'] }

const authenticate: HttpOptions['authenticate'] = async ({ authorization }) => {
  if (authorization === undefined) return null
  if (authorization === 'Bearer alice') return ALICE
  if (authorization === 'Bearer reader') return READER
  throw new BadTokenError({ what: 'This token is no good.', fix: 'Sign in again.' })
}

let calls = 0
let wrong: 'type' | 'reply' | null = null
const ROUTES: Route[] = [
  defineRoute({
    method: 'get',
    path: '/api/v1/things/{id}',
    tag: 'tasks',
    summary: 'A thing',
    access: 'open',
    params: z.object({ id: z.string().regex(/^\d+$/) }),
    query: z.object({ limit: z.coerce.number().int().min(1).max(5).default(2) }),
    reply: z.object({ id: z.string(), limit: z.number(), call: z.number() }),
    cache: 'block',
    async handle({ params, query }) {
      calls++
      if (wrong === 'type') throw new TypeError("Cannot read properties of undefined (reading 'secret')")
      if (wrong === 'reply') return { id: params.id } as never
      return { id: params.id, limit: query.limit, call: calls, hidden: 'never sent' } as never
    },
  }),
  defineRoute({
    method: 'post',
    path: '/api/v1/things',
    tag: 'tasks',
    summary: 'Makes a thing',
    access: { scope: 'tasks' },
    body: z.object({ name: z.string().max(20) }),
    bodyLimit: 200,
    status: 201,
    reply: z.object({ name: z.string(), by: z.string() }),
    handle: async ({ body, visitor }) => ({ name: body.name, by: visitor!.user }),
  }),
  defineRoute({
    method: 'delete',
    path: '/api/v1/things/{id}',
    tag: 'tasks',
    summary: 'Drops a thing',
    access: 'session',
    params: z.object({ id: z.string() }),
    status: 204,
    reply: null,
    handle: async () => null,
  }),
  defineRoute({
    method: 'get',
    path: '/api/v1/file',
    tag: 'models',
    summary: 'Bytes',
    access: 'open',
    reply: null,
    handle: async () => new BytesReply(new Uint8Array([1, 2, 3]), 'application/octet-stream', 'a"b\r\n.bin'),
  }),
  defineRoute({
    method: 'get',
    path: '/api/v1/slow',
    tag: 'models',
    summary: 'Waits until nobody listens',
    access: 'open',
    reply: z.object({}),
    handle: ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted++
          reject(signal.reason)
        })
        waiting?.()
      }),
  }),
]
let aborted = 0
let waiting: (() => void) | null = null

describe('the HTTP server', () => {
  let parts: TestParts
  let http: HttpServer
  const start = async (options: Partial<HttpOptions> = {}): Promise<void> => {
    await http?.stop(0)
    parts = testParts()
    http = await createHttpServer({ parts, routes: ROUTES, authenticate, port: 0, ...options })
  }
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${http.url}${path}`, { headers })
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(`${http.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer alice', ...headers },
      body,
    })
  const refused = async (response: Response, status: number, code: string) => {
    const told = problem.parse(await response.json())
    expect([response.status, told.status, told.code]).to.deep.equal([status, status, code])
    expect(response.headers.get('content-type')).to.equal('application/problem+json')
    expect(response.headers.get('x-request-id')).to.equal(told.id)
    return told
  }

  beforeEach(async () => {
    calls = 0
    wrong = null
    await start()
  })
  after(() => http.stop(0))

  it('answers by the schema and leaves out what is not in it', async () => {
    const response = await get('/api/v1/things/7?limit=3')
    expect(response.status).to.equal(200)
    expect(await response.json()).to.deep.equal({ id: '7', limit: 3, call: 1 })
    expect(response.headers.get('content-security-policy')).to.match(/default-src 'none'.*frame-ancestors 'none'/)
    expect(response.headers.get('x-content-type-options')).to.equal('nosniff')
    expect(response.headers.has('x-powered-by')).to.equal(false)
  })

  it('asks the handler once for a burst of the same question, and again after the next block', async () => {
    await Promise.all(Array.from({ length: 20 }, () => get('/api/v1/things/7')))
    expect(calls).to.equal(1)
    parts.advance()
    const fresh = await (await get('/api/v1/things/7')).json()
    expect(fresh.call).to.equal(2)
    expect((await (await get('/api/v1/things/8')).json()).call).to.equal(3)
  })

  it('says 304 to who has the answer already', async () => {
    const etag = (await get('/api/v1/things/7')).headers.get('etag')!
    const again = await get('/api/v1/things/7', { 'if-none-match': etag })
    expect([again.status, await again.text()]).to.deep.equal([304, ''])
  })

  it('keeps no failure in its cache', async () => {
    wrong = 'type'
    await refused(await get('/api/v1/things/7'), 500, 'HTTP_UNFORESEEN')
    wrong = null
    expect((await get('/api/v1/things/7')).status).to.equal(200)
  })

  it('says nothing of its inside when a handler breaks, and all of it in the log under the same id', async () => {
    wrong = 'type'
    const response = await get('/api/v1/things/7', { 'x-request-id': 'from-the-page-1' })
    const text = await response.clone().text()
    expect(text).not.to.match(/secret|TypeError|server\.test/)
    const told = await refused(response, 500, 'HTTP_UNFORESEEN')
    expect(told.id).to.equal('from-the-page-1')
    const line = parts.lines.find(({ level }) => level === 'error')!
    expect(line.data).to.include({ id: 'from-the-page-1' })
    expect(line.data.cause).to.match(/TypeError.*secret/)
  })

  it('takes an answer outside its schema for an error, and in production counts and sends it', async () => {
    wrong = 'reply'
    await refused(await get('/api/v1/things/7'), 500, 'HTTP_REPLY_INVALID')
    await start({ strict: false })
    const response = await get('/api/v1/things/7')
    expect(await response.json()).to.deep.equal({ id: '7' })
    expect(await http.metrics.text()).to.include('blyan_errors_total{code="HTTP_REPLY_INVALID"} 1')
  })

  it('replaces a request id that is unfit for a log line', async () => {
    for (const id of ['short', 'a b c d e f g h', 'x'.repeat(65), 'a\tb<script>']) {
      const told = (await get('/api/v1/things/7', { 'x-request-id': id })).headers.get('x-request-id')!
      expect(told).to.match(/^[\w-]{16}$/)
    }
  })

  it('refuses paths, queries and bodies outside the schema, each by name', async () => {
    expect((await refused(await get('/api/v1/things/abc'), 400, 'HTTP_REQUEST_INVALID')).data.field).to.equal('id')
    for (const query of ['limit=0', 'limit=6', 'limit=two', 'limit=1&limit=2', 'limi=2', '__proto__=1']) {
      await refused(await get(`/api/v1/things/1?${query}`), 400, 'HTTP_REQUEST_INVALID')
    }
    for (const body of ['{}', '{"name":7}', 'null', '[]', '"x"', `{"name":"${'x'.repeat(30)}"}`]) {
      await refused(await post('/api/v1/things', body), 400, 'HTTP_REQUEST_INVALID')
    }
    await refused(await post('/api/v1/things', ''), 400, 'HTTP_REQUEST_INVALID')
  })

  it('refuses bodies that are no JSON, another type, compressed, or too long', async () => {
    for (const body of ['{', '{"name":"a"}}', "{'name':'a'}", 'name=a']) {
      await refused(await post('/api/v1/things', body), 400, 'HTTP_BODY_INVALID')
    }
    await refused(await post('/api/v1/things', new Uint8Array([0x22, 0xff, 0x22])), 400, 'HTTP_BODY_INVALID')
    const deep = `${'['.repeat(60)}${']'.repeat(60)}`
    await refused(await post('/api/v1/things', deep), 400, 'HTTP_BODY_INVALID')
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16']) {
      await refused(await post('/api/v1/things', '{"name":"a"}', { 'content-type': type }), 415, 'HTTP_BODY_TYPE')
    }
    const packed = await post('/api/v1/things', '{"name":"a"}', { 'content-encoding': 'gzip' })
    await refused(packed, 415, 'HTTP_BODY_TYPE')
    await refused(await post('/api/v1/things', ' '.repeat(201)), 413, 'HTTP_BODY_TOO_LARGE')
  })

  it('tells unknown addresses from methods that an address does not take', async () => {
    await refused(await get('/api/v1/nothing'), 404, 'HTTP_NOT_FOUND')
    await refused(await get('/api/v1/%E0%A4%A'), 404, 'HTTP_NOT_FOUND')
    const response = await fetch(`${http.url}/api/v1/things`, { method: 'PUT' })
    expect(response.headers.get('allow')).to.equal('POST')
    await refused(response, 405, 'HTTP_METHOD_NOT_ALLOWED')
  })

  it('tells strangers, wrong tokens, and keys without the scope apart', async () => {
    const body = '{"name":"a"}'
    const stranger = await fetch(`${http.url}/api/v1/things`, { method: 'POST' })
    expect(stranger.headers.get('www-authenticate')).to.match(/^Bearer/)
    await refused(stranger, 401, 'HTTP_SIGN_IN_NEEDED')
    await refused(await post('/api/v1/things', body, { authorization: 'Bearer x' }), 401, 'TEST_BAD_TOKEN')
    await refused(await post('/api/v1/things', body, { authorization: 'Bearer reader' }), 403, 'HTTP_NOT_ENTITLED')
    const made = await post('/api/v1/things', body)
    expect([made.status, await made.json()]).to.deep.equal([201, { name: 'a', by: 'near:alice.near' }])
    const remove = (token: string) =>
      fetch(`${http.url}/api/v1/things/1`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
    await refused(await remove('reader'), 403, 'HTTP_NOT_ENTITLED')
    const removed = await remove('alice')
    expect([removed.status, await removed.text()]).to.deep.equal([204, ''])
  })

  it('sends bytes as a file whose name cannot break the header', async () => {
    const response = await get('/api/v1/file')
    expect(response.headers.get('content-disposition')).to.equal('attachment; filename="a_b__.bin"')
    expect([...new Uint8Array(await response.arrayBuffer())]).to.deep.equal([1, 2, 3])
  })

  it('lets each visitor have a share, says when more comes, and charges wrong tokens ten times', async () => {
    await start({ limits: { anonymous: 12, visitor: 3, windowS: 60 } })
    await refused(await post('/api/v1/things', '{}', { authorization: 'Bearer x' }), 401, 'TEST_BAD_TOKEN')
    expect((await get('/api/v1/file')).status).to.equal(200)
    expect((await get('/api/v1/file')).status).to.equal(200)
    const over = await get('/api/v1/file')
    expect(Number(over.headers.get('retry-after'))).to.be.within(1, 60)
    await refused(over, 429, 'HTTP_TOO_MANY_REQUESTS')
    expect((await get('/api/v1/file', { authorization: 'Bearer alice' })).status).to.equal(200)
  })

  it('tells a handler that its caller has gone', async () => {
    aborted = 0
    const caller = new AbortController()
    const reached = new Promise<void>((resolve) => {
      waiting = resolve
    })
    const asked = fetch(`${http.url}/api/v1/slow`, { signal: caller.signal }).catch(() => null)
    await reached
    caller.abort()
    await asked
    for (const end = Date.now() + 2_000; aborted === 0 && Date.now() < end; ) await new Promise((r) => setTimeout(r, 5))
    expect(aborted).to.equal(1)
  })

  it('answers those underway when it stops, and cuts those that would never end', async () => {
    const reached = new Promise<void>((resolve) => {
      waiting = resolve
    })
    const asked = get('/api/v1/slow').catch(() => null)
    await reached
    await http.stop(20)
    expect(await asked).to.equal(null)
  })

  it('counts each request by its route, never by its address', async () => {
    await get('/api/v1/things/7')
    await get('/api/v1/things/8')
    await get('/wp-admin.php')
    const text = await http.metrics.text()
    expect(text).to.include(
      'blyan_http_request_duration_seconds_count{method="GET",route="/api/v1/things/{id}",status="200"} 2',
    )
    expect(text).to.include('route="none",status="404"')
    expect(text).not.to.include('wp-admin')
  })

  it('refuses names that are not its own, and pages of other origins', async () => {
    const raw = (headers: Record<string, string>, method = 'GET') =>
      new Promise<number>((resolve, reject) => {
        const sent = httpRequest(`${http.url}/api/v1/things/7`, { headers, method }, (response) => {
          response.resume()
          resolve(response.statusCode!)
        })
        sent.on('error', reject).end()
      })
    const host = `127.0.0.1:${http.port}`
    expect(await raw({ host })).to.equal(200)
    expect(await raw({ host: `localhost:${http.port}` })).to.equal(200)
    expect(await raw({ host: 'attacker.example' })).to.equal(421)
    expect(await raw({ host: '127.0.0.1:1' })).to.equal(421)
    expect(await raw({ host, origin: 'https://attacker.example' })).to.equal(403)
    expect(await raw({ host, origin: 'null' })).to.equal(403)
    expect(await raw({ host, origin: `http://${host}` })).to.equal(200)
    expect(await raw({ host, 'sec-fetch-site': 'cross-site' }, 'DELETE')).to.equal(403)
  })
})
