/** One gateway process under traffic while PostgreSQL is killed, the chain stops and Redis is killed, by turns. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  Guest,
  gatewayOptions,
  type KillableGateway,
  Listener,
  orderBody,
  rebuiltHash,
  spawnGateway,
  taskUpdates,
  toldHash,
} from '../fixtures/awayGateway.ts'
import { AwayChain, until } from '../fixtures/awayWorld.ts'
import { WorldPlayer } from '../fixtures/indexWorldPlay.ts'
import { findPostgres, type PostgresServer, startPostgres } from '../fixtures/postgresServer.ts'
import { REDIS, type RedisServer, startRedis } from '../fixtures/redisServer.ts'

const READS = ['tasks', 'nodes', 'network/stats', 'user/profile', 'receipts', 'network/health', 'models'] as const

describe('a gateway whose parts come and go under traffic', function () {
  this.timeout(90_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-unrest-'))
  const player = new WorldPlayer({ tasks: 6, operators: 16, workers: 3, rounds: 2, atOnce: 2, seed: 'unrest' })
  const chain = new AwayChain(player.world)
  let database: PostgresServer | undefined
  let redis: RedisServer | undefined
  let gateway: KillableGateway | undefined

  before(async function () {
    const absent = findPostgres() === null ? 'PostgreSQL' : REDIS === undefined ? 'Redis' : null
    if (absent !== null) {
      this.test!.parent!.title += ` (${absent} is absent)`
      return this.skip()
    }
    await chain.start()
    database = await startPostgres()
    redis = await startRedis()
    gateway = await spawnGateway(gatewayOptions(chain, dir, { databaseUrl: database.url, redisUrl: redis.url }))
  })
  after(async () => {
    await gateway?.kill()
    await chain.stop()
    await redis?.kill()
    await database?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('lives on, answers 503 at worst, and in the end has everything once', async () => {
    const { url, child } = gateway!
    const guest = new Guest(url)
    const isReady = async () => (await guest.get('/ready')).status === 200
    await until('ready', isReady)
    await guest.signIn(chain, 'alice.near')
    const page = new Listener(url, guest.token)
    await page.join()
    const from = chain.world.height

    const answers = new Map<string, number>()
    const acknowledged = new Set<string>()
    let isOn = true
    const traffic = [0, 1, 2, 3].map(async (i) => {
      const order = (await orderBody(40 + i)).body
      for (let n = i; isOn; n++) {
        const asked =
          n % 20 === 7 ? guest.post('/api/v1/tasks', order) : guest.get(`/api/v1/${READS[n % READS.length]}`)
        const { status, json } = await asked
        const answer = `${status} ${status >= 400 ? json.code : ''}`
        answers.set(answer, (answers.get(answer) ?? 0) + 1)
        if (status === 201) acknowledged.add(`${i} ${json.draft}`)
      }
    })
    const play = async (finished: number) => {
      while (player.finished < finished) {
        player.step()
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    }
    for (const turn of [0, 1]) {
      await play(turn * 3 + 1)
      await database!.kill()
      await play(turn * 3 + 2)
      await database!.start()
      await until('ready again', isReady)
      await redis!.kill()
      await chain.stop()
      await play(turn * 3 + 3)
      await until('not ready', async () => !(await isReady()))
      await chain.start()
      await redis!.start()
      await until('ready again', isReady)
    }
    isOn = false
    await Promise.all(traffic)

    expect([child.exitCode, child.signalCode]).to.deep.equal([null, null])
    const bad = [...answers.keys()].filter((each) => !/^(200|201|503) /.test(each))
    expect(bad).to.deep.equal([])
    expect(acknowledged.size, 'one order each, however often it was asked').to.be.at.most(4)
    await until('all news', () => page.cursors.length >= taskUpdates(chain, from))
    expect([page.cursors.length, new Set(page.cursors).size]).to.deep.equal(Array(2).fill(taskUpdates(chain, from)))
    expect(page.closes).to.deep.equal([])
    expect(await toldHash(guest, chain)).to.equal(await rebuiltHash(chain))
    page.leave()
  })
})
