/** A page of evil.example whose name suddenly points at 127.0.0.1: to the browser the victim's servers are its own origin. */
import { expect } from 'chai'
import type { Guard } from '../../chain/node/rpc/guard.ts'
import { type RpcServer, type RpcServerOptions, serveRpc } from '../../chain/node/rpc/server.ts'
import { createTestChain, type NearTestChain } from '../../chain/node/testing.ts'
import { page } from './actors/page.ts'

const OFF: Guard = { visitor: () => null, method: () => null }
const HOUR_NS = 3_600_000_000_000n

describe('a page that rebinds its name to this machine', () => {
  let chain: NearTestChain
  let server: RpcServer
  const evil = page('http://evil.example', { rebound: true })
  const listen = async (options: RpcServerOptions) => {
    chain = await createTestChain({ seed: 'rebinding' })
    server = await serveRpc(chain.chain, { port: 0, ...options })
  }
  const now = () => chain.chain.ledger.head.header.timestampNs
  const moveTime = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'blyan_advance_time', params: { ms: 3_600_000 } })
  const readKeys = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'query',
    params: { request_type: 'view_access_key_list', finality: 'final', account_id: 'test.near' },
  })
  afterEach(async () => {
    await server.close()
    await chain.close()
  })

  it('moves the chain by an hour and reads its state, where nobody looks at names', async () => {
    await listen({ guard: OFF })
    const before = now()
    expect((await evil.jsonPost(server.url, moveTime))!.status).to.equal(200)
    expect(now() - before >= HOUR_NS).to.equal(true)
    const read = (await evil.jsonPost(server.url, readKeys))!
    expect(read.readable).to.equal(true)
    expect(read.body).to.include('ed25519:')
  })

  it('gets nothing but a refusal: no time moved, nothing read, by POST or GET', async () => {
    await listen({})
    const before = now()
    for (const reply of [
      await evil.jsonPost(server.url, moveTime),
      await evil.simplePost(server.url, moveTime),
      await evil.jsonPost(server.url, readKeys),
      await evil.get(`${server.url}/status`),
    ]) {
      expect(reply!.status).to.equal(403)
      expect(JSON.parse(reply!.body).error.cause.name).to.equal('VISITOR_FOREIGN_HOST')
      expect(reply!.body).not.to.include('ed25519:')
    }
    expect(now()).to.equal(before)
  })

  it('is refused under a listed name too, once the name is not the server’s own', async () => {
    await listen({ origins: ['http://evil.example'] })
    expect((await evil.jsonPost(server.url, readKeys))!.status).to.equal(403)
  })
})
