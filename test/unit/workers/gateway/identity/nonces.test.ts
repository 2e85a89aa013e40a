/** Stores of nonces: whatever keeps them, the same promises. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import { makeChallenge } from '../../../../../workers/gateway/identity/challenge.ts'
import { memoryNonces, type NonceStore, redisNonces } from '../../../../../workers/gateway/identity/index.ts'
import { TEST_CONFIG } from '../../../../fixtures/gatewayParts.ts'
import { evmAccount, seeded } from '../../../../fixtures/identityWorld.ts'

const REDIS = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'].find(
  existsSync,
)
const MINUTE = 60_000

interface World {
  store: NonceStore
  time: number
}

function behavesLikeNonceStore(world: World): void {
  const random = seeded('nonces')
  const wish = { kind: 'evm', account: evmAccount('a').address, linkTo: null } as const
  const put = async (address: string) => {
    const challenge = makeChallenge(wish, TEST_CONFIG, world.time, random(32))
    await world.store.put(challenge, address)
    return challenge
  }
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'put',
      ({ code }) => code,
    )

  it('gives a challenge to exactly one of many who take it at once', async () => {
    const challenge = await put('198.51.100.1')
    const taken = await Promise.all(Array.from({ length: 20 }, () => world.store.take(challenge.nonce)))
    expect(taken.filter((each) => each !== null)).to.deep.equal([challenge])
  })

  it('gives nothing for nonces that it never held, nor for names that mean something to it', async () => {
    for (const name of ['f'.repeat(64), '', '*', '../x', `of:198.51.100.1`, '__proto__']) {
      expect(await world.store.take(name), name).to.equal(null)
    }
  })

  it('gives nothing after five minutes', async () => {
    const challenge = await put('198.51.100.2')
    world.time += 5 * MINUTE
    expect(await world.store.take(challenge.nonce)).to.equal(null)
  })

  it('holds 32 for one address, counts an IPv6 prefix as one, and makes room by answers and by time', async () => {
    const challenges = []
    for (let i = 0; i < 32; i++) challenges.push(await put(`2001:db8:0:1::${i.toString(16)}`))
    expect(await codeOf(put('2001:db8:0:1:ffff::'))).to.equal('SIGN_IN_TOO_MANY')
    expect(await codeOf(put('2001:db8:0:2::'))).to.equal('put')
    await world.store.take(challenges[5]!.nonce)
    expect(await codeOf(put('2001:db8:0:1::77'))).to.equal('put')
    expect(await codeOf(put('2001:db8:0:1::78'))).to.equal('SIGN_IN_TOO_MANY')
    world.time += 5 * MINUTE
    expect(await codeOf(put('2001:db8:0:1::79'))).to.equal('put')
  })
}

describe('nonces in memory', () => {
  const world = { time: Date.UTC(2026, 0, 1) } as World
  world.store = memoryNonces(() => world.time)
  behavesLikeNonceStore(world)
})

describe('nonces in Redis', function () {
  this.timeout(30_000)
  const world = { time: Date.UTC(2026, 0, 1) } as World
  let dir: string
  let redis: Redis
  let server: ReturnType<typeof spawn>
  before(async function () {
    if (REDIS === undefined) return this.skip()
    dir = mkdtempSync(join(tmpdir(), 'blyan-redis-'))
    const path = join(dir, 'redis.sock')
    server = spawn(REDIS, ['--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no', '--dir', dir])
    redis = new Redis({ path, maxRetriesPerRequest: 2, retryStrategy: () => 100 })
    redis.on('error', () => {}) // until it listens
    const deadline = Date.now() + 10_000
    while (redis.status !== 'ready' && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20))
    world.store = redisNonces(redis, () => world.time)
  })
  after(() => {
    redis?.disconnect()
    server?.kill()
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
  })

  behavesLikeNonceStore(world)

  it('lets Redis itself forget what nobody answers', async () => {
    const wish = { kind: 'near', account: 'a.near', linkTo: null } as const
    await world.store.put(makeChallenge(wish, TEST_CONFIG, world.time, seeded('ttl')(32)), '198.51.100.9')
    for (const key of await redis.keys('blyan:nonce:*')) expect(await redis.pttl(key), key).to.be.within(1, 5 * MINUTE)
  })

  it('says that it is away, as what may be tried again', async () => {
    server.kill('SIGKILL')
    await new Promise((resolve) => server.once('exit', resolve))
    const error = await world.store.take('a'.repeat(64)).then(
      () => null,
      (thrown) => thrown,
    )
    expect([error?.code, error?.retryable]).to.deep.equal(['SIGN_IN_STORE', true])
  })
})
