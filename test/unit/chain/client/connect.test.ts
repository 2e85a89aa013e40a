import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { connect, type NearCaller, type NearClient } from '../../../../chain/client/near/index.ts'
import { keyPairFromPhrase } from '../../../../chain/lib/key.ts'
import { ONE_NEAR, TGAS } from '../../../../chain/lib/units.ts'
import { answer } from '../../../../chain/node/rpc/server.ts'
import { createTestChain, type NearTestChain } from '../../../../chain/node/testing.ts'
import { ASKER, runContract, STORE } from '../support/cases.ts'

/** What the road between client and chain does to one request. */
type Road = (body: string, pass: () => Promise<string>) => Promise<string | 'lose reply' | 'refuse'>

describe('the client', () => {
  let chain: NearTestChain
  let server: Server
  let road: Road
  let url: string
  let client: NearClient
  const seen: string[] = []

  beforeEach(async () => {
    chain = await createTestChain({ runContract, seed: 'client' })
    const store = await chain.createAccount('store.test.near')
    await store.deploy(STORE)
    const asker = await chain.createAccount('asker.test.near')
    await asker.deploy(ASKER)
    seen.length = 0
    road = (_body, pass) => pass()
    server = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const body = Buffer.concat(parts).toString()
      seen.push((JSON.parse(body) as { method: string }).method)
      const reply = await road(body, async () => JSON.stringify(await answer(chain.chain, body)))
      if (reply === 'lose reply' || reply === 'refuse') response.destroy()
      else response.end(reply)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    client = connect({ rpcUrl: url, signer: { accountId: 'test.near', secretKey: chain.root.keys.secretKey } })
  })
  afterEach(async () => {
    server.closeAllConnections()
    server.close()
    await chain.close()
  })

  const set = (value: string) =>
    client.call<string>('store.test.near', 'set', { value }, { gas: 30n * TGAS, deposit: 0n })
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      (error: { code: string; what: string; fix: string; data: Record<string, unknown>; retryable: boolean }) => error,
    )
  const spent = () => chain.chain.ledger.head.header.totalSupply

  it('returns value, gas, logs and events of a call', async () => {
    const result = await set('one')
    expect(result.value).to.equal('one')
    expect(result.events).to.deep.equal([
      { standard: 'store', version: '1.0.0', event: 'value_set', data: [{ value: 'one' }] },
    ])
    expect(result.gasBurntTGas).to.be.within(3, 6)
    expect(await client.view('store.test.near', 'get', {})).to.equal('one')
  })

  it('has the same face as an account of a test chain', async () => {
    const callers: NearCaller[] = [client, chain.root]
    for (const [i, caller] of callers.entries()) {
      const { value } = await caller.call<string>(
        'store.test.near',
        'set',
        { value: `${i}` },
        { gas: 30n * TGAS, deposit: 0n },
      )
      expect([value, await caller.view('store.test.near', 'get', {})]).to.deep.equal([`${i}`, `${i}`])
    }
  })

  it('sends forty calls at once with one key, and all are taken', async () => {
    const results = await Promise.all(Array.from({ length: 40 }, (_, i) => set(String(i))))
    expect(new Set(results.map(({ txHash }) => txHash)).size).to.equal(40)
    expect(seen.filter((method) => method === 'send_tx')).to.have.length(40)
  })

  it('two clients with one key get all their calls through', async () => {
    const other = connect({ rpcUrl: url, signer: { accountId: 'test.near', secretKey: chain.root.keys.secretKey } })
    const options = { gas: 30n * TGAS, deposit: 0n }
    const calls = Array.from({ length: 10 }, (_, i) => [
      set(`a${i}`),
      other.call('store.test.near', 'set', { value: `b${i}` }, options),
    ]).flat()
    const hashes = (await Promise.all(calls)).map(({ txHash }) => txHash)
    expect(new Set(hashes).size).to.equal(20)
  })

  it('never transfers twice when the reply is lost', async () => {
    await set('warm')
    let lost = 0
    road = async (body, pass) => {
      const reply = await pass()
      if (body.includes('"send_tx"') && lost++ === 0) return 'lose reply'
      return reply
    }
    const before = chain.account('store.test.near').state()!.amount
    await client.transfer('store.test.near', 5n)
    expect(chain.account('store.test.near').state()!.amount - before).to.equal(5n)
    expect(seen.slice(-2)).to.deep.equal(['send_tx', 'tx'])
  })

  it('sends the same bytes again when they never arrived', async () => {
    await set('warm')
    const bodies: string[] = []
    road = (body, pass) => {
      if (!body.includes('"send_tx"')) return pass()
      bodies.push((JSON.parse(body) as { params: { signed_tx_base64: string } }).params.signed_tx_base64)
      return bodies.length === 1 ? Promise.resolve('refuse') : pass()
    }
    const before = chain.account('store.test.near').state()!.amount
    await client.transfer('store.test.near', 5n)
    expect(chain.account('store.test.near').state()!.amount - before).to.equal(5n)
    expect(bodies).to.have.length(2)
    expect(bodies[0]).to.equal(bodies[1])
  })

  it('says that the RPC is down, and that this is worth another try', async () => {
    const nowhere = connect({ rpcUrl: 'http://127.0.0.1:1', patienceMs: 0 })
    expect(await failure(nowhere.view('store.test.near', 'get', {}))).to.include({
      code: 'NEAR_RPC_UNREACHABLE',
      retryable: true,
    })
  })

  it('turns a panic into the contract’s own error, in calls and views alike', async () => {
    const fixes = { STORE_CLOSED: 'Open it with `open`.' }
    const signer = { accountId: 'test.near', secretKey: chain.root.keys.secretKey }
    const knowing = connect({ rpcUrl: url, signer, fixes })
    const options = { gas: 30n * TGAS, deposit: 0n }
    const called = await failure(knowing.call('store.test.near', 'setThenPanic', {}, options))
    expect(called).to.include({
      code: 'STORE_CLOSED',
      what: 'the store is closed; open it first',
      fix: fixes.STORE_CLOSED,
    })
    expect(called!.data).to.include({ contractId: 'store.test.near' })
    expect(await failure(knowing.view('store.test.near', 'setThenPanic', {}))).to.include({ code: 'STORE_CLOSED' })
  })

  it('counts a failure in a later receipt when asked to, and lists it otherwise', async () => {
    const ask = (failOnAnyReceipt: boolean) =>
      client.call(
        'asker.test.near',
        'ask',
        { contract: 'store.test.near', method: 'setThenPanic', value: '' },
        { gas: 100n * TGAS, deposit: 0n, failOnAnyReceipt },
      )
    expect((await ask(false)).failures.map(({ code }) => code)).to.deep.equal(['STORE_CLOSED'])
    expect(await failure(ask(true))).to.include({ code: 'STORE_CLOSED' })
  })

  it('names what the chain refuses: balance, keys, actions, accounts', async () => {
    expect(await failure(client.transfer('store.test.near', 10n ** 40n))).to.include({ code: 'NEAR_REFUSED' })
    const stranger = connect({
      rpcUrl: url,
      signer: { accountId: 'test.near', secretKey: keyPairFromPhrase('no').secretKey },
    })
    expect((await failure(stranger.transfer('store.test.near', 1n)))!.data).to.include({ cause: 'UNKNOWN_ACCESS_KEY' })
    expect(await failure(client.transfer('nobody.test.near', 1n))).to.include({ code: 'NEAR_ACTION_FAILED' })
    expect((await failure(client.account('nobody.test.near')))!.data).to.include({ cause: 'UNKNOWN_ACCOUNT' })
    expect(await failure(connect({ rpcUrl: url }).transfer('store.test.near', 1n))).to.include({
      code: 'NEAR_NO_SIGNER',
    })
  })

  it('creates accounts, deploys with an initialising call, and adds limited keys', async () => {
    const keys = keyPairFromPhrase('new')
    await client.createAccount('new.test.near', keys.publicKey, 10n * ONE_NEAR)
    const own = connect({ rpcUrl: url, signer: { accountId: 'new.test.near', secretKey: keys.secretKey } })
    expect((await own.deploy(STORE, { method: 'set', args: { value: 'ready' } })).value).to.equal('ready')
    const page = keyPairFromPhrase('page')
    await own.addFunctionCallKey(page.publicKey, 'store.test.near', ['set'], ONE_NEAR)
    const limited = connect({ rpcUrl: url, signer: { accountId: 'new.test.near', secretKey: page.secretKey } })
    const options = { gas: 30n * TGAS, deposit: 0n }
    expect((await limited.call('store.test.near', 'set', { value: 'page' }, options)).value).to.equal('page')
    expect(await failure(limited.transfer('test.near', 1n))).to.include({ code: 'NEAR_REFUSED' })
  })

  it('stops at once when told to', async () => {
    const stop = new AbortController()
    road = () => new Promise(() => undefined)
    const waiting = failure(client.view('store.test.near', 'get', {}, { signal: stop.signal }))
    setImmediate(() => stop.abort(new Error('enough')))
    expect(await waiting).to.have.property('message', 'enough')
  })

  it('leaves the chain as it was when a transaction is refused', async () => {
    const before = spent()
    await failure(client.transfer('store.test.near', 10n ** 40n))
    expect(spent()).to.equal(before)
  })
})
