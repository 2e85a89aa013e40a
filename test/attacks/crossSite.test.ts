/** A page that somebody has open in another tab, calling the servers of the machine it is shown on. */
import { expect } from 'chai'
import { checkVisitor } from '../../chain/lib/visitors.ts'
import type { Guard } from '../../chain/node/rpc/guard.ts'
import { type RpcServer, type RpcServerOptions, serveRpc } from '../../chain/node/rpc/server.ts'
import { createTestChain, type NearTestChain } from '../../chain/node/testing.ts'
import { type Door, openDoor } from '../../workers/storage/http.ts'
import type { ContentStore } from '../../workers/storage/index.ts'
import type { RpcNode } from '../../workers/storage/rpc/commands.ts'
import { rpcAnswer } from '../../workers/storage/rpc/server.ts'
import { makeWorld } from '../unit/workers/storage/world.ts'
import { page } from './actors/page.ts'

const OFF: Guard = { visitor: () => null, method: () => null }
const DAPP = 'http://127.0.0.1:4173'

describe('a page of another site', () => {
  const evil = page('https://evil.example')

  describe('at the chain', () => {
    let chain: NearTestChain
    let server: RpcServer
    const listen = async (options: RpcServerOptions) => {
      chain = await createTestChain({ seed: 'cross-site' })
      server = await serveRpc(chain.chain, { port: 0, ...options })
    }
    const height = () => chain.chain.ledger.head.header.height
    const mine = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'blyan_mine', params: { blocks: 7 } })
    const status = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'status', params: [] })
    afterEach(async () => {
      await server.close()
      await chain.close()
    })

    it('makes blocks with a form’s post, where nobody asks whose page it is', async () => {
      await listen({ guard: OFF })
      expect((await evil.simplePost(server.url, mine)).status).to.equal(200)
      expect(height()).to.equal(8n)
    })

    it('makes none: not by a form, not by asking first, not from a frame without origin', async () => {
      await listen({ origins: [DAPP] })
      expect((await evil.simplePost(server.url, mine)).status).to.equal(403)
      expect(await evil.jsonPost(server.url, mine)).to.equal(null)
      expect((await page('null').simplePost(server.url, mine)).status).to.equal(403)
      expect((await page('http://127.0.0.1:4174').simplePost(server.url, status)).status).to.equal(403)
      expect((await evil.get(`${server.url}/status`)).readable).to.equal(false)
      expect(height()).to.equal(1n)
    })

    it('makes none through a hole in the listed page: it may read and send, never move time or state', async () => {
      await listen({ origins: [DAPP] })
      const dapp = page(DAPP)
      const read = (await dapp.jsonPost(server.url, status))!
      expect([read.status, read.readable]).to.deep.equal([200, true])
      for (const method of [
        'blyan_mine',
        'blyan_advance_time',
        'blyan_snapshot',
        'blyan_revert',
        'sandbox_patch_state',
        'sandbox_fast_forward',
      ]) {
        const reply = (await dapp.jsonPost(server.url, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: {} })))!
        expect(reply.status, method).to.equal(403)
        expect(JSON.parse(reply.body).error.cause.name, method).to.equal('VISITOR_LOCAL_METHOD')
      }
      expect(height()).to.equal(1n)
    })

    it('cannot hide behind a browser that leaves Origin out: a form’s body is no JSON', async () => {
      await listen({ origins: [DAPP] })
      const reply = await fetch(server.url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: mine })
      expect(reply.status).to.equal(415)
      expect(height()).to.equal(1n)
    })
  })

  describe('at the storage', () => {
    const world = makeWorld()
    let node: ContentStore
    let door: Door
    before(async () => {
      node = await world.node()
    })
    afterEach(() => door.close())
    after(() => world.end())

    const open = async (check: typeof checkVisitor) => {
      const rpcNode: RpcNode = {
        store: node,
        blocks: { size: async () => null },
        getBlock: () => Promise.reject(new Error('not asked')),
        putBlock: () => Promise.reject(new Error('not asked')),
        addFile: () => Promise.reject(new Error('not asked')),
        isPinned: () => true,
        pinned: () => [],
      }
      door = await openDoor('the storage RPC', '127.0.0.1', 0, rpcAnswer(rpcNode, check))
    }
    const model = () => node.add(new TextEncoder().encode('a model that took a night'))

    it('drops a model with one post, where nobody asks whose page it is', async () => {
      await open(() => null)
      const cid = await model()
      await evil.simplePost(`${door.url}/api/v0/pin/rm?arg=${cid}`, '')
      expect(await node.has(cid)).to.equal(false)
    })

    it('drops nothing, under its own name or a rebound one', async () => {
      await open(checkVisitor)
      const cid = await model()
      const path = `${door.url}/api/v0/pin/rm?arg=${cid}`
      expect((await evil.simplePost(path, '')).status).to.equal(403)
      expect((await page('http://evil.example', { rebound: true }).simplePost(path, '')).status).to.equal(403)
      expect(await node.has(cid)).to.equal(true)
    })
  })
})
