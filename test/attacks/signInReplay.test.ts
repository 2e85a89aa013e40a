/**
 * Attack 39: replayed, foreign, expired and forged sign-ins. Each is carried out twice: against a gateway that leaves out the
 * one defence, where it succeeds, and against the gateway as it is, where it fails.
 */
import { expect } from 'chai'
import { createSiweMessage } from 'viem/siwe'
import { base64ToBytes } from '../../chain/lib/bytes.ts'
import type { Challenge } from '../../workers/gateway/identity/challenge.ts'
import { createIdentity, memoryNonces, type NonceStore } from '../../workers/gateway/identity/index.ts'
import { createSignIn } from '../../workers/gateway/identity/signIn.ts'
import { SIWE_CHECKS, type SiweCheck, type SiweProof, verifySiwe } from '../../workers/gateway/identity/siwe.ts'
import { evmAccount, IdentityWorld, ORIGIN } from '../fixtures/identityWorld.ts'

const MINUTE = 60_000
const ALICE = 'alice.test.near'
const alice = evmAccount('alice')
const mallory = evmAccount('mallory')

/** All checks but these. */
const without = (...left: SiweCheck[]): SiweCheck[] =>
  (Object.keys(SIWE_CHECKS) as SiweCheck[]).filter((name) => !left.includes(name))

/** A store that forgets to forget. */
function forgetful(now: () => number): NonceStore {
  const held = new Map<string, Challenge>()
  return {
    ...memoryNonces(now),
    put: async (challenge) => void held.set(challenge.nonce, challenge),
    take: async (nonce) => held.get(nonce) ?? null,
  }
}

describe('attack 39: sign-ins that are not what they seem', function () {
  this.timeout(60_000)
  let world: IdentityWorld
  before(async () => {
    world = await IdentityWorld.start()
    await world.near.createAccount(ALICE)
  })
  after(() => world.close())
  afterEach(() => {
    world.chainAway = false
  })

  const fieldsOf = async (account = alice) => {
    const { nonce } = await world.nonce('evm', account.address)
    return {
      address: account.address,
      domain: '127.0.0.1:4173',
      uri: ORIGIN,
      version: '1' as const,
      chainId: 1,
      nonce,
      statement: 'Sign in to Blyan. This costs nothing and moves nothing.',
      issuedAt: new Date(world.time),
      expirationTime: new Date(world.time + 5 * MINUTE),
    }
  }
  const signed = async (message: string, account = alice): Promise<SiweProof & { kind: 'evm' }> => ({
    kind: 'evm',
    message,
    signature: await account.signMessage({ message }),
  })
  /** The same attack on two gateways over one database: only `siweChecks` differ. */
  const withChecks = async (siweChecks: SiweCheck[] | undefined, attack: () => Promise<{ status: number }>) => {
    await world.restart({ siweChecks })
    const { status } = await attack()
    await world.restart()
    return status
  }

  it('a message that a program writes itself, field by field right, is as good as ours', async () => {
    const answer = await world.login(await signed(createSiweMessage(await fieldsOf())))
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
  })

  for (const [kind, prove] of [
    ['EIP-4361', async () => signed((await world.nonce('evm', alice.address)).message)],
    ['NEP-413', async () => world.proveNear(ALICE, world.keysOf(ALICE), await world.nonce('near', ALICE))],
  ] as const) {
    it(`${kind}: a proof read off the wire signs nobody in a second time, also by eight at once`, async () => {
      await world.restart({ nonces: forgetful(() => world.time) })
      const open = await prove()
      const replayed = [await world.login(open), await world.login(open)]
      expect(replayed.map(({ status }) => status)).to.deep.equal([200, 200])
      await world.restart()
      const proof = await prove()
      const answers = await Promise.all(Array.from({ length: 8 }, () => world.login(proof)))
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1)
      expect((await world.login(proof)).body.code).to.equal('SIGN_IN_NONCE')
    })
  }

  it('a proof is used up by a failed attempt too: one nonce, one try', async () => {
    const asked = await world.nonce('evm', alice.address)
    const bad = await signed(asked.message, mallory)
    expect((await world.login(bad)).body.code).to.equal('SIGN_IN_SIGNATURE')
    expect((await world.login(await signed(asked.message))).body.code).to.equal('SIGN_IN_NONCE')
  })

  it('a proof is useless five minutes later, whether the store or the message is asked', async () => {
    const late = async () => {
      const proof = await signed((await world.nonce('evm', alice.address)).message)
      world.time += 5 * MINUTE
      return world.login(proof)
    }
    await world.restart({ nonces: forgetful(() => world.time), siweChecks: without('expirationTime') })
    expect((await late()).status).to.equal(200)
    await world.restart({ nonces: forgetful(() => world.time) })
    expect((await late()).body.data.field).to.equal('expirationTime')
    await world.restart()
    expect((await late()).body.code).to.equal('SIGN_IN_NONCE')
  })

  it('a nonce that the client made up signs nobody in', async () => {
    const fields = { ...(await fieldsOf()), nonce: 'f'.repeat(64) }
    const proof = await signed(createSiweMessage(fields))
    // Off: the server believes whatever nonce the message brings.
    const believing = {
      ...memoryNonces(() => world.time),
      take: async (nonce: string) => ({ ...(await challengeLike()), nonce }),
    }
    await world.restart({ nonces: believing })
    expect((await world.login(proof)).status).to.equal(200)
    await world.restart()
    expect((await world.login(proof)).body.code).to.equal('SIGN_IN_NONCE')
  })

  const challengeLike = async (): Promise<Challenge> => ({
    nonce: '',
    kind: 'evm',
    account: alice.address,
    linkTo: null,
    origin: ORIGIN,
    network: 'eip155:1',
    issuedAt: world.time,
    expiresAt: world.time + 5 * MINUTE,
  })

  it('a nonce hidden in another field of another site’s message is not found', async () => {
    // Mallory runs a site, asks for a nonce for Alice, and lets her sign in there with it in the request id.
    const fields = await fieldsOf()
    const message = createSiweMessage({
      ...fields,
      domain: 'games.example',
      uri: 'https://games.example',
      statement: 'Play for free',
      nonce: 'gamesgames',
      requestId: fields.nonce,
    })
    const proof = await signed(message)
    // Off: as a server does that looks whether the signed text contains its nonce.
    const { verifyMessage } = await import('viem')
    const naive = async (nonce: string) =>
      message.includes(nonce) &&
      (await verifyMessage({ address: alice.address, message, signature: proof.signature as `0x${string}` }))
    expect(await naive(fields.nonce)).to.equal(true)
    expect((await world.login(proof)).body.code).to.equal('SIGN_IN_NONCE')
  })

  it('a second set of fields, before or after the real one, is not read past', async () => {
    const fields = await fieldsOf()
    const real = createSiweMessage({
      ...fields,
      domain: 'games.example',
      uri: 'https://games.example',
      nonce: 'gamesgames',
    })
    const good = createSiweMessage(fields)
    // Prefix of a message for us, a foreign line, our fields: a parser that searches finds only what is ours.
    const stuffed = good.replace(`\n\nURI:`, `\n\nAlso let games.example act for me\nURI:`)
    const attack = async () => world.login(await signed(stuffed.replace(fields.nonce, (await fieldsOf()).nonce)))
    expect(await withChecks(without('form'), attack)).to.equal(200)
    const refused = await attack()
    expect(refused.body.data.field).to.equal('form')
    const appended = await signed(`${real}\n${good.slice(good.indexOf('URI:'))}`)
    expect((await world.login(appended)).status).to.equal(401)
  })

  const foreign: [what: string, check: SiweCheck, change: Partial<Parameters<typeof createSiweMessage>[0]>][] = [
    ['a foreign domain, where Alice signed in for another purpose', 'domain', { domain: 'games.example' }],
    ['a foreign domain that only ends like ours', 'domain', { domain: '127.0.0.1:41730' }],
    ['a foreign address (URI)', 'uri', { uri: 'https://games.example' }],
    ['our address with a path of somebody else’s', 'uri', { uri: `${ORIGIN}/../@games.example` }],
    ['another scheme', 'scheme', { scheme: 'https' }],
    ['another EVM chain', 'chainId', { chainId: 137 }],
    ['a statement that says something else', 'statement', { statement: 'I like this picture' }],
    ['no statement', 'statement', { statement: undefined }],
    ['no end', 'expirationTime', { expirationTime: undefined }],
    ['an end in a year', 'expirationTime', { expirationTime: new Date(Date.UTC(2030, 0, 1)) }],
    ['a beginning in the future', 'notBefore', { notBefore: new Date(Date.UTC(2030, 0, 1)) }],
    ['an issue date of yesterday', 'issuedAt', { issuedAt: new Date(Date.UTC(2025, 0, 1)) }],
    ['resources that were not asked for', 'resources', { resources: ['https://games.example/all-my-money'] }],
  ]
  for (const [what, check, change] of foreign) {
    it(`a message with ${what} signs nobody in`, async () => {
      const attack = async () => world.login(await signed(createSiweMessage({ ...(await fieldsOf()), ...change })))
      // An old issue date also makes the life too long, seen by the check of the end.
      const off = check === 'issuedAt' ? without('issuedAt', 'expirationTime') : without(check)
      expect(await withChecks(off, attack)).to.equal(200)
      const refused = await attack()
      expect([refused.status, refused.body.code]).to.deep.equal([401, 'SIGN_IN_MESSAGE'])
    })
  }

  it('a nonce given out for Mallory does not sign her in as Alice, nor Alice’s name without her key', async () => {
    const fields = await fieldsOf(mallory)
    const proof = await signed(createSiweMessage({ ...fields, address: alice.address }), mallory)
    const challenge = { ...(await challengeLike()), nonce: fields.nonce, account: mallory.address }
    const options = { now: world.time, askContract: null }
    const off = await verifySiwe(await signed(createSiweMessage(fields), mallory), challenge, {
      ...options,
      checks: without('address'),
    }).then(() => 'in', String)
    expect(off).to.equal('in')
    expect((await world.login(proof)).body.data.field).to.equal('address')
  })

  it('the other form of a signature (high s) is nobody’s', async () => {
    const { message } = await world.nonce('evm', alice.address)
    const signature = await alice.signMessage({ message })
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const s = order - BigInt(`0x${signature.slice(66, 130)}`)
    const flipped = `${signature.slice(0, 66)}${s.toString(16).padStart(64, '0')}${signature.endsWith('1b') ? '1c' : '1b'}`
    const { verifyMessage } = await import('viem')
    // Off: plain recovery takes both.
    expect(await verifyMessage({ address: alice.address, message, signature: flipped as `0x${string}` })).to.equal(true)
    expect((await world.login({ kind: 'evm', message, signature: flipped })).body.code).to.equal('SIGN_IN_SIGNATURE')
  })

  describe('NEP-413', () => {
    /** Two gateways that trust the same store, as with one Redis, on two chains. */
    const elsewhere = async (
      change: { origin?: string; chainId?: string; genesisHash?: string },
      trusting: boolean,
    ) => {
      const nonces = memoryNonces(() => world.time)
      const { config, random, now } = world.parts
      const rest = {
        audit: world.identity.audit,
        isFullAccess: async () => true,
        askContract: null,
        now,
        random,
        nonces,
      }
      const there = createSignIn({ ...rest, config: { ...config, ...change } })
      const here = createSignIn({ ...rest, config: trusting ? { ...config, ...change } : config })
      const asked = await there.challenge({ kind: 'near', account: ALICE, linkTo: null }, '1.2.3.4')
      const { messageOf, recipientOf, nep413NonceOf } = await import('../../workers/gateway/identity/challenge.ts')
      const proof = world.proveNear(ALICE, world.keysOf(ALICE), {
        nonce: asked.nonce,
        message: messageOf(asked),
        recipient: recipientOf(asked),
        nep413Nonce: nep413NonceOf(asked),
        expiresAt: asked.expiresAt,
      })
      return here.prove(proof as never, null).then(
        () => 'in',
        ({ code }) => code,
      )
    }
    for (const [what, change] of [
      ['another chain', { chainId: 'testnet' }],
      ['another chain of the same name', { genesisHash: '22222222222222222222222222222222' }],
      ['another origin', { origin: 'https://games.example' }],
    ] as const) {
      it(`a proof made for ${what} is none here`, async () => {
        expect(await elsewhere(change, true)).to.equal('in')
        expect(await elsewhere(change, false)).to.equal('SIGN_IN_NONCE')
      })
    }

    it('a message, recipient, nonce or callback of another site does not carry the signature', async () => {
      for (const over of [
        { recipient: 'games.example' },
        { message: 'Play for free' },
        { nonce: new Uint8Array(32) },
        { callbackUrl: 'https://games.example/take' },
      ]) {
        const asked = await world.nonce('near', ALICE)
        const refused = await world.login(world.proveNear(ALICE, world.keysOf(ALICE), asked, over))
        expect(refused.body.code, JSON.stringify(over)).to.be.oneOf(['SIGN_IN_SIGNATURE', 'SIGN_IN_MESSAGE'])
      }
      // Off: the signature over the visitor's own words is right.
      const asked = await world.nonce('near', ALICE)
      const own = await world.login(world.proveNear(ALICE, world.keysOf(ALICE), asked, { callbackUrl: `${ORIGIN}/` }))
      expect(own.status).to.equal(200)
    })

    it('a function-call key that a dApp was given signs nobody in', async () => {
      const dapp = world.otherKeys('dapp')
      const account = world.near.account(ALICE)
      await account.addKey(dapp.publicKey, { allowance: null, receiverId: 'market.test.near', methodNames: [] })
      await world.restart({ isFullAccess: async () => true })
      expect((await world.signInNear(ALICE, dapp)).status).to.equal(200)
      await world.restart()
      expect((await world.signInNear(ALICE, dapp)).body.code).to.equal('SIGN_IN_KEY')
    })

    it('a key of nobody, or of another account, signs nobody in', async () => {
      const stranger = world.otherKeys('stranger')
      await world.restart({ isFullAccess: async () => true })
      expect((await world.signInNear(ALICE, stranger)).status).to.equal(200)
      await world.restart()
      expect((await world.signInNear(ALICE, stranger)).body.code).to.equal('SIGN_IN_KEY')
      expect((await world.signInNear('nobody.test.near', stranger)).body.code).to.equal('SIGN_IN_KEY')
    })

    it('Mallory’s own good key, under Mallory’s own name, does not answer a challenge for Alice', async () => {
      await world.near.createAccount('mallet.test.near')
      const keys = world.keysOf('mallet.test.near')
      // Off: the key is a full-access key of the account that the proof names, and nobody asks whom the nonce was for.
      const { fullAccessOver } = await import('../../workers/gateway/identity/nearKey.ts')
      expect(await fullAccessOver(world.parts.chain.rpc)('mallet.test.near', keys.publicKey)).to.equal(true)
      const asMallory = world.proveNear('mallet.test.near', keys, await world.nonce('near', ALICE))
      const refused = await world.login(asMallory)
      expect([refused.body.code, refused.body.data.field]).to.deep.equal(['SIGN_IN_MESSAGE', 'accountId'])
      const asAlice = world.proveNear(ALICE, keys, await world.nonce('near', ALICE))
      expect((await world.login(asAlice)).body.code).to.equal('SIGN_IN_KEY')
    })

    it('a signature over a transaction’s bytes is no sign-in: its tag says so', async () => {
      const asked = await world.nonce('near', ALICE)
      const { ed25519 } = await import('@noble/curves/ed25519.js')
      const { parseKeyText } = await import('../../chain/lib/key.ts')
      const { sha256 } = await import('../../chain/lib/hash.ts')
      const { bytesToBase64, utf8ToBytes } = await import('../../chain/lib/bytes.ts')
      const keys = world.keysOf(ALICE)
      const raw = sha256(utf8ToBytes(asked.message), base64ToBytes(asked.nep413Nonce))
      const signature = bytesToBase64(ed25519.sign(raw, parseKeyText(keys.secretKey).data.subarray(0, 32)))
      const body = { kind: 'near', nonce: asked.nonce, accountId: ALICE, publicKey: keys.publicKey, signature }
      expect((await world.login(body)).body.code).to.equal('SIGN_IN_SIGNATURE')
    })
  })

  it('a proof for signing in does not link, and one for linking does not sign in', async () => {
    const token = (await world.signInNear(ALICE)).body.token
    const plain = await signed((await world.nonce('evm', mallory.address)).message, mallory)
    const refused = await world.ask('POST', '/api/v1/user/link', { token, body: plain })
    expect(refused.body.code).to.equal('SIGN_IN_NONCE')
    const asked = await world.nonce('evm', mallory.address, { purpose: 'link', token })
    expect((await world.login(await signed(asked.message, mallory))).body.code).to.equal('SIGN_IN_NONCE')
  })

  it('a link that Mallory asked for does not tie Alice’s proof to Bob: it names both', async () => {
    await world.near.createAccount('mallory.test.near')
    const [ofMallory, ofAlice] = [await world.signInNear('mallory.test.near'), await world.signInNear(ALICE)]
    const asked = await world.nonce('evm', alice.address, { purpose: 'link', token: ofAlice.body.token })
    const stolen = await signed(asked.message)
    const refused = await world.ask('POST', '/api/v1/user/link', { token: ofMallory.body.token, body: stolen })
    expect(refused.body.code).to.equal('SIGN_IN_NONCE')
    expect((await world.profile(ofMallory.body.token)).body.address).to.equal(null)
  })

  it('signing out burns the session: neither token nor cookie brings it back', async () => {
    const { body, cookie } = await world.signInEvm(alice)
    expect((await world.profile(body.token)).status).to.equal(200)
    // Off: a gateway that only drops the cookie in the browser leaves both good, as they are up to here.
    const out = await world.ask('POST', '/api/v1/auth/logout', { token: body.token })
    expect([out.status, out.cookie]).to.deep.equal([204, ''])
    expect((await world.profile(body.token)).body.code).to.equal('TOKEN_REVOKED')
    expect((await world.refresh(cookie)).body.code).to.equal('REFRESH_INVALID')
  })

  it('one address cannot fill the memory with nonces', async () => {
    let given = 0
    const store = memoryNonces(() => world.time)
    const identity = await createIdentity(world.parts, { nonces: { ...store, put: async () => void given++ } })
    const route = identity.routes.find(({ path }) => path === '/api/v1/auth/nonce')!
    const ask = (address: string, routes = route) =>
      routes
        .handle({
          body: { kind: 'evm', account: alice.address, purpose: 'sign-in' },
          visitor: null,
          origin: ORIGIN,
          address,
        } as never)
        .then(
          () => 'given',
          ({ code }) => code,
        )
    for (let i = 0; i < 100; i++) await ask('198.51.100.7')
    expect(given).to.equal(100)
    await identity.close()
    const real = world.identity.routes.find(({ path }) => path === '/api/v1/auth/nonce')!
    const answers: string[] = []
    for (let i = 0; i < 100; i++) answers.push(await ask(`2001:db8::${i.toString(16)}`, real))
    expect(answers.filter((each) => each === 'given')).to.have.length(32)
    expect(answers.at(-1)).to.equal('SIGN_IN_TOO_MANY')
    expect(await ask('2001:db8:1::1', real)).to.equal('given')
    world.time += 5 * MINUTE
    expect(await ask('2001:db8::1', real)).to.equal('given')
  })
})
