/** The SDK in Chromium: a page orders a task from a real gateway's routes, signs with a key of its own, on real contracts. */

import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { sealHeldOut, splitOwnText } from '../../chain/client/heldOut/index.ts'
import { bytesToHex } from '../../chain/lib/bytes.ts'
import { sha256 } from '../../chain/lib/hash.ts'
import { answer } from '../../chain/node/rpc/server.ts'
import { REPOSITORY } from '../../scripts/check/sources.ts'
import { type OrdersWorld, plainText, startOrdersWorld } from '../fixtures/ordersWorld.ts'
import { hasChromium, LOOKS, launchChromium, openPage } from './fixtures/browser.ts'

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }
const TEXT_BYTES = 150_000

describe('the SDK in a browser', function () {
  this.timeout(120_000)
  let browser: Browser
  let world: OrdersWorld
  let server: Server
  let dir: string
  let page: Page
  let complaints: string[]
  let url: string
  let alice: { account: string; secretKey: string }

  before(async function () {
    if (!hasChromium()) this.skip()
    dir = mkdtempSync(join(tmpdir(), 'blyan-sdk-'))
    const { build } = await import('vite')
    await build({
      configFile: false,
      root: join(REPOSITORY, 'test/browser/fixtures/sdk'),
      logLevel: 'error',
      build: { outDir: dir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    })
    world = await startOrdersWorld()
    const account = await world.account('alice', 5_000n)
    alice = { account, secretKey: world.chain.chain.account(account).keys.secretKey }
    server = createServer(async (request, response) => {
      const path = new URL(request.url!, 'http://page').pathname
      const body = await textOf(request)
      if (path === '/rpc') return response.end(JSON.stringify(await answer(world.chain.chain.chain, body)))
      if (path.startsWith('/api/')) {
        const init = { method: request.method, ...(body !== '' && { body }) }
        const reply = await world.fetch(account)(new URL(request.url!, 'http://page'), init)
        response.writeHead(reply.status, { 'content-type': 'application/json' })
        return response.end(Buffer.from(await reply.arrayBuffer()))
      }
      const file = path === '/' ? '/index.html' : path
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
      response.end(await readFile(join(dir, file)))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await launchChromium()
    const opened = await openPage(browser, LOOKS[0]!)
    page = opened.page
    complaints = opened.complaints
    await page.goto(url)
    await page.waitForFunction('window.sdk !== undefined')
  })
  after(async () => {
    await browser?.close()
    server?.closeAllConnections()
    server?.close()
    await world?.close()
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
  })

  it('splits and seals to the very bytes that Node makes', async () => {
    const text = plainText(TEXT_BYTES)
    const seed = new Uint8Array(32).fill(9)
    const { train, reserve } = splitOwnText(text, seed)
    const sealed = await sealHeldOut({ sets: [reserve.slice(0, 4_096)], seed })
    const hash = (bytes: Uint8Array): string => bytesToHex(sha256(bytes))
    const inPage = await page.evaluate(
      async ([source]) => {
        // biome-ignore lint/suspicious/noExplicitAny: put there by the bundle
        const { splitOwnText: split, sealHeldOut: close, hashOf } = (window as any).sdk
        const secret = new Uint8Array(32).fill(9)
        const parts = split(new TextEncoder().encode(source), secret)
        const set = await close({ sets: [parts.reserve.slice(0, 4_096)], seed: secret })
        return [hashOf(parts.train), set.head, hashOf(set.sets[0].ciphertext), set.sets[0].root]
      },
      [new TextDecoder().decode(text)],
    )
    expect(inPage).to.deep.equal([hash(train), sealed.head, hash(sealed.sets[0]!.ciphertext), sealed.sets[0]!.root])
  })

  /** Orders in the page. @returns the task's id, or the error's code and field */
  const order = (): Promise<{ id?: string; code?: string; field?: string }> =>
    page.evaluate(
      async ([gateway, accountId, secretKey, source]) => {
        // biome-ignore lint/suspicious/noExplicitAny: put there by the bundle
        const { Blyan, firstParameters } = (window as any).sdk
        const blyan = new Blyan({ gateway, signer: { accountId, secretKey }, firstParameters })
        const wanted = { rounds: 1, steps: 16, segments: 8, workers: 1, smallPool: true }
        try {
          return { id: (await blyan.tasks.create(wanted, source)).id }
        } catch (error) {
          const { code, data } = error as { code: string; data: { field: string } }
          return { code, field: data?.field }
        }
      },
      [url, alice.account, alice.secretKey, new TextDecoder().decode(plainText(TEXT_BYTES))] as const,
    )

  it('orders a task: sealed, checked and signed in the page', async () => {
    const { id, code } = await order()
    expect(code).to.equal(undefined)
    const task = await world.chain.view('get_task', { task_id: id })
    expect(task.requester).to.equal(alice.account)
    expect(await world.store.has(task.spec.spec)).to.equal(true)
    expect(complaints).to.deep.equal([])
  })

  it('signs nothing for a gateway that lies', async () => {
    const before = await world.chain.balance(alice.account)
    world.tamper = (path, reply) => {
      if (path !== '/api/v1/tasks') return reply
      const copy = structuredClone(reply) as { transactions: { receiverId: string }[] }
      copy.transactions.at(-1)!.receiverId = 'mallory.test.near'
      return copy
    }
    expect(await order()).to.deep.equal({ code: 'SDK_TRANSACTION_DIFFERS', field: 'receiverId' })
    expect(await world.chain.balance(alice.account)).to.equal(before)
  })
})

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
