/** Signing in, staying, linking, keys: over HTTP, as a page and a program do it. */
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { sql } from 'drizzle-orm'
import { getTableConfig } from 'drizzle-orm/pg-core'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { loginReply, nonceReply } from '../../../../../chain/client/gateway/index.ts'
import * as tables from '../../../../../workers/gateway/database/schema/identity.ts'
import { evmAccount, IdentityWorld, ORIGIN } from '../../../../fixtures/identityWorld.ts'

const MINUTE = 60_000
const ALICE = 'alice.test.near'
const alice = evmAccount('alice')
const rowsOf = (result: unknown) => (result as { rows: Record<string, unknown>[] }).rows

describe('identity', function () {
  this.timeout(60_000)
  let world: IdentityWorld
  before(async () => {
    world = await IdentityWorld.start()
    await world.near.createAccount(ALICE)
    await world.near.createAccount('bob.test.near')
  })
  after(() => world.close())

  it('has after its migration exactly the columns that its tables name', async () => {
    const names = sql`select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as line
      from information_schema.columns where table_schema = 'app' and table_name in
      ('users', 'links', 'sessions', 'api_keys', 'audit')`
    const found = rowsOf(await world.opened.db.execute(names)).map(({ line }) => line as string)
    const wanted = [tables.users, tables.links, tables.sessions, tables.apiKeys, tables.audit].flatMap((table) => {
      const { name, columns } = getTableConfig(table as typeof tables.users)
      return columns.map((c) => {
        const type = c.getSQLType().endsWith('[]') ? 'ARRAY' : c.getSQLType()
        return `${name}.${c.name} ${type} ${c.notNull || c.primary ? 'NO' : 'YES'}`
      })
    })
    expect(found.sort()).to.deep.equal(wanted.sort())
  })

  it('keeps at most twenty sessions of one user, the newest', async () => {
    const user = evmAccount('many tabs')
    const tokens: string[] = []
    for (let i = 0; i < 21; i++) {
      world.time += 1
      tokens.push((await world.signInEvm(user)).body.token)
    }
    const statuses = await Promise.all(tokens.map(async (token) => (await world.profile(token)).status))
    expect(statuses).to.deep.equal([401, ...Array(20).fill(200)])
  })

  it('signs an EVM address in by the message that the gateway wrote', async () => {
    const asked = nonceReply.parse(await world.nonce('evm', alice.address.toLowerCase()))
    expect(asked.message).to.include(`127.0.0.1:4173 wants you to sign in`).and.include(`URI: ${ORIGIN}`)
    expect(asked.nep413Nonce).to.equal(null)
    const answer = await world.login(await world.proveEvm(alice, asked.message))
    expect(answer.status).to.equal(200)
    const { token, expiresAt, profile } = loginReply.parse(answer.body)
    expect(profile).to.include({ user: `evm:${alice.address}`, account: null, address: alice.address })
    expect(expiresAt - world.time).to.be.within(9 * MINUTE, 10 * MINUTE)
    expect(answer.setCookie).to.match(
      /^blyan_refresh=[^;]+; HttpOnly; SameSite=Strict; Path=\/api\/v1\/auth\/refresh; Max-Age=604800$/,
    )
    expect((await world.profile(token)).body.user).to.equal(`evm:${alice.address}`)
  })

  it('signs a NEAR account in by NEP-413 and a full-access key', async () => {
    const answer = await world.signInNear(ALICE)
    expect(answer.body.profile).to.include({ user: `near:${ALICE}`, kind: 'near', account: ALICE, address: null })
    expect((await world.profile(answer.body.token)).status).to.equal(200)
  })

  it('issues EdDSA tokens with every claim, bound to origin and chain', async () => {
    const { token } = (await world.signInNear(ALICE)).body
    expect(decodeProtectedHeader(token)).to.include({ alg: 'EdDSA', typ: 'at+jwt' }).and.have.property('kid')
    const claims = decodeJwt(token)
    expect(claims).to.have.all.keys('iss', 'aud', 'sub', 'sid', 'exp', 'iat', 'jti')
    expect(claims).to.include({ iss: ORIGIN, sub: `near:${ALICE}`, exp: claims.iat! + 600 })
    expect(claims.aud).to.equal('blyan:blyan-local/11111111111111111111111111111111')
  })

  it('keeps a page signed in past ten minutes and, if it comes back in time, for days', async () => {
    let { cookie, body } = await world.signInNear(ALICE)
    for (let day = 0; day < 20; day++) {
      world.time += 24 * 60 * MINUTE
      expect((await world.profile(body.token)).body.code).to.equal('TOKEN_EXPIRED')
      const answer = await world.refresh(cookie)
      expect(answer.status).to.equal(200)
      expect(answer.cookie).to.not.equal(cookie)
      ;({ cookie, body } = answer)
      expect((await world.profile(body.token)).status).to.equal(200)
    }
    world.time += 7 * 24 * 60 * MINUTE + 1
    expect((await world.refresh(cookie)).body.code).to.equal('REFRESH_INVALID')
  })

  it('gives two tabs that wake together the same successor, and both go on', async () => {
    const { cookie } = await world.signInNear(ALICE)
    const tabs = await Promise.all([1, 2, 3, 4].map(() => world.refresh(cookie)))
    expect(tabs.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200])
    expect(new Set(tabs.map((tab) => tab.cookie)).size).to.equal(1)
    world.time += 5 * MINUTE
    expect((await world.refresh(tabs[3]!.cookie)).status).to.equal(200)
  })

  it('survives a restart: tokens, cookies and keys of before are good', async () => {
    const { cookie, body } = await world.signInNear(ALICE)
    await world.restart()
    expect((await world.profile(body.token)).status).to.equal(200)
    expect((await world.refresh(cookie)).status).to.equal(200)
    expect(statSync(join(world.dir, 'identity.keys.json')).mode & 0o777).to.equal(0o600)
  })

  it('does not start with a key file that others may read, or a damaged one', async () => {
    const file = join(world.dir, 'identity.keys.json')
    const text = readFileSync(file, 'utf8')
    const refusal = async () =>
      world.restart().then(
        () => null,
        ({ code, fix }) => `${code} ${fix}`,
      )
    chmodSync(file, 0o644)
    expect(await refusal()).to.match(/^IDENTITY_FILE .*chmod 600/)
    chmodSync(file, 0o600)
    writeFileSync(file, text.slice(0, 50))
    expect(await refusal()).to.match(/^IDENTITY_FILE Delete it/)
    writeFileSync(file, text)
    await world.restart()
  })

  it('lets tokens of a rotated signing key live their ten minutes, and no longer', async () => {
    const { body } = await world.signInNear(ALICE)
    const kid = await world.identity.rotateSigningKey()
    expect((await world.profile(body.token)).status).to.equal(200)
    const fresh = (await world.signInNear(ALICE)).body.token
    expect(decodeProtectedHeader(fresh).kid).to.equal(kid).and.not.equal(decodeProtectedHeader(body.token).kid)
    await world.restart()
    expect((await world.profile(body.token)).status).to.equal(200)
    world.time += 10 * MINUTE
    expect((await world.profile(body.token)).status).to.equal(401)
  })

  it('ends a session whose key left the account, but not while the chain is away', async () => {
    const bob = world.near.account('bob.test.near')
    const second = world.otherKeys('bob second')
    await bob.addKey(second.publicKey, null)
    let { cookie } = await world.signInNear(bob.accountId, second)
    await bob.send(bob.accountId, [{ kind: 'deleteKey', publicKey: second.publicKey }])
    world.chainAway = true
    world.time += MINUTE
    const away = await world.refresh(cookie)
    expect(away.status).to.equal(200)
    cookie = away.cookie
    world.chainAway = false
    world.time += MINUTE
    expect((await world.refresh(cookie)).body.what).to.match(/not the account’s/)
    expect((await world.refresh(cookie)).body.code).to.equal('REFRESH_INVALID')
  })

  it('says 503 and why when the chain cannot be asked for the key', async () => {
    world.chainAway = true
    const answer = await world.signInNear(ALICE)
    world.chainAway = false
    expect(answer).to.deep.include({ status: 503 })
    expect(answer.body.code).to.equal('SIGN_IN_CHAIN')
  })

  describe('linking', () => {
    const eve = evmAccount('eve')
    const link = async (token: string, kind: 'evm' | 'near') => {
      if (kind === 'evm') {
        const { message } = await world.nonce('evm', eve.address, { purpose: 'link', token })
        expect(message).to.include(`Link ${eve.address} and ${ALICE} on Blyan. Only ${ALICE} signs for the market.`)
        return world.ask('POST', '/api/v1/user/link', { token, body: await world.proveEvm(eve, message) })
      }
      const asked = await world.nonce('near', ALICE, { purpose: 'link', token })
      return world.ask('POST', '/api/v1/user/link', {
        token,
        body: world.proveNear(ALICE, world.keysOf(ALICE), asked),
      })
    }

    for (const order of [
      ['near', 'evm'],
      ['evm', 'near'],
    ] as const) {
      it(`takes both proofs, ${order[0]} first, and then each side stands for the NEAR account`, async () => {
        const [ofNear, ofEvm] = [await world.signInNear(ALICE), await world.signInEvm(eve)]
        const token = (order[0] === 'near' ? ofNear : ofEvm).body.token
        const linked = await link(token, order[1])
        expect(linked.status, JSON.stringify(linked.body)).to.equal(200)
        expect(linked.body).to.include({ account: ALICE, address: eve.address })
        for (const { body } of [ofNear, ofEvm]) {
          const visitor = await world.identity.authenticate({ authorization: `Bearer ${body.token}`, cookies: {} })
          expect(visitor).to.include({ account: ALICE, address: eve.address })
        }
        const gone = await world.ask('POST', '/api/v1/user/unlink', { token: ofEvm.body.token })
        expect(gone.body).to.include({ account: null })
        expect((await world.profile(ofNear.body.token)).body.address).to.equal(null)
      })
    }

    it('keeps one address to one account', async () => {
      const near = (await world.signInNear(ALICE)).body.token
      expect((await link(near, 'evm')).status).to.equal(200)
      expect((await link(near, 'evm')).status).to.equal(200)
      const bob = (await world.signInNear('bob.test.near')).body.token
      const { message } = await world.nonce('evm', eve.address, { purpose: 'link', token: bob })
      const taken = await world.ask('POST', '/api/v1/user/link', {
        token: bob,
        body: await world.proveEvm(eve, message),
      })
      expect([taken.status, taken.body.code]).to.deep.equal([409, 'LINK_TAKEN'])
      await world.ask('POST', '/api/v1/user/unlink', { token: near })
      expect((await world.ask('POST', '/api/v1/user/unlink', { token: near })).status).to.equal(404)
    })
  })

  describe('API keys', () => {
    const make = (token: string, scopes: string[], name = 'ci') =>
      world.ask('POST', '/api/v1/user/api-keys', { token, body: { name, scopes } })

    it('are shown once, kept as a hash, listed without secret, and say when they were used, coarsely', async () => {
      const { token } = (await world.signInNear(ALICE)).body
      const made = await make(token, ['read', 'tasks'])
      expect(made.status).to.equal(201)
      expect(made.body.key).to.match(/^bly_[0-9a-f]{16}_[0-9a-f]{64}$/)
      expect((await world.profile(made.body.key)).body.user).to.equal(`near:${ALICE}`)
      const [row] = rowsOf(await world.opened.db.execute(sql`select * from app.api_keys where id = ${made.body.id}`))
      expect(JSON.stringify(row)).to.not.include(made.body.key.split('_')[2])
      const { items } = (await world.ask('GET', '/api/v1/user/api-keys', { token })).body
      const listed = items.find(({ id }: { id: string }) => id === made.body.id)
      expect(listed).to.have.all.keys('id', 'name', 'scopes', 'createdAt', 'lastUsedAt', 'revokedAt')
      expect(listed.lastUsedAt % (10 * MINUTE)).to.equal(0)
    })

    it('take no name that a database or a terminal would choke on', async () => {
      const { token } = (await world.signInNear(ALICE)).body
      for (const name of ['a\u0000b', '\u001b[31m', '', 'x'.repeat(61)]) {
        expect((await make(token, ['read'], name)).status, JSON.stringify(name)).to.equal(400)
      }
      expect((await make(token, ['read'], '\ud800 алиса 👩‍🔬')).status).to.equal(201)
      expect((await world.identity.audit.verify()).broken).to.equal(null)
    })

    it('can do what their scopes say, and never make or list keys', async () => {
      const { token } = (await world.signInNear(ALICE)).body
      const { key } = (await make(token, ['infer'])).body
      expect((await world.profile(key)).status).to.equal(403)
      expect((await make(key, ['read'])).status).to.be.oneOf([401, 403])
      expect((await world.ask('GET', '/api/v1/user/api-keys', { token: key })).status).to.be.oneOf([401, 403])
    })

    it('end at once when revoked, and whoever listens is told', async () => {
      const { token } = (await world.signInNear(ALICE)).body
      const { key, id } = (await make(token, ['read'])).body
      const told: unknown[] = []
      const stop = world.identity.onRevoked((what) => told.push(what))
      expect((await world.profile(key)).status).to.equal(200)
      expect((await world.ask('DELETE', `/api/v1/user/api-keys/${id}`, { token })).status).to.equal(204)
      stop()
      expect((await world.profile(key)).body.code).to.equal('TOKEN_REVOKED')
      expect(told).to.deep.equal([{ kind: 'key', key: id }])
    })

    it('are paged, at most twenty working ones each', async () => {
      const { token } = (await world.signInEvm(evmAccount('collector'))).body
      const answers = []
      for (let i = 0; i < 21; i++) answers.push((await make(token, ['read'], `key ${i}`)).status)
      expect(answers.filter((status) => status === 201)).to.have.length(20)
      expect(answers[20]).to.equal(409)
      const names: string[] = []
      let cursor = ''
      do {
        const page = await world.ask('GET', `/api/v1/user/api-keys?limit=7${cursor}`, { token })
        names.push(...page.body.items.map(({ name }: { name: string }) => name))
        cursor = page.body.next === null ? '' : `&cursor=${page.body.next}`
      } while (cursor !== '')
      expect(new Set(names).size).to.equal(20)
    })
  })

  describe('the audit log', () => {
    it('holds what happened, in order, and verifies', async () => {
      await world.signInNear(ALICE)
      const events = (await world.identity.audit.list(200)).map(({ event }) => event)
      expect(events).to.include.members(['login', 'link', 'unlink', 'key-made', 'key-revoked', 'session-ended'])
      const check = await world.identity.audit.verify()
      expect(check.broken).to.equal(null)
      expect(check.entries).to.be.greaterThan(20)
    })

    it('refuses to be changed, thinned or emptied', async () => {
      for (const statement of [
        sql`update app.audit set event = 'nothing' where seq = 3`,
        sql`delete from app.audit where seq = 3`,
        sql`truncate app.audit`,
      ]) {
        const refusal = await world.opened.db.execute(statement).then(() => null, String)
        expect(refusal).to.not.equal(null)
      }
      expect((await world.identity.audit.verify()).broken).to.equal(null)
    })

    it('turns red at each planted change, by whoever may switch the refusal off', async () => {
      const { db } = world.opened
      const planted = async (statement: ReturnType<typeof sql>) => {
        let broken: { seq: number; why: string } | null = null
        const undo = new Error('undo')
        await db
          .transaction(async (tx) => {
            await tx.execute(sql`alter table app.audit disable trigger all`)
            await tx.execute(statement)
            const { createAudit } = await import('../../../../../workers/gateway/identity/audit.ts')
            const audit = createAudit(tx as never, { dir: world.dir, now: () => world.time })
            broken = (await audit.verify()).broken
            throw undo
          })
          .catch((error) => {
            if (error !== undo) throw error
          })
        return broken as { seq: number; why: string } | null
      }
      const { entries } = await world.identity.audit.verify()
      expect(await planted(sql`update app.audit set data = '{}' where seq = 5`)).to.include({ seq: 5 })
      expect(await planted(sql`update app.audit set at = at + 1 where seq = 7`)).to.include({ seq: 7 })
      expect(await planted(sql`update app.audit set "user" = 'near:x' where seq = 2`)).to.include({ seq: 2 })
      expect(await planted(sql`update app.audit set previous = 'x' where seq = 4`)).to.include({ seq: 4 })
      expect(await planted(sql`delete from app.audit where seq = 9`)).to.include({ seq: 10 })
      expect(await planted(sql`delete from app.audit where seq = ${entries}`)).to.deep.equal({
        seq: entries,
        why: `the log once had ${entries} entries`,
      })
      expect(await planted(sql`update app.audit set seq = seq`)).to.equal(null)
    })
  })
})
