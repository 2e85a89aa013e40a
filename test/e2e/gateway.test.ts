/** A whole gateway over a played market: every part behind one address, from sign-in to the last receipt. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { WebSocket } from 'ws'
import { listOf, receiptLine, serverMessage, taskSummary } from '../../chain/client/gateway/index.ts'
import { openLog } from '../../workers/gateway/log.ts'
import { type Gateway, startGateway } from '../../workers/gateway/start.ts'
import { serveWorld, WORLD } from '../fixtures/indexWorld.ts'
import { WorldPlayer } from '../fixtures/indexWorldPlay.ts'

describe('a gateway over a played market', function () {
  this.timeout(60_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-gateway-'))
  const player = new WorldPlayer({ tasks: 5, operators: 16, workers: 3, rounds: 2, atOnce: 3 })
  const log = openLog(join(dir, 'gateway'))
  let chain: Awaited<ReturnType<typeof serveWorld>>
  let gateway: Gateway

  before(async () => {
    while (player.finished < 3) player.step()
    chain = await serveWorld(player.world.rpc)
    gateway = await startGateway({
      rpcUrl: chain.url,
      dir: join(dir, 'gateway'),
      port: 0,
      contracts: { bly: WORLD.bly, market: WORLD.market },
      version: '0.0.0',
      limits: { anonymous: 1e6 },
      strict: true,
      log,
      now: () => player.world.now(),
    })
    await gateway.caughtUp()
  })
  after(async () => {
    await gateway?.stop()
    await chain?.close()
    log.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const get = async (path: string) => {
    const response = await fetch(`${gateway.url}${path}`)
    return { status: response.status, json: await response.json() }
  }

  it('is ready, and says which chain it speaks for', async () => {
    expect((await get('/ready')).json).to.include({ ok: true, chain: true, database: true })
    const { json } = await get('/api/v1/network')
    expect(json).to.include({ chainId: WORLD.chainId, genesisHash: player.world.genesisHash, embedded: true })
    expect(json.origin).to.equal(gateway.origin)
  })

  it('tells tasks over REST, and over WebSocket each new event once', async () => {
    const tasks = listOf(taskSummary).parse((await get('/api/v1/tasks')).json)
    expect(tasks.items.length).to.be.at.least(3)
    const cursors: string[] = []
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws`)
    const subscribed = new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.on('message', (text) => {
        const message = serverMessage.parse(JSON.parse(String(text)))
        if (message.type === 'subscribed') resolve()
        if (message.type === 'task_update') cursors.push(message.cursor!)
      })
    })
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send(JSON.stringify({ type: 'auth', token: null }))
    socket.send(JSON.stringify({ type: 'subscribe', topics: ['task_update'] }))
    await subscribed
    const from = player.world.height
    while (!player.done) player.step()
    const expected = player.world.blocks
      .filter(({ height }) => height > from)
      .flatMap(({ json }) => JSON.parse(json).receipts)
      .filter(({ executor_id: contract }) => contract === WORLD.market)
      .flatMap(({ events }) => events.flatMap(({ data }: { data: { task?: string }[] }) => data))
      .filter(({ task }) => task != null).length
    for (const end = Date.now() + 10_000; cursors.length < expected && Date.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect([cursors.length, new Set(cursors).size]).to.deep.equal([expected, expected])
    socket.terminate()
    const receipts = listOf(receiptLine).parse((await get('/api/v1/receipts?limit=1')).json)
    expect(receipts.items[0]!.index + 1).to.equal(player.world.view('receipt_root', {}).size)
  })

  it('shares its index’s hash with every other gateway of the chain', async () => {
    const { json } = await get('/api/v1/network/index')
    expect(json.sha256).to.match(/^[0-9a-f]{64}$/)
    expect([json.database, json.height]).to.deep.equal(['pglite', player.world.height])
  })

  it('shows the interface of every part in one document', async () => {
    const { json } = await get('/openapi.json')
    for (const path of [
      '/api/v1/auth/login',
      '/api/v1/tasks',
      '/api/v1/tasks/quote',
      '/api/v1/user/api-keys',
      '/api/v1/models/{cid}',
      '/api/v1/relay',
      '/v1/chat/completions',
      '/api/v1/chat',
      '/api/v1/p2p/register',
      '/rpc',
    ]) {
      expect(json.paths, path).to.have.property(path)
    }
  })

  it('keeps a log of JSON lines in its folder, one for each request by its id', async () => {
    await fetch(`${gateway.url}/api/v1/network`, { headers: { 'x-request-id': 'a-request-of-mine' } })
    let line: string | undefined
    for (const end = Date.now() + 5_000; line === undefined && Date.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      const text = readFileSync(join(dir, 'gateway', 'gateway.log'), 'utf8')
      line = text.split('\n').find((each) => each.includes('a-request-of-mine'))
    }
    expect(JSON.parse(line!)).to.include({ what: 'request', route: '/api/v1/network', status: 200 })
  })

  it('goes on telling what it knows while the chain is away, marked stale, and says that it is not ready', async () => {
    await chain.close()
    // Its clock is the market's: eleven seconds without a word.
    player.world.market.advance(11_000)
    const { status, json } = await get('/ready')
    expect([status, json.what]).to.deep.equal([503, 'The chain does not answer.'])
    const tasks = await get('/api/v1/tasks')
    expect([tasks.status, tasks.json.asOf.stale]).to.deep.equal([200, true])
    expect((await get('/api/v1/network/health')).json.chain).to.equal('away')
    chain = await serveWorld(player.world.rpc, Number(new URL(chain.url).port))
    for (const end = Date.now() + 10_000; Date.now() < end; ) {
      if ((await get('/ready')).status === 200) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect((await get('/ready')).status).to.equal(200)
    expect((await get('/api/v1/tasks')).json.asOf.stale).to.equal(false)
  })
})
