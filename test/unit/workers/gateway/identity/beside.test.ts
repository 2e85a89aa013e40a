/** Two gateways beside each other on one PostgreSQL: one log, one truth about who may, also where each remembers a little. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type OpenedDatabase, openDatabase } from '../../../../../workers/gateway/database/index.ts'
import { createIdentity, type Identity } from '../../../../../workers/gateway/identity/index.ts'
import { testParts } from '../../../../fixtures/gatewayParts.ts'
import { evmAccount, ORIGIN, seeded } from '../../../../fixtures/identityWorld.ts'
import { findPostgres, type PostgresServer, startPostgres } from '../../../../fixtures/postgresServer.ts'

interface Gateway {
  readonly identity: Identity
  call(path: string, request?: object): Promise<{ reply: Record<string, string>; cookie: string }>
}

describe('two gateways on one PostgreSQL', function () {
  this.timeout(90_000)
  let server: PostgresServer
  let time = Date.UTC(2026, 0, 1)
  const dirs: string[] = []
  const opened: OpenedDatabase[] = []
  const gateways: Gateway[] = []
  const now = () => time

  const start = async (name: string): Promise<Gateway> => {
    const dir = mkdtempSync(join(tmpdir(), 'blyan-beside-'))
    // Tokens of one are good at the other where both have the same file of keys.
    if (dirs[0] !== undefined) copyFileSync(join(dirs[0], 'identity.keys.json'), join(dir, 'identity.keys.json'))
    dirs.push(dir)
    const database = await openDatabase({ dir: null, url: server.url })
    opened.push(database)
    const parts = { ...testParts({ db: database.db, now, config: { dir, origin: ORIGIN } }), random: seeded(name) }
    const identity = await createIdentity(parts, { isFullAccess: async () => true })
    return {
      identity,
      async call(path, request = {}) {
        const route = identity.routes.find((each) => each.path === path)!
        let cookie = ''
        const setHeader = (_name: string, value: string) => {
          cookie = /=([^;]*)/.exec(value)![1]!
        }
        const base = { origin: ORIGIN, address: '198.51.100.1', visitor: null, cookies: {}, query: {}, params: {} }
        const reply = await route.handle({ ...base, setHeader, ...request } as never)
        return { reply: reply as Record<string, string>, cookie }
      },
    }
  }
  const signIn = async ({ call }: Gateway, name = 'alice') => {
    const account = evmAccount(name)
    const body = { kind: 'evm', account: account.address, purpose: 'sign-in' }
    const { message } = (await call('/api/v1/auth/nonce', { body })).reply
    const signature = await account.signMessage({ message: message! })
    return call('/api/v1/auth/login', { body: { kind: 'evm', message, signature } })
  }
  const ask = ({ identity }: Gateway, token: string) =>
    identity.authenticate({ authorization: `Bearer ${token}`, cookies: {} }).then(
      (visitor) => visitor?.user ?? 'nobody',
      ({ code }) => code as string,
    )

  before(async function () {
    if (findPostgres() === null) return this.skip()
    server = await startPostgres()
    gateways.push(await start('a'), await start('b'))
  })
  after(async () => {
    for (const { identity } of gateways) await identity.close()
    for (const database of opened) await database.close()
    await server?.close()
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
  })

  it('write one unbroken audit log, however many write at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        gateways[i % 2]!.identity.keys.make(`near:user${i % 3}.near`, `k${i}`, ['read']),
      ),
    )
    expect(new Set(made.map(({ id }) => id)).size).to.equal(40)
    for (const { identity } of gateways) {
      expect(await identity.audit.verify()).to.include({ entries: 40, broken: null })
    }
  })

  it('count the working keys of a user together', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => gateways[i % 2]!.identity.keys.make('near:greedy.near', `k${i}`, ['read'])),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(20)
  })

  it('give two tabs one successor though each asked another gateway', async () => {
    const { cookie } = await signIn(gateways[0]!)
    const cookies = { blyan_refresh: cookie }
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => gateways[i % 2]!.call('/api/v1/auth/refresh', { cookies })),
    )
    expect(new Set(answers.map((each) => each.cookie)).size).to.equal(1)
    expect(await ask(gateways[1]!, answers[0]!.reply.token!)).to.match(/^evm:0x/)
  })

  it('know within five seconds what the other ended, where no bus tells them at once', async () => {
    const { reply } = await signIn(gateways[0]!, 'bob')
    const visitor = await gateways[1]!.identity.authenticate({ authorization: `Bearer ${reply.token}`, cookies: {} })
    expect(await ask(gateways[0]!, reply.token!)).to.match(/^evm:0x/)
    await gateways[0]!.call('/api/v1/auth/logout', { visitor })
    expect(await ask(gateways[0]!, reply.token!)).to.equal('TOKEN_REVOKED')
    time += 5_000
    expect(await ask(gateways[1]!, reply.token!)).to.equal('TOKEN_REVOKED')
  })

  it('let only one of two win a link', async () => {
    const link = async (gateway: Gateway, near: string) => {
      const { db } = opened[gateways.indexOf(gateway)]!
      const people = await import('../../../../../workers/gateway/identity/people.ts')
      return gateway.identity.audit
        .transact((tx) => people.link(tx, evmAccount('prize').address, near, time))
        .then(
          () => 'linked',
          async ({ code }) => `${code} ${(await people.personOf(db, `near:${near}`)).address}`,
        )
    }
    const results = await Promise.all([0, 1, 0, 1].map((i, k) => link(gateways[i]!, `rival${k}.near`)))
    expect(results.filter((each) => each === 'linked')).to.have.length(1)
    expect(results.filter((each) => each === 'LINK_TAKEN null')).to.have.length(3)
  })
})
