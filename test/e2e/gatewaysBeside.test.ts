/** Two whole gateways over one PostgreSQL and one Redis: what one is told the other knows, also when Redis goes away. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { freePort } from '../../workers/gateway/compose/address.ts'
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
import { REDIS, type RedisServer, startRedis } from '../fixtures/redisServer.ts'

describe('two gateways on one PostgreSQL and one Redis', function () {
  this.timeout(90_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-beside-'))
  const player = new WorldPlayer({ tasks: 6, operators: 16, workers: 3, rounds: 2, atOnce: 2, seed: 'beside' })
  const chain = new AwayChain(player.world)
  const logs = [keptLog(), keptLog()]
  const gateways: Gateway[] = []
  const pages: Listener[] = []
  let database: PostgresServer | undefined
  let redis: RedisServer | undefined
  let from = 0

  before(async function () {
    const absent = findPostgres() === null ? 'PostgreSQL' : REDIS === undefined ? 'Redis' : null
    if (absent !== null) {
      this.test!.parent!.title += ` (${absent} is absent)`
      return this.skip()
    }
    await chain.start()
    database = await startPostgres()
    redis = await startRedis()
    // One site: people know both by one address.
    const origin = `http://127.0.0.1:${await freePort()}`
    for (const [i, log] of logs.entries()) {
      const own = join(dir, `${i}`)
      mkdirSync(own)
      if (i > 0) copyFileSync(join(dir, '0', 'identity.keys.json'), join(own, 'identity.keys.json'))
      const shared = { databaseUrl: database.url, redisUrl: redis.url, origin }
      gateways.push(await startGateway({ ...gatewayOptions(chain, own, shared), log }))
    }
    for (const gateway of gateways) {
      await gateway.caughtUp()
      pages.push(new Listener(gateway.url))
      await pages.at(-1)!.join()
    }
    from = chain.world.height
  })
  after(async () => {
    for (const page of pages) page.leave()
    for (const gateway of gateways) await gateway.stop()
    await chain.stop()
    await redis?.kill()
    await database?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const hearAll = async () => {
    for (const page of pages) {
      await until('all news', () => page.cursors.length >= taskUpdates(chain, from))
      expect([page.cursors.length, new Set(page.cursors).size]).to.deep.equal(Array(2).fill(taskUpdates(chain, from)))
    }
    expect(pages[0]!.cursors).to.deep.equal(pages[1]!.cursors)
  }

  it('both tell every event once and in the same order, whichever of them wrote the block', async () => {
    const moved = () => logs.map(({ lines }) => lines.filter(({ data }) => data.code === 'GATEWAY_INDEX_MOVED').length)
    for (let turn = 0; !player.done; turn++) {
      player.step()
      if (turn % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await hearAll()
    expect(moved()[0]! + moved()[1]!).to.be.above(0)
    const hash = await rebuiltHash(chain)
    for (const { url } of gateways) expect(await toldHash(new Guest(url), chain)).to.equal(hash)
  })

  it('both are ready while they race', async () => {
    const guests = gateways.map(({ url }) => new Guest(url))
    for (let turn = 0; turn < 10; turn++) {
      chain.world.block(() => chain.world.giveBly(`reader-${turn}.near`, 1n))
      for (const guest of guests) expect((await guest.get('/ready')).status).to.equal(200)
    }
  })

  it('a challenge of one is answered at the other, and a session that ends at one is cut off at the other at once', async () => {
    const [a, b] = gateways.map(({ url, origin }) => new Guest(url, origin)) as [Guest, Guest]
    expect((await a.signIn(chain, 'alice.near', b)).status).to.equal(200)
    const page = new Listener(gateways[1]!.url, b.token)
    await page.join()
    a.token = b.token
    expect((await a.post('/api/v1/auth/logout')).status).to.equal(204)
    const { ms } = await until('the other gateway cuts it off', () => page.closes.length > 0)
    expect([page.closes, ms < 2_000]).to.deep.equal([[4401], true])
    expect((await b.get('/api/v1/user/profile')).json.code).to.equal('TOKEN_REVOKED')
  })

  it('nothing fails while Redis is away: reads, limits, sign-ins, orders and events go on', async () => {
    await redis!.kill()
    const guest = new Guest(gateways[0]!.url, gateways[0]!.origin)
    await until('it is known to be away', () => logs[0]!.lines.some(({ what }) => what === 'redis is away'))
    expect((await guest.get('/ready')).status).to.equal(200)
    expect((await guest.signIn(chain, 'bob.near')).status).to.equal(200)
    expect((await guest.get('/api/v1/tasks')).status).to.equal(200)
    expect((await guest.post('/api/v1/tasks', (await orderBody(9)).body)).status).to.equal(201)
    expect((await guest.post('/api/v1/auth/logout')).status).to.equal(204)
    chain.world.block(() => chain.world.giveBly('late.near', 1n))
    const hash = await rebuiltHash(chain)
    for (const { url } of gateways) expect(await toldHash(new Guest(url), chain)).to.equal(hash)
  })

  it('and all of it is shared again when Redis is back', async () => {
    await redis!.start()
    const [a, b] = gateways.map(({ url, origin }) => new Guest(url, origin)) as [Guest, Guest]
    // Each of their connections comes back in its own time; what is said before that is found in the database later.
    await until('the other gateway cuts it off at once', async () => {
      if ((await a.signIn(chain, 'carol.near', b)).status !== 200) return false
      const page = new Listener(gateways[1]!.url, b.token)
      await page.join()
      a.token = b.token
      await a.post('/api/v1/auth/logout')
      const cut = await until('cut off', () => page.closes.length > 0, 1_000).catch(() => null)
      page.leave()
      return cut
    })
  })
})

describe('limits while Redis is away', function () {
  this.timeout(60_000)
  it('are counted in memory by each gateway alone', async function () {
    if (REDIS === undefined) {
      this.test!.title += ' (Redis is absent)'
      this.skip()
    }
    const dir = mkdtempSync(join(tmpdir(), 'blyan-beside-'))
    const chain = new AwayChain(new WorldPlayer({ tasks: 0, operators: 1 }).world)
    await chain.start()
    const redis = await startRedis()
    const limits = { anonymous: 20, visitor: 20, windowS: 60 }
    const gateway = await startGateway({
      ...gatewayOptions(chain, dir, { redisUrl: redis.url, limits }),
      log: keptLog(),
    })
    try {
      await redis.kill()
      const statuses: number[] = []
      const startedAt = Date.now()
      for (let i = 0; i < 40; i++) statuses.push((await new Guest(gateway.url).get('/api/v1/network')).status)
      expect(statuses.slice(0, 20)).to.deep.equal(Array(20).fill(200))
      expect(Date.now() - startedAt, 'nobody waits for Redis').to.be.below(10_000)
      expect(new Set(statuses.slice(-20))).to.deep.equal(new Set([429]))
    } finally {
      await gateway.stop()
      await chain.stop()
      await redis.kill()
      rmSync(dir, { recursive: true, force: true })
    }
  })
})
