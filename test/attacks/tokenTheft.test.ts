/**
 * Attack 38: forged and stolen tokens, cookies, keys. Each is carried out twice: where the one defence is missing it succeeds,
 * against the gateway as it is it fails.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ed25519 } from '@noble/curves/ed25519.js'
import { expect } from 'chai'
import { eq } from 'drizzle-orm'
import { base64url, decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose'
import { bytesToHex, hexToBytes } from '../../chain/lib/bytes.ts'
import { checkVisitor } from '../../chain/lib/visitors.ts'
import { apiKeys, sessions } from '../../workers/gateway/database/schema/identity.ts'
import { isApiKey, makeApiKey, parseApiKey } from '../../workers/gateway/identity/apiKey.ts'
import { isRevoked, redacting } from '../../workers/gateway/identity/index.ts'
import { encodeRefresh, parseRefresh, refreshSecret } from '../../workers/gateway/identity/refreshToken.ts'
import { evmAccount, IdentityWorld, ORIGIN, seeded } from '../fixtures/identityWorld.ts'

const MINUTE = 60_000
const ALICE = 'alice.test.near'
const MALLORY = 'mallory.test.near'
const encode = (value: object): string => base64url.encode(JSON.stringify(value))

describe('attack 38: stolen and forged tokens', function () {
  this.timeout(60_000)
  let world: IdentityWorld
  before(async () => {
    world = await IdentityWorld.start()
    await world.near.createAccount(ALICE)
    await world.near.createAccount(MALLORY)
  })
  after(() => world.close())

  const secretFile = () => JSON.parse(readFileSync(join(world.dir, 'identity.keys.json'), 'utf8'))
  const jwk = () => {
    const seed = hexToBytes(secretFile().keys.at(-1).seed)
    const open = { kty: 'OKP', crv: 'Ed25519', x: base64url.encode(ed25519.getPublicKey(seed)) }
    return { open, secret: { ...open, d: base64url.encode(seed) } }
  }
  const privateKey = async () => (await importJWK(jwk().secret, 'EdDSA')) as CryptoKey
  const publicKey = async () => (await importJWK(jwk().open, 'EdDSA')) as CryptoKey

  describe('access tokens', () => {
    it('a token that says it needs no signature (alg none) is nobody’s', async () => {
      const { token } = (await world.signInNear(ALICE)).body
      const { kid } = decodeProtectedHeader(token)
      const claims = { ...decodeJwt(token), sub: `near:${ALICE}` }
      const forged = `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${encode(claims)}.`
      // Off: as libraries did that asked the token itself how to check it.
      const trusting = (text: string) => {
        const [header, body] = text
          .split('.')
          .map((part) => JSON.parse(new TextDecoder().decode(base64url.decode(part || encode({})))))
        return header.alg === 'none' ? body.sub : null
      }
      expect(trusting(forged)).to.equal(`near:${ALICE}`)
      expect((await world.profile(forged)).body.code).to.equal('TOKEN_INVALID')
    })

    it('a token signed by HS256 with the public key as secret is nobody’s', async () => {
      const { token } = (await world.signInNear(ALICE)).body
      const { kid } = decodeProtectedHeader(token)
      const secret = base64url.decode(jwk().open.x)
      const forged = await new SignJWT(decodeJwt(token))
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
        .sign(secret)
      // Off: one key for whatever algorithm the token names.
      expect((await jwtVerify(forged, secret, { currentDate: new Date(world.time) })).payload.sub).to.equal(
        `near:${ALICE}`,
      )
      expect((await world.profile(forged)).body.code).to.equal('TOKEN_INVALID')
    })

    for (const [what, header, change] of [
      ['of another issuer', {}, { iss: 'https://games.example' }],
      ['for another chain', {}, { aud: 'blyan:testnet/1' }],
      ['of another type', { typ: 'JWT' }, {}],
      ['that ended', {}, { iat: -1200, exp: -600 }],
      ['that lives a year', {}, { iat: -1200, exp: 31_536_000 }],
      ['without an end', {}, { exp: undefined }],
      ['without a session', {}, { sid: undefined }],
      ['of an unknown key id', { kid: '0'.repeat(16) }, {}],
      ['for another’s name in one’s own session', {}, { sub: `near:${ALICE}` }],
    ] as [string, object, Record<string, unknown>][]) {
      it(`a token ${what} is refused, though the gateway’s own key signed it`, async () => {
        const { token } = (await world.signInNear(MALLORY)).body
        const now = Math.floor(world.time / 1000)
        const key = await privateKey()
        const claims: Record<string, unknown> = { ...decodeJwt(token), ...change }
        for (const name of ['iat', 'exp'] as const) {
          if (typeof change[name] === 'number') claims[name] = now + (change[name] as number)
        }
        const forge = (of: Record<string, unknown>, over: object = header) =>
          new SignJWT(of).setProtectedHeader({ ...decodeProtectedHeader(token), alg: 'EdDSA', ...over }).sign(key)
        // Off: only the signature is checked, and it is right.
        const { payload } = await jwtVerify(await forge(claims), await publicKey(), { currentDate: new Date(0) })
        expect(payload.jti).to.equal(decodeJwt(token).jti)
        expect((await world.profile(await forge(decodeJwt(token), {}))).status).to.equal(200)
        expect((await world.profile(await forge(claims))).status).to.equal(401)
      })
    }

    it('a stolen token ends with the session, the same moment, in every open connection', async () => {
      const { token } = (await world.signInNear(ALICE)).body
      const visitor = (await world.identity.authenticate({ authorization: `Bearer ${token}`, cookies: {} }))!
      let closed = false
      const stop = world.identity.onRevoked((what) => {
        closed ||= isRevoked(visitor, what)
      })
      const other = (await world.signInNear(ALICE)).body.token
      await world.ask('POST', '/api/v1/auth/logout', { token: other })
      expect(closed).to.equal(false)
      await world.ask('POST', '/api/v1/auth/logout', { token })
      stop()
      expect(closed).to.equal(true)
      // Off: signature and time alone stay good for ten minutes.
      const { payload } = await jwtVerify(token, await publicKey(), { currentDate: new Date(world.time) })
      expect(payload.sub).to.equal(visitor.user)
      expect((await world.profile(token)).body.code).to.equal('TOKEN_REVOKED')
    })

    it('a token in the address, or the cookie alone, opens nothing', async () => {
      const { body, cookie } = await world.signInNear(ALICE)
      expect((await world.ask('GET', `/api/v1/user/profile?token=${body.token}`)).status).to.be.oneOf([400, 401])
      expect((await world.ask('GET', '/api/v1/user/profile', { cookie })).status).to.equal(401)
    })
  })

  describe('refresh cookies', () => {
    it('a stolen cookie that comes back later costs the thief the session, and the owner learns of it', async () => {
      const { cookie: stolen } = await world.signInNear(ALICE)
      // Off: without rotation the copy would be as good as the original, as it is this once.
      const theft = await world.refresh(stolen)
      expect(theft.status).to.equal(200)
      world.time += MINUTE
      const owner = await world.refresh(stolen)
      expect(owner.body.code).to.equal('REFRESH_REUSED')
      expect((await world.refresh(theft.cookie)).body.code).to.equal('REFRESH_INVALID')
      expect((await world.profile(theft.body.token)).body.code).to.equal('TOKEN_REVOKED')
      expect((await world.identity.audit.list(1))[0]).to.deep.include({
        event: 'refresh-reused',
        user: `near:${ALICE}`,
      })
    })

    it('also where the thief comes second, and where the copy is several turns old', async () => {
      let { cookie } = await world.signInNear(ALICE)
      const old = cookie
      for (let turn = 0; turn < 3; turn++) ({ cookie } = await world.refresh(cookie))
      expect((await world.refresh(old)).body.code).to.equal('REFRESH_REUSED')
      expect((await world.refresh(cookie)).body.code).to.equal('REFRESH_INVALID')
    })

    it('the moment that two tabs are given is of no use elsewhere', async () => {
      const { cookie } = await world.signInNear(ALICE)
      const route = world.identity.routes.find(({ path }) => path === '/api/v1/auth/refresh')!
      const from = async (address: string) => {
        const call = { cookies: { blyan_refresh: cookie }, origin: ORIGIN, address, setHeader: () => {} }
        return route.handle(call as never).then(
          () => 'given',
          ({ code }) => code,
        )
      }
      expect(await from('198.51.100.1')).to.equal('given')
      world.time += 5_000
      expect(await from('198.51.100.1')).to.equal('given')
      expect(await from('203.0.113.9')).to.equal('REFRESH_RACED')
      world.time += 5_001
      expect(await from('198.51.100.1')).to.equal('REFRESH_REUSED')
    })

    it('a page of another site cannot refresh or sign out with the visitor’s cookie', async () => {
      const { cookie, body } = await world.signInNear(ALICE)
      const refresh = world.identity.routes.find(({ path }) => path === '/api/v1/auth/refresh')!
      const call = (origin: string | null) => ({
        cookies: { blyan_refresh: cookie },
        origin,
        address: '::1',
        setHeader() {},
      })
      for (const origin of ['https://games.example', 'http://127.0.0.1:9999', 'null', null]) {
        expect((await world.refresh(cookie, { origin })).status, String(origin)).to.equal(403)
        expect((await world.ask('POST', '/api/v1/auth/logout', { token: body.token, origin })).status).to.equal(403)
        // The route holds by itself, whatever mounts it.
        const refused = await refresh.handle(call(origin) as never).then(
          () => 'given',
          ({ code }) => code,
        )
        expect(refused).to.equal('SIGN_IN_FOREIGN_PAGE')
      }
      // Off: a list that has everybody lets the same request through.
      const everybody = { hosts: ['a'], origins: ['https://games.example'] }
      const visit = { host: 'a', origin: 'https://games.example', method: 'POST', path: '/' }
      expect(checkVisitor(visit, everybody)).to.equal(null)
      expect((await world.refresh(cookie)).status).to.equal(200)
    })

    it('a page of another site cannot sign its visitor in as somebody else', async () => {
      const asked = await world.nonce('near', MALLORY)
      const proof = world.proveNear(MALLORY, world.keysOf(MALLORY), asked)
      const forced = await world.login(proof, { origin: 'https://games.example' })
      expect([forced.status, forced.setCookie]).to.deep.equal([403, null])
      expect((await world.login(proof)).status).to.equal(200)
    })

    it('a stolen database gives no refresh token, nor does the key file alone', async () => {
      const { cookie } = await world.signInNear(ALICE)
      const { session } = parseRefresh(cookie!)!
      const [row] = await world.opened.db.select().from(sessions).where(eq(sessions.id, session))
      const seed = hexToBytes(row!.seed)
      const key = hexToBytes(secretFile().refresh)
      const make = (from: Uint8Array, salt: Uint8Array) =>
        encodeRefresh({
          session,
          generation: row!.generation,
          secret: refreshSecret(from, salt, session, row!.generation),
        })
      // Off: both together are the whole secret.
      expect(make(key, seed)).to.equal(cookie)
      expect(JSON.stringify(row)).to.not.include(cookie!.split('.')[2])
      for (const guess of [make(new Uint8Array(32), seed), make(key, new Uint8Array(32))]) {
        expect((await world.refresh(guess)).body.code).to.equal('REFRESH_INVALID')
      }
      // A guess is no reuse: nobody can end another's session by trying.
      expect((await world.refresh(cookie)).status).to.equal(200)
    })

    it('malformed cookies are refused, never an error of ours', async () => {
      const { cookie } = await world.signInNear(ALICE)
      const [id, , secret] = cookie!.split('.')
      for (const bad of [
        '',
        'x',
        `${id}.1`,
        `${id}.99999999999.${secret}`,
        `${id}.-1.${secret}`,
        `${id}.0.${'A'.repeat(43)}`,
        `${id}.0.${secret}=`,
      ]) {
        expect((await world.refresh(bad)).status, bad).to.equal(401)
      }
    })
  })

  describe('API keys', () => {
    const make = async (account: string, scopes = ['read']) => {
      const { token } = (await world.signInNear(account)).body
      const { body } = await world.ask('POST', '/api/v1/user/api-keys', { token, body: { name: 'k', scopes } })
      return { token, key: body.key as string, id: body.id as string }
    }

    it('another user’s keys are neither listed nor revoked, and look as if they were not there', async () => {
      const hers = await make(ALICE)
      const his = await make(MALLORY)
      const list = await world.ask('GET', '/api/v1/user/api-keys?limit=100', { token: his.token })
      expect(list.body.items.map(({ id }: { id: string }) => id))
        .to.include(his.id)
        .and.not.include(hers.id)
      const revoke = (id: string) => world.ask('DELETE', `/api/v1/user/api-keys/${id}`, { token: his.token })
      const [foreign, absent] = [await revoke(hers.id), await revoke('0'.repeat(16))]
      expect([foreign.status, foreign.body.what]).to.deep.equal([404, absent.body.what])
      expect((await world.profile(hers.key)).status).to.equal(200)
      // Off: on the machine itself, where no user is asked for, the same call ends it.
      await world.identity.keys.revoke(null, hers.id)
      expect((await world.profile(hers.key)).status).to.equal(401)
    })

    it('a stolen table of keys opens nothing', async () => {
      const { id, key } = await make(ALICE)
      const [row] = await world.opened.db.select().from(apiKeys).where(eq(apiKeys.id, id))
      const secret = key.split('_')[2]!
      expect(row!.hash).to.equal(createHash('sha256').update(hexToBytes(secret)).digest('hex'))
      // Off: were the secret itself stored, what is in the table would open.
      expect((await world.profile(`bly_${id}_${secret}`)).status).to.equal(200)
      expect((await world.profile(`bly_${id}_${row!.hash}`)).body.code).to.equal('TOKEN_INVALID')
    })

    it('comparing takes as long for a nearly right secret as for a wrong one, and for an id that nobody has', () => {
      const { key, hash } = makeApiKey(seeded('timing'))
      const right = parseApiKey(key)!
      const nearly = { ...right, secret: right.secret.with(31, right.secret[31]! ^ 1) }
      expect([isApiKey(right, hash), isApiKey(nearly, hash), isApiKey(right, null)]).to.deep.equal([true, false, false])
      // What is compared are hashes: a secret that shares 31 bytes shares none of what an early exit would show.
      const of = (secret: Uint8Array) => createHash('sha256').update(secret).digest('hex')
      const shared = [...of(nearly.secret)].findIndex((digit, i) => digit !== hash[i])
      expect(shared).to.be.lessThan(4)
      // Off: a comparison of the texts stops at the first difference, later the more is right.
      const steps = (guess: string, real: string) => [...guess].findIndex((digit, i) => digit !== real[i])
      expect(steps(bytesToHex(nearly.secret), bytesToHex(right.secret))).to.be.greaterThan(61)
      // And the whole: all-zero hash of a missing row is matched by nothing.
      expect(isApiKey({ id: right.id, secret: new Uint8Array(32) }, null)).to.equal(false)
      const source = readFileSync(new URL('../../workers/gateway/identity/apiKey.ts', import.meta.url), 'utf8')
      expect(source).to.include('timingSafeEqual(')
    })

    it('a session’s rights do not leak into a key’s: scopes are its own', async () => {
      const { key } = await make(ALICE, ['infer'])
      const visitor = await world.identity.authenticate({ authorization: `Bearer ${key}`, cookies: {} })
      expect(visitor!.scopes).to.deep.equal(['infer'])
      for (const [method, path, body] of [
        ['POST', '/api/v1/user/api-keys', { name: 'more', scopes: ['read', 'tasks', 'infer', 'relay'] }],
        ['POST', '/api/v1/user/unlink', undefined],
        ['POST', '/api/v1/auth/logout', undefined],
      ] as const) {
        expect((await world.ask(method, path, { token: key, body })).status, path).to.be.oneOf([401, 403])
      }
    })
  })

  it('an EVM address that is not linked signs for no account', async () => {
    const { token } = (await world.signInEvm(evmAccount('drifter'))).body
    const visitor = await world.identity.authenticate({ authorization: `Bearer ${token}`, cookies: {} })
    expect(visitor).to.include({ account: null, kind: 'evm' })
  })

  it('after an unlink the EVM session has lost the account at once, and open connections are told', async () => {
    const eve = evmAccount('eve')
    const near = (await world.signInNear(ALICE)).body.token
    const { message } = await world.nonce('evm', eve.address, { purpose: 'link', token: near })
    await world.ask('POST', '/api/v1/user/link', { token: near, body: await world.proveEvm(eve, message) })
    const { token } = (await world.signInEvm(eve)).body
    const visitorNow = () => world.identity.authenticate({ authorization: `Bearer ${token}`, cookies: {} })
    const before = (await visitorNow())!
    expect(before.account).to.equal(ALICE)
    let told = false
    const stop = world.identity.onRevoked((what) => {
      told ||= isRevoked(before, what)
    })
    await world.ask('POST', '/api/v1/user/unlink', { token: near })
    stop()
    expect([told, (await visitorNow())!.account]).to.deep.equal([true, null])
  })

  it('nothing secret reaches the log, the audit log or an error', async () => {
    const lines: string[] = []
    const note = (what: string, data?: object) => void lines.push(JSON.stringify([what, data]))
    const loud = { info: note, warn: note, error: note }
    const { body, cookie } = await world.signInNear(ALICE)
    const { key } = (
      await world.ask('POST', '/api/v1/user/api-keys', { token: body.token, body: { name: 'k', scopes: ['read'] } })
    ).body
    const secrets = [body.token, cookie!, key, world.keysOf(ALICE).secretKey]
    const leak = {
      headers: { authorization: `Bearer ${body.token}`, cookie: `blyan_refresh=${cookie}` },
      text: secrets.join(' '),
      deep: [{ key }],
    }
    const seen = () => secrets.filter((secret) => lines.join('\n').includes(secret.slice(-40))).length
    loud.info('request', leak)
    expect(seen()).to.equal(4)
    lines.length = 0
    redacting(loud).info(`request ${key}`, leak)
    expect(seen()).to.equal(0)
    const audit = JSON.stringify(await world.identity.audit.list(200))
    const logged = JSON.stringify(world.parts.lines)
    const refusals = JSON.stringify([
      (await world.profile(`${key}0`)).body,
      (await world.profile(`${body.token}x`)).body,
      (await world.refresh(`${cookie}x`)).body,
    ])
    for (const secret of secrets) {
      for (const text of [audit, logged, refusals]) expect(text).to.not.include(secret.slice(-40))
    }
  })
})
