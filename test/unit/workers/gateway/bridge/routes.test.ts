import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { type Deployment, parseDeployment } from '../../../../../chain/client/bridge/index.ts'
import { bridgeSalt } from '../../../../../chain/client/protocol.ts'
import { keccak256 } from '../../../../../chain/lib/hash.ts'
import { bridgeRawRoutes, bridgeRoutes } from '../../../../../workers/gateway/bridge/index.ts'
import { type OpenedDatabase, openDatabase } from '../../../../../workers/gateway/database/index.ts'
import { transfers } from '../../../../../workers/gateway/database/schema/chain.ts'
import { createHttpServer } from '../../../../../workers/gateway/http/server.ts'
import { testParts } from '../../../../fixtures/gatewayParts.ts'

const EVM = (digit: string): `0x${string}` => `0x${digit.repeat(40)}`
const GENESIS = 'ab'.repeat(32)

function deploymentAt(signerUrl: string, evmUrl: string): Deployment {
  const near = { chainId: 'blyan-local', genesisHash: GENESIS, bridge: 'bridge.test.near' }
  return parseDeployment({
    schema: 'blyan.bridge/1',
    near: {
      ...near,
      rpcUrls: ['http://127.0.0.1:1'],
      bly: 'bly.test.near',
      market: 'market.test.near',
      oracle: null,
      dex: null,
    },
    evm: {
      chainId: 31337,
      rpcUrls: [evmUrl],
      token: EVM('1'),
      bridge: EVM('2'),
      verifier: EVM('3'),
      reward: null,
      startBlock: 0,
      confirmations: 1,
    },
    salt: bridgeSalt(keccak256, { chainId: near.chainId, genesisHash: GENESIS, account: near.bridge }),
    guardian: { near: 'guard.test.near', evm: EVM('4') },
    signers: [{ address: EVM('5'), url: signerUrl }],
    k: 1,
    relayer: null,
  })
}

describe('the gateway’s part of the bridge', () => {
  let db: OpenedDatabase
  let signer: Server
  let answer: (path: string) => { status: number; body: string }
  let origin: string
  let stop: () => Promise<unknown>
  const asked: string[] = []

  before(async () => {
    db = await openDatabase({ dir: null })
    signer = createServer((request, response) => {
      asked.push(request.url!)
      const { status, body } = answer(request.url!)
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    }).listen(0, '127.0.0.1')
    await new Promise((done) => signer.once('listening', done))
    const url = `http://127.0.0.1:${(signer.address() as AddressInfo).port}`
    const parts = testParts({ db: db.db })
    const deployment = deploymentAt(url, url)
    const http = await createHttpServer({
      parts,
      routes: bridgeRoutes(parts, deployment),
      raw: bridgeRawRoutes(deployment),
      authenticate: async () => null,
      port: 0,
      strict: true,
    })
    origin = `http://127.0.0.1:${http.port}`
    stop = () => http.stop()
  })
  after(async () => {
    await stop?.()
    signer?.close()
    await db?.close()
  })
  const get = async (path: string) => {
    const response = await fetch(`${origin}${path}`)
    // biome-ignore lint/suspicious/noExplicitAny: the reply's schema is what the tests ask about
    return { status: response.status, body: (await response.json()) as Record<string, any> }
  }
  const item = {
    kind: 'lock',
    key: '0',
    payload: { nonce: '0', epoch: '1', source: 'cd'.repeat(32), receiver: '5'.repeat(40), amount: '5' },
    epoch: '1',
    digest: 'ef'.repeat(32),
    signature: 'ab'.repeat(65),
    signedAt: 1,
  }

  it('tells where the bridge is, with addresses that a page may reach and none behind the gateway', async () => {
    const { status, body } = await get('/api/v1/bridge')
    expect(status).to.equal(200)
    const { near, evm, signers } = body.deployment
    expect(near.rpcUrls).to.deep.equal(['http://127.0.0.1:4173/rpc'])
    expect(evm.rpcUrls).to.deep.equal(['http://127.0.0.1:4173/evm'])
    expect(signers[0].url).to.equal(`http://127.0.0.1:4173/api/v1/bridge/signers/${EVM('5')}`)
    expect(() => parseDeployment(body.deployment)).to.not.throw()
  })

  it('passes a signer’s word on as it is, and says which of the ways of not having one it is', async () => {
    const path = `/api/v1/bridge/signers/${EVM('5')}/payloads/lock/0`
    answer = () => ({ status: 200, body: JSON.stringify(item) })
    expect((await get(path)).body).to.deep.equal(item)
    expect(asked.at(-1)).to.equal('/payloads/lock/0')
    answer = () => ({ status: 404, body: '{}' })
    expect(await get(path)).to.deep.include({ status: 404 })
    answer = () => ({ status: 503, body: '{}' })
    expect((await get(path)).body).to.deep.include({ status: 503, code: 'GATEWAY_SIGNER_HALTED' })
    for (const body of ['<html>', '{}', JSON.stringify({ ...item, signature: 'short' }), 'x'.repeat(100_000)]) {
      answer = () => ({ status: 200, body })
      expect((await get(path)).body).to.deep.include({ status: 502, code: 'GATEWAY_SIGNER_AWAY' })
    }
  })

  it('reaches signers of the bridge alone, whatever the address in the path', async () => {
    const before = asked.length
    for (const address of [EVM('6'), '127.0.0.1', '..%2f..%2fstatus']) {
      const { status } = await get(`/api/v1/bridge/signers/${address}/payloads/lock/0`)
      expect(status, address).to.be.oneOf([400, 404])
    }
    expect((await get(`/api/v1/bridge/signers/${EVM('5')}/payloads/lock/..%2fstatus`)).status).to.equal(400)
    expect(asked.length).to.equal(before)
  })

  it('lists transfers of one account, newest first, in pages', async () => {
    const row = (nonce: bigint, sender: string | null) => ({
      id: `near-evm:${nonce}`,
      direction: 'near-evm',
      nonce,
      sender,
      receiver: EVM('7'),
      amount: 5n,
      state: 'locked',
      readyAt: null,
      createdAt: 1,
      createdHeight: Number(nonce),
      updatedAt: 2,
      updatedHeight: 3,
      tx: 't',
    })
    await db.db.insert(transfers).values([row(0n, 'a.near'), row(1n, 'b.near'), row(2n, 'a.near')])
    const first = (await get('/api/v1/bridge/transfers?account=a.near&limit=1')).body
    expect(first.items.map(({ id }: { id: string }) => id)).to.deep.equal(['near-evm:2'])
    const second = (await get(`/api/v1/bridge/transfers?account=a.near&limit=1&cursor=${first.next}`)).body
    expect(second.items.map(({ id }: { id: string }) => id)).to.deep.equal(['near-evm:0'])
    expect((await get(`/api/v1/bridge/transfers?account=${EVM('7')}`)).body.items).to.have.length(3)
    expect((await get('/api/v1/bridge/transfers?account=No!')).status).to.equal(400)
  })

  it('passes wallets’ questions on to the EVM chain, and no method of a development node', async () => {
    const ask = (method: string) =>
      fetch(`${origin}/evm`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [] }),
      })
    answer = () => ({ status: 200, body: '{"jsonrpc":"2.0","id":1,"result":"0x7a69"}' })
    expect(await (await ask('eth_chainId')).json()).to.deep.include({ result: '0x7a69' })
    const before = asked.length
    for (const method of ['hardhat_setBalance', 'evm_revert', 'eth_accounts', 'eth_sign', 'debug_traceTransaction']) {
      expect((await ask(method)).status, method).to.equal(403)
    }
    expect(asked.length).to.equal(before)
  })

  it('says so where it knows no bridge', async () => {
    const parts = testParts({ db: db.db })
    const http = await createHttpServer({
      parts,
      routes: bridgeRoutes(parts, null),
      raw: bridgeRawRoutes(null),
      authenticate: async () => null,
      port: 0,
      strict: true,
    })
    try {
      for (const path of ['/api/v1/bridge', '/api/v1/bridge/transfers', `/api/v1/bridge/signers/${EVM('5')}/status`]) {
        const response = await fetch(`http://127.0.0.1:${http.port}${path}`)
        expect(await response.json()).to.deep.include({ status: 404, code: 'GATEWAY_NO_BRIDGE' })
      }
      expect((await fetch(`http://127.0.0.1:${http.port}/evm`, { method: 'POST' })).status).to.equal(404)
    } finally {
      await http.stop()
    }
  })
})
