/** Whoever knocks from elsewhere or with too much: rebound names, pages of other sites, endless and broken bodies, sandbox calls (45). */
import { createServer, request as httpRequest } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect } from 'chai'
import { z } from 'zod'
import { defineRoute, type Route } from '../../workers/gateway/http/route.ts'
import { RPC_METHODS, rpcRoute } from '../../workers/gateway/http/rpcRoute.ts'
import { createHttpServer, type HttpServer } from '../../workers/gateway/http/server.ts'
import type { GatewayConfig } from '../../workers/gateway/types.ts'
import { testParts } from '../fixtures/gatewayParts.ts'

let changed = 0
const ROUTES: Route[] = [
  defineRoute({
    method: 'get',
    path: '/api/v1/secret',
    tag: 'user',
    summary: 'What only this machine should read',
    access: 'open',
    reply: z.object({ secret: z.string() }),
    handle: async () => ({ secret: 'of this machine' }),
  }),
  defineRoute({
    method: 'post',
    path: '/api/v1/change',
    tag: 'user',
    summary: 'Changes something',
    access: 'open',
    body: z.object({ name: z.string() }),
    bodyLimit: 1_000,
    reply: z.object({}),
    async handle() {
      changed++
      return {}
    },
  }),
]

interface Sent {
  method?: string
  path?: string
  headers: Record<string, string>
  body?: string
}

describe('knocking from elsewhere, or with too much', () => {
  let http: HttpServer
  const start = async (
    config: Partial<GatewayConfig> = {},
    raw: Parameters<typeof createHttpServer>[0]['raw'] = [],
  ) => {
    await http?.stop(0)
    changed = 0
    http = await createHttpServer({
      parts: testParts({ config }),
      routes: ROUTES,
      raw,
      authenticate: async () => null,
      port: 0,
    })
  }
  const send = ({ method = 'GET', path = '/api/v1/secret', headers, body }: Sent) =>
    new Promise<{ status: number; text: string; allowed: unknown }>((resolve, reject) => {
      const sent = httpRequest(`${http.url}${path}`, { method, headers }, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () =>
          resolve({ status: response.statusCode!, text, allowed: response.headers['access-control-allow-origin'] }),
        )
      })
      sent.on('error', reject).end(body)
    })
  after(() => http.stop(0))

  it('a rebound name reads this machine’s answers where any Host will do, and nothing where names are listed', async () => {
    const rebound = { headers: { host: 'attacker.example:4173', origin: 'http://attacker.example:4173' } }
    // The defence taken away: both names are among those it is known by.
    await start({ hosts: ['attacker.example:4173'], origins: ['http://attacker.example:4173'] })
    expect((await send(rebound)).text).to.contain('of this machine')
    await start()
    for (const headers of [
      rebound.headers,
      { host: 'attacker.example:4173' },
      { host: `attacker.example:${http.port}` },
    ]) {
      const { status, text } = await send({ headers })
      expect([status, text.includes('of this machine')]).to.deep.equal([421, false])
    }
  })

  it('a page of another site changes and reads what it likes where its origin is let in, and nothing otherwise', async () => {
    const host = () => `127.0.0.1:${http.port}`
    const attack = () => ({
      method: 'POST',
      path: '/api/v1/change',
      headers: { host: host(), origin: 'https://evil.example', 'content-type': 'application/json' },
      body: '{"name":"theirs"}',
    })
    await start({ origins: ['https://evil.example'] })
    expect(await send(attack())).to.include({ status: 200, allowed: 'https://evil.example' })
    expect(changed).to.equal(1)
    await start()
    expect(await send(attack())).to.include({ status: 403, allowed: undefined })
    // What a page may send without asking first: simple types, no Origin, forms.
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const { headers, ...rest } = attack()
      const { origin: _, ...simple } = headers
      expect((await send({ ...rest, headers: { ...simple, 'content-type': type } })).status).to.equal(415)
    }
    const noOrigin = { host: host(), 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' }
    expect((await send({ ...attack(), headers: noOrigin })).status).to.equal(403)
    const preflight = { host: host(), origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    expect(await send({ method: 'OPTIONS', path: '/api/v1/change', headers: preflight })).to.include({
      status: 403,
      allowed: undefined,
    })
    expect(changed).to.equal(0)
  })

  it('an endless body fills the memory of who gathers it, and is cut off here at its limit', async () => {
    const SENT = 8 * 1024 * 1024
    let gathered = 0
    const naive = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      gathered = Buffer.concat(chunks).length
      response.end()
    })
    await new Promise<void>((resolve) => naive.listen(0, '127.0.0.1', resolve))
    const body = 'x'.repeat(SENT)
    await fetch(`http://127.0.0.1:${(naive.address() as AddressInfo).port}`, { method: 'POST', body })
    naive.close()
    expect(gathered).to.equal(SENT)

    await start()
    const taken = await new Promise<{ reply: string; sent: number }>((resolve) => {
      const socket = connect(http.port, '127.0.0.1')
      let reply = ''
      let sent = 0
      const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
      const more = (): void => {
        while (sent < SENT && !socket.destroyed) {
          sent += 0x10000
          if (!socket.write(chunk)) return
        }
      }
      socket.on('data', (data) => {
        reply += data
      })
      socket.on('drain', more)
      socket.on('error', () => {})
      socket.on('close', () => resolve({ reply, sent }))
      const head = ['POST /api/v1/change HTTP/1.1', `Host: 127.0.0.1:${http.port}`, 'Content-Type: application/json']
      socket.write(`${[...head, 'Transfer-Encoding: chunked', '', ''].join('\r\n')}`)
      more()
    })
    expect(taken.reply).to.match(/^HTTP\/1\.1 413 /)
    const announced = await send({
      method: 'POST',
      path: '/api/v1/change',
      headers: { host: `127.0.0.1:${http.port}`, 'content-type': 'application/json', 'content-length': '1001' },
      body: 'x'.repeat(1_001),
    })
    expect(announced.status).to.equal(413)
    expect(changed).to.equal(0)
  })

  it('a body that breaks off, lies about its length or smuggles a second request reaches no handler', async () => {
    await start()
    const raw = (text: string, cut = false) =>
      new Promise<string>((resolve) => {
        const socket = connect(http.port, '127.0.0.1', () => {
          socket.write(text)
          if (cut) socket.end()
        })
        let reply = ''
        socket.on('data', (data) => {
          reply += data
          if (!cut) socket.end()
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve(reply))
      })
    const head = `POST /api/v1/change HTTP/1.1\r\nHost: 127.0.0.1:${http.port}\r\nContent-Type: application/json\r\n`
    await raw(`${head}Content-Length: 50\r\n\r\n{"name":"a"`, true)
    const both = await raw(
      `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/secret HTTP/1.1\r\n\r\n`,
    )
    expect(both).to.match(/^HTTP\/1\.1 400 /)
    expect(both).not.to.contain('of this machine')
    const twice = await raw(`${head}Content-Length: 12\r\nContent-Length: 13\r\n\r\n{"name":"a"}`)
    expect(twice).to.match(/^HTTP\/1\.1 400 /)
    const proxied = await raw(
      `GET http://attacker.example/api/v1/secret HTTP/1.1\r\nHost: 127.0.0.1:${http.port}\r\n\r\n`,
    )
    expect(proxied).to.match(/^HTTP\/1\.1 421 /)
    expect(changed).to.equal(0)
    expect((await send({ headers: { host: `127.0.0.1:${http.port}` } })).status).to.equal(200)
  })

  it('a page moves the chain’s clock through a door that passes everything on, and not through ours', async () => {
    const asked: string[] = []
    const chain = createServer(async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      asked.push(JSON.parse(text).method)
      response.end('{"jsonrpc":"2.0","id":"1","result":{}}')
    })
    await new Promise<void>((resolve) => chain.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(chain.address() as AddressInfo).port}`
    const attack = () =>
      send({
        method: 'POST',
        path: '/rpc',
        headers: { host: `127.0.0.1:${http.port}`, 'content-type': 'application/json' },
        body: '{"jsonrpc":"2.0","id":"1","method":"sandbox_fast_forward","params":{"delta_height":1000}}',
      })
    await start({}, [rpcRoute(url, { methods: new Set([...RPC_METHODS, 'sandbox_fast_forward']) })])
    expect((await attack()).status).to.equal(200)
    expect(asked).to.deep.equal(['sandbox_fast_forward'])
    await start({}, [rpcRoute(url)])
    expect((await attack()).status).to.equal(403)
    expect(asked).to.have.length(1)
    await new Promise((resolve) => chain.close(resolve))
  })
})
