/** The same visits by a real browser: what Chromium sends, asks first, and hands to the page. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Guard } from '../../chain/node/rpc/guard.ts'
import { type RpcServer, type RpcServerOptions, serveRpc } from '../../chain/node/rpc/server.ts'
import { createTestChain, type NearTestChain } from '../../chain/node/testing.ts'
import { hasChromium } from '../browser/fixtures/browser.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const OFF: Guard = { visitor: () => null, method: () => null }

describe('a page in Chromium', function () {
  this.timeout(60_000)
  let browser: Browser
  let chain: NearTestChain
  let server: RpcServer
  /** Serves an empty page under every name. */
  let site: Server
  let sitePort: number

  before(async function () {
    if (!hasChromium()) return this.skip()
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--host-resolver-rules=MAP *.example 127.0.0.1',
        // Newer versions ask before a page reaches the loopback; people click yes, and others have no such question.
        '--disable-features=LocalNetworkAccessChecks,PrivateNetworkAccessSendPreflights,BlockInsecurePrivateNetworkRequests',
      ],
    })
    site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>cats</p>'))
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    sitePort = (site.address() as AddressInfo).port
  })
  beforeEach(async () => {
    chain = await createTestChain({ seed: 'chromium' })
  })
  afterEach(async () => {
    await server?.close()
    await chain.close()
  })
  after(async () => {
    await browser?.close()
    site?.closeAllConnections()
    site?.close()
  })

  const listen = async (options: RpcServerOptions) => {
    server = await serveRpc(chain.chain, { port: 0, ...options })
  }
  const height = () => chain.chain.ledger.head.header.height
  const call = (method: string, params: unknown = {}) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const mine = call('blyan_mine', { blocks: 7 })
  /** What the page learns: status and text, or the browser's refusal. */
  const post = (page: Page, url: string, body: string, init: RequestInit = {}): Promise<string> =>
    page.evaluate(
      async ([to, text, more]) => {
        try {
          const reply = await fetch(to, { method: 'POST', body: text, ...(more as RequestInit) })
          return `${reply.status} ${await reply.text()}`
        } catch (error) {
          return String(error)
        }
      },
      [url, body, init] as const,
    )
  /** From a sandboxed frame, whose origin is `null`. */
  const framedPost = (page: Page, url: string, body: string): Promise<void> =>
    page.evaluate(
      async ([to, text]) => {
        const frame = document.createElement('iframe')
        frame.setAttribute('sandbox', 'allow-scripts')
        const init = JSON.stringify({ method: 'POST', mode: 'no-cors', body: text })
        frame.srcdoc = `<script>fetch('${to}', ${init}).finally(() => parent.postMessage('sent', '*'))</script>`
        const sent = new Promise((resolve) => addEventListener('message', resolve, { once: true }))
        document.body.append(frame)
        await sent
      },
      [url, body] as const,
    )
  const json = { headers: { 'content-type': 'application/json' } }
  const visit = async (origin: string): Promise<Page> => {
    const page = await browser.newPage()
    await page.goto(`${origin}/`)
    return page
  }
  /** A page whose own name, port and all, has come to mean the chain's server. */
  const rebound = async (): Promise<Page> => {
    const page = await browser.newPage()
    const here = `http://evil.example:${server.port}/cats`
    await page.route(here, (route) => route.fulfill({ contentType: 'text/html', body: '<p>cats</p>' }))
    await page.goto(here)
    return page
  }

  it('moves an unguarded chain, by a rebound name and by a form’s kind of post', async () => {
    await listen({ guard: OFF })
    expect(await post(await rebound(), '/', mine, json)).to.match(/^200 .*"height":8/)
    const evil = await visit(`http://evil.example:${sitePort}`)
    await post(evil, server.url, mine, { mode: 'no-cors' })
    expect(height()).to.equal(15n)
    await framedPost(evil, server.url, mine)
    expect(height()).to.equal(22n)
  })

  it('moves and reads nothing of a guarded one', async () => {
    await listen({})
    expect(await post(await rebound(), '/', call('status', []), json)).to.match(/^403 .*VISITOR_FOREIGN_HOST/)
    expect(await post(await rebound(), '/', mine, json)).to.match(/^403 /)
    const evil = await visit(`http://evil.example:${sitePort}`)
    await post(evil, server.url, mine, { mode: 'no-cors' })
    for (const init of [json, {}]) expect(await post(evil, server.url, mine, init)).to.match(/Failed to fetch/)
    await framedPost(evil, server.url, mine)
    expect(height()).to.equal(1n)
  })

  it('of a listed origin reads and sends as a wallet must, and moves nothing', async () => {
    await listen({ origins: [`http://dapp.example:${sitePort}`] })
    const dapp = await visit(`http://dapp.example:${sitePort}`)
    expect(await post(dapp, server.url, call('status', []), json)).to.match(/^200 .*blyan-local/)
    expect(await post(dapp, server.url, call('send_tx', ['AAAA']), json)).to.match(/^200 .*PARSE_ERROR/)
    expect(await post(dapp, server.url, mine, json)).to.match(/^403 .*VISITOR_LOCAL_METHOD/)
    expect(height()).to.equal(1n)
  })
})
