/** What happens when a part goes away: chain, database, Redis, another chain in its place; and what is there when it is back. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { sql } from 'drizzle-orm'
import { asBlyanError } from '../../workers/gateway/http/problem.ts'
import { type Gateway, startGateway } from '../../workers/gateway/start.ts'
import {
  Guest,
  gatewayOptions,
  keptLog,
  Listener,
  orderBody,
  rebuiltHash,
  taskUpdates,
  toldHash,
} from '../fixtures/awayGateway.ts'
import { AwayChain, until } from '../fixtures/awayWorld.ts'
import { WorldPlayer } from '../fixtures/indexWorldPlay.ts'
import { findPostgres, type PostgresServer, startPostgres } from '../fixtures/postgresServer.ts'

const PLAY = { tasks: 8, operators: 16, workers: 3, rounds: 2, atOnce: 2 } as const

describe('when the chain goes away', function () {
  this.timeout(60_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-away-'))
  const player = new WorldPlayer({ ...PLAY, seed: 'chain away' })
  const chain = new AwayChain(player.world)
  const log = keptLog()
  let gateway: Gateway
  let guest: Guest
  let page: Listener
  let from = 0
  let skew = 0

  const play = (finished: number) => {
    while (player.finished < finished) player.step()
  }

  before(async () => {
    play(2)
    await chain.start()
    gateway = await startGateway({
      ...gatewayOptions(chain, dir, { rpcWaitMs: 2_500 }),
      log,
      now: () => Date.now() + skew,
    })
    await gateway.caughtUp()
    guest = new Guest(gateway.url)
    await guest.signIn(chain, 'alice.near')
    page = new Listener(gateway.url)
    await page.join()
    from = chain.world.height
    play(3)
    await until('news before', () => page.cursors.length === taskUpdates(chain, from))
  })
  after(async () => {
    page?.leave()
    await gateway?.stop()
    await chain.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it('says within seconds that it is not ready, and which part is away', async () => {
    await chain.stop()
    const { value, ms } = await until('not ready', async () => {
      const answer = await guest.get('/ready')
      return answer.status === 503 && answer
    })
    expect(ms).to.be.below(5_000)
    expect(value.json).to.include({ what: 'The chain does not answer.', code: 'HTTP_NOT_READY' })
    expect(value.json.data).to.include({ chain: false, database: true })
  })

  it('goes on answering reads, marked stale', async () => {
    for (const path of ['/api/v1/tasks', '/api/v1/nodes', '/api/v1/network/stats', '/api/v1/receipts']) {
      const { status, json } = await guest.get(path)
      expect([path, status, json.asOf.stale]).to.deep.equal([path, 200, true])
    }
    expect((await guest.get('/api/v1/network/health')).json.chain).to.equal('away')
    const [operator] = player.operators
    for (const path of [`/api/v1/why/${operator}`, `/api/v1/nodes/${operator}/status`, '/api/v1/models']) {
      const { status, json } = await guest.get(path)
      expect([path, status, json.asOf?.stale]).to.deep.equal([path, 200, true])
    }
  })

  it('answers 503 and what to do where only the chain knows, and signs nobody out', async () => {
    const { body } = await orderBody(1)
    const stranger = new Guest(gateway.url)
    for (const [what, answer] of [
      ['order', await guest.post('/api/v1/tasks', body)],
      ['quote', await guest.post('/api/v1/tasks/quote', body.order)],
      ['claim', await guest.post('/api/v1/user/claim', {})],
      ['sign-in', await stranger.signIn(chain, 'bob.near')],
      ['rpc', await guest.post('/rpc', { jsonrpc: '2.0', id: 1, method: 'status', params: [] })],
    ] as const) {
      expect([what, answer.status]).to.deep.equal([what, 503])
      expect(answer.json, what).to.include.keys('code', 'what', 'fix', 'id')
    }
    expect((await guest.refresh()).status).to.equal(200)
    expect((await guest.get('/api/v1/user/profile')).json.user).to.equal('near:alice.near')
  })

  it('recovers by itself when the chain is back: the same connection hears what happened, each once', async () => {
    play(5)
    await chain.start()
    const { ms } = await until('ready again', async () => (await guest.get('/ready')).status === 200)
    expect(ms).to.be.below(10_000)
    await until('all news', () => page.cursors.length >= taskUpdates(chain, from))
    expect(page.cursors.length).to.equal(taskUpdates(chain, from))
    expect(new Set(page.cursors).size).to.equal(page.cursors.length)
    expect(page.closes).to.deep.equal([])
    expect((await guest.get('/api/v1/tasks')).json.asOf.stale).to.equal(false)
    expect(await toldHash(guest, chain)).to.equal(await rebuiltHash(chain))
    expect((await guest.post('/api/v1/tasks', (await orderBody(1)).body)).status).to.equal(201)
  })
  it('takes a chain that lets everybody wait for one that is away, and needs none of those answers', async () => {
    chain.hangs = true
    const order = (await orderBody(2)).body.order
    const asked = guest.post('/api/v1/tasks/quote', order)
    skew += 11_000
    await until('not ready', async () => (await guest.get('/ready')).status === 503)
    expect((await asked).json.code).to.equal('NEAR_RPC_UNREACHABLE')
    expect((await guest.get('/api/v1/tasks')).json.asOf.stale).to.equal(true)
    chain.hangs = false
    play(6)
    await until('ready again', async () => (await guest.get('/ready')).status === 200)
    await until('all news', () => page.cursors.length === taskUpdates(chain, from))
  })
  it('met nothing on the way that nobody foresaw', () => {
    expect(log.lines.filter(({ level }) => level === 'error')).to.deep.equal([])
  })
})

describe('when the database goes away', function () {
  this.timeout(90_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-away-'))
  const player = new WorldPlayer({ ...PLAY, seed: 'database away' })
  const chain = new AwayChain(player.world)
  const log = keptLog()
  let server: PostgresServer | undefined
  let gateway: Gateway
  let guest: Guest
  let page: Listener
  let key: string
  let draft: string
  let order: Awaited<ReturnType<typeof orderBody>>
  let from = 0

  const play = (finished: number) => {
    while (player.finished < finished) player.step()
  }

  before(async function () {
    if (findPostgres() === null) {
      this.test!.parent!.title += ' (PostgreSQL is absent)'
      return this.skip()
    }
    play(2)
    await chain.start()
    server = await startPostgres()
    gateway = await startGateway({ ...gatewayOptions(chain, dir, { databaseUrl: server.url }), log })
    await gateway.caughtUp()
    guest = new Guest(gateway.url)
    await guest.signIn(chain, 'alice.near')
    page = new Listener(gateway.url)
    await page.join()
    from = chain.world.height
  })
  after(async () => {
    page?.leave()
    await gateway?.stop()
    await chain.stop()
    await server?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('answers 503 with a code, says which part is away, and lives on', async () => {
    order = await orderBody(3)
    draft = (await guest.post('/api/v1/tasks', order.body)).json.draft
    key = (await guest.post('/api/v1/user/api-keys', { name: 'mine', scopes: ['read'] })).json.key
    // Statements and transactions are under way at that moment.
    const underWay = Array.from({ length: 12 }, (_, i) =>
      i % 2 === 0
        ? guest.get(`/api/v1/tasks?limit=${i + 1}`)
        : guest.post('/api/v1/user/api-keys', { name: `k${i}`, scopes: ['read'] }),
    )
    player.step()
    const { db } = gateway.parts
    const idle = db.transaction(async (tx) => {
      await tx.execute(sql`select 1`)
      await server!.kill()
      await until('the connection is lost', () =>
        tx.execute(sql`select 1`).then(
          () => false,
          () => true,
        ),
      )
      await tx.execute(sql`select 1`)
    })
    expect(await idle.catch((error) => asBlyanError(error).code)).to.equal('GATEWAY_DATABASE_AWAY')
    for (const { status, json } of await Promise.all(underWay)) {
      if (status >= 400) expect([status, json.code]).to.deep.equal([503, 'GATEWAY_DATABASE_AWAY'])
    }
    const { value, ms } = await until('not ready', async () => {
      const answer = await guest.get('/ready')
      return answer.status === 503 && answer
    })
    expect(ms).to.be.below(5_000)
    expect(value.json.what).to.equal('The database does not answer.')
    expect(value.json.data.database).to.equal(false)
    const stranger = new Guest(gateway.url)
    for (const [what, answer] of [
      ['tasks', await stranger.get('/api/v1/tasks?limit=7')],
      ['receipts', await stranger.get('/api/v1/receipts?limit=3')],
      ['sign-in', await stranger.signIn(chain, 'bob.near')],
      ['order', await guest.post('/api/v1/tasks', (await orderBody(4)).body)],
    ] as const) {
      expect([what, answer.status, answer.json.code]).to.deep.equal([what, 503, 'GATEWAY_DATABASE_AWAY'])
    }
    expect((await guest.get('/health')).status).to.equal(200)
  })

  it('does not blame the chain for it', async () => {
    const waits = () => log.lines.filter(({ what }) => what === 'following waits').length
    const before = waits()
    play(4)
    await until('the index waits', () => waits() > before)
    expect((await guest.get('/ready')).json.data).to.include({ chain: true, database: false })
  })

  it('goes on by itself when the database is back, with all that was acknowledged and nothing twice', async () => {
    play(5)
    await server!.start()
    const { ms } = await until('ready again', async () => (await guest.get('/ready')).status === 200)
    expect(ms).to.be.below(10_000)
    expect((await guest.get('/api/v1/user/profile')).json.user).to.equal('near:alice.near')
    expect((await guest.refresh()).status).to.equal(200)
    const program = new Guest(gateway.url)
    program.token = key
    expect((await program.get('/api/v1/user/profile')).status).to.equal(200)
    expect((await guest.post('/api/v1/tasks', order.body)).json.draft).to.equal(draft)
    expect(await toldHash(guest, chain)).to.equal(await rebuiltHash(chain))
    await until('all news', () => page.cursors.length >= taskUpdates(chain, from))
    expect([page.cursors.length, new Set(page.cursors).size]).to.deep.equal(Array(2).fill(taskUpdates(chain, from)))
    expect(page.closes).to.deep.equal([])
  })
  it('stops when it is told to, though neither chain nor database answers', async () => {
    chain.hangs = true
    const asked = [guest.get('/api/v1/tasks?limit=9'), guest.post('/api/v1/tasks/quote', order.body.order)].map(
      (each) => each.catch(() => 'cut off'),
    )
    await server!.kill()
    const startedAt = Date.now()
    await gateway.stop()
    expect(Date.now() - startedAt).to.be.below(15_000)
    await Promise.all(asked)
  })
  it('met nothing on the way that nobody foresaw', () => {
    expect(log.lines.filter(({ level }) => level === 'error')).to.deep.equal([])
  })
})

describe('when the chain comes back as another one', function () {
  this.timeout(60_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-away-'))
  const chain = new AwayChain(new WorldPlayer({ ...PLAY, tasks: 0, seed: 'this one' }).world)
  let gateway: Gateway
  let guest: Guest
  let skew = 0

  before(async () => {
    await chain.start()
    gateway = await startGateway({ ...gatewayOptions(chain, dir), log: keptLog(), now: () => Date.now() + skew })
    await gateway.caughtUp()
    guest = new Guest(gateway.url)
  })
  after(async () => {
    await gateway?.stop()
    await chain.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it('stops following, says what to do, and is not ready: reads stay as they were, marked stale', async () => {
    const before = (await guest.get('/api/v1/nodes')).json
    await chain.stop()
    chain.world = new WorldPlayer({ ...PLAY, tasks: 0, operators: 3, seed: 'that one' }).world
    await chain.start()
    skew += 11_000 // where nothing happens on it, it may take ten seconds to notice
    const error = await gateway.done.then(
      () => null,
      (thrown) => thrown,
    )
    expect(error).to.include({ code: 'GATEWAY_OTHER_CHAIN', fault: 'config' })
    expect(error.fix).to.include('blyan index rebuild')
    const { status, json } = await guest.get('/ready')
    expect([status, json.what, json.fix]).to.deep.equal([503, error.what, error.fix])
    const after = (await guest.get('/api/v1/nodes')).json
    expect([after.items, after.asOf.stale]).to.deep.equal([before.items, true])
  })
})
