/** Wallet proofs against independent makers of them: near-api-js for NEP-413, viem for EIP-4361, a scripted RPC for EIP-1271. */
import { expect } from 'chai'
import fc from 'fast-check'
import { KeyPairSigner } from 'near-api-js'
import { createSiweMessage, parseSiweMessage } from 'viem/siwe'
import { base64ToBytes, bytesToBase64 } from '../../../../../chain/lib/bytes.ts'
import { keyPairFromPhrase } from '../../../../../chain/lib/key.ts'
import {
  type Challenge,
  makeChallenge,
  messageOf,
  nep413NonceOf,
  parseAccount,
  recipientOf,
} from '../../../../../workers/gateway/identity/challenge.ts'
import { askContractOver } from '../../../../../workers/gateway/identity/evmContract.ts'
import { verifyNep413 } from '../../../../../workers/gateway/identity/nep413.ts'
import { verifySiwe } from '../../../../../workers/gateway/identity/siwe.ts'
import { renderSiwe } from '../../../../../workers/gateway/identity/siweText.ts'
import { TEST_CONFIG } from '../../../../fixtures/gatewayParts.ts'
import { evmAccount, seeded, signNep413 } from '../../../../fixtures/identityWorld.ts'

const NOW = Date.UTC(2026, 0, 1)
const alice = evmAccount('alice')
const challengeFor = (kind: 'evm' | 'near', account: string, over: Partial<Challenge> = {}): Challenge => ({
  ...makeChallenge({ kind, account, linkTo: null }, TEST_CONFIG, NOW, seeded('proofs')(32)),
  ...over,
})
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'in',
    ({ code }) => code,
  )

describe('proofs of wallets', () => {
  describe('NEP-413', () => {
    const challenge = challengeFor('near', 'alice.near')
    const ask = { message: messageOf(challenge), recipient: recipientOf(challenge) }
    const nonce = base64ToBytes(nep413NonceOf(challenge))

    it('takes what near-api-js signs, with and without a callback', async () => {
      const keys = keyPairFromPhrase('alice')
      const signer = KeyPairSigner.fromSecretKey(keys.secretKey as never)
      for (const callbackUrl of [undefined, `${TEST_CONFIG.origin}/back`]) {
        const { signature, publicKey } = await signer.signNep413Message('alice.near', { ...ask, nonce, callbackUrl })
        const proof = {
          accountId: 'alice.near',
          publicKey: publicKey.toString(),
          signature: bytesToBase64(Uint8Array.from(signature)),
          callbackUrl,
        }
        verifyNep413(proof, challenge, [TEST_CONFIG.origin])
        const ours = signNep413(keys, { ...ask, nonce, callbackUrl: callbackUrl ?? null })
        expect(ours).to.equal(proof.signature)
      }
    })

    it('takes secp256k1 keys too', async () => {
      const { secp256k1 } = await import('@noble/curves/secp256k1.js')
      const { bytesToBase58, concatBytes } = await import('../../../../../chain/lib/bytes.ts')
      const { nep413Hash } = await import('../../../../../workers/gateway/identity/nep413.ts')
      const secret = seeded('secp')(32)
      const publicKey = `secp256k1:${bytesToBase58(secp256k1.getPublicKey(secret, false).subarray(1))}`
      const hash = nep413Hash({ ...ask, nonce, callbackUrl: null })
      const signed = secp256k1.sign(hash, secret, { prehash: false, format: 'recovered' })
      const signature = bytesToBase64(concatBytes(signed.subarray(1), signed.subarray(0, 1)))
      verifyNep413({ accountId: 'alice.near', publicKey, signature }, challenge, [])
    })

    it('refuses every changed bit of a signature, and no nonsense makes it throw anything else', () => {
      const keys = keyPairFromPhrase('alice')
      const good = base64ToBytes(signNep413(keys, { ...ask, nonce, callbackUrl: null }))
      const refused = (signature: string, publicKey = keys.publicKey): string => {
        try {
          verifyNep413({ accountId: 'alice.near', publicKey, signature }, challenge, [])
          return 'in'
        } catch (error) {
          return (error as { code: string }).code
        }
      }
      expect(refused(bytesToBase64(good))).to.equal('in')
      fc.assert(
        fc.property(fc.nat(511), (bit) => {
          const bad = good.slice()
          bad[bit >> 3] ^= 1 << (bit & 7)
          return refused(bytesToBase64(bad)) === 'SIGN_IN_SIGNATURE'
        }),
        { seed: 1, numRuns: 60 },
      )
      fc.assert(
        fc.property(fc.string({ maxLength: 120 }), fc.string({ maxLength: 120 }), (signature, key) => {
          return refused(signature, key) === 'SIGN_IN_SIGNATURE'
        }),
        { seed: 2, numRuns: 100 },
      )
    })
  })

  describe('EIP-4361', () => {
    const challenge = challengeFor('evm', alice.address)

    it('is written as viem writes it and read back by viem, for any fields', () => {
      const date = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
      const fields = fc.record({
        statement: fc.option(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9 .,]{0,60}$/), { nil: undefined }),
        chainId: fc.integer({ min: 1, max: 2 ** 31 }),
        nonce: fc.stringMatching(/^[a-zA-Z0-9]{8,64}$/),
        issuedAt: date,
        expirationTime: fc.option(date, { nil: undefined }),
        notBefore: fc.option(date, { nil: undefined }),
        requestId: fc.option(fc.stringMatching(/^[a-z0-9]{1,20}$/), { nil: undefined }),
        resources: fc.option(fc.array(fc.webUrl(), { minLength: 1, maxLength: 3 }), { nil: undefined }),
        scheme: fc.constantFrom(undefined, 'https'),
      })
      fc.assert(
        fc.property(fields, (some) => {
          const whole = {
            ...some,
            address: alice.address,
            domain: 'blyan.example',
            uri: 'https://blyan.example',
            version: '1' as const,
          }
          const text = createSiweMessage(whole)
          expect(renderSiwe(whole)).to.equal(text)
          expect(renderSiwe(parseSiweMessage(text))).to.equal(text)
        }),
        { seed: 3, numRuns: 200 },
      )
    })

    it('works for a host without dots, as containers have', async () => {
      const there = challengeFor('evm', alice.address, { origin: 'http://gateway:4173' })
      const message = messageOf(there)
      const signature = await alice.signMessage({ message })
      await verifySiwe({ message, signature }, there, { now: NOW, askContract: null })
    })

    it('takes no other form of a key’s signature, though a contract would', async () => {
      const own = challengeFor('evm', alice.address)
      const message = messageOf(own)
      const good = await alice.signMessage({ message })
      const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
      const s = order - BigInt(`0x${good.slice(66, 130)}`)
      const v = good.endsWith('1b') ? '1c' : '1b'
      const signature = `${good.slice(0, 66)}${s.toString(16).padStart(64, '0')}${v}`
      const askContract = async () => true
      const code = await codeOf(verifySiwe({ message, signature }, own, { now: NOW, askContract }))
      expect(code).to.equal('SIGN_IN_SIGNATURE')
    })

    it('refuses arbitrary text and signatures with one of its own errors', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ maxLength: 300 }), fc.string({ maxLength: 140 }), async (message, signature) => {
          const code = await codeOf(verifySiwe({ message, signature }, challenge, { now: NOW, askContract: null }))
          expect(code).to.equal('SIGN_IN_MESSAGE')
          const own = { message: messageOf(challenge), signature }
          expect(await codeOf(verifySiwe(own, challenge, { now: NOW, askContract: null }))).to.equal(
            'SIGN_IN_SIGNATURE',
          )
        }),
        { seed: 4, numRuns: 100 },
      )
    })

    it('knows what an account is', () => {
      expect(parseAccount('evm', alice.address.toLowerCase())).to.equal(alice.address)
      for (const [kind, text] of [
        ['evm', '0x1234'],
        ['evm', 'alice.near'],
        ['near', 'Alice.near'],
        ['near', '../etc'],
        ['near', 'a'],
      ] as const) {
        expect(() => parseAccount(kind, text), text)
          .to.throw()
          .with.property('code', 'SIGN_IN_ACCOUNT')
      }
    })
  })

  describe('EIP-1271', () => {
    const wallet = '0x00000000000000000000000000000000000000AA' as const
    const challenge = challengeFor('evm', wallet)
    const proof = { message: messageOf(challenge), signature: `0x${'ab'.repeat(100)}` }
    const client = (over: object) => ({ getChainId: async () => 1, verifyMessage: async () => true, ...over }) as never

    it('believes the contract that an RPC of the right chain asked', async () => {
      const asked: unknown[] = []
      const askContract = askContractOver(client({ verifyMessage: async (what: unknown) => asked.push(what) > 0 }), 1)
      await verifySiwe(proof, challenge, { now: NOW, askContract })
      expect(asked).to.deep.equal([{ address: challenge.account, ...proof }])
      const no = askContractOver(client({ verifyMessage: async () => false }), 1)
      expect(await codeOf(verifySiwe(proof, challenge, { now: NOW, askContract: no }))).to.equal('SIGN_IN_SIGNATURE')
      const none = verifySiwe(proof, challenge, { now: NOW, askContract: null })
      expect(await codeOf(none)).to.equal('SIGN_IN_SIGNATURE')
    })

    it('does not believe an RPC of another chain, nor one that fails', async () => {
      for (const over of [
        { getChainId: async () => 137 },
        { verifyMessage: () => Promise.reject(new Error('timeout')) },
      ]) {
        const askContract = askContractOver(client(over), 1)
        expect(await codeOf(verifySiwe(proof, challenge, { now: NOW, askContract }))).to.equal('SIGN_IN_CHAIN')
      }
    })

    it('asks at most eight contracts at once', async () => {
      const answers: ((yes: boolean) => void)[] = []
      const askContract = askContractOver(
        client({ verifyMessage: () => new Promise<boolean>((resolve) => answers.push(resolve)) }),
        1,
      )
      const asking = Array.from({ length: 9 }, () => codeOf(askContract(wallet, '', '0x')))
      expect(await asking[8]).to.equal('SIGN_IN_CHAIN')
      while (answers.length < 8) await Promise.resolve()
      for (const answer of answers) answer(true)
      expect(await Promise.all(asking.slice(0, 8))).to.deep.equal(Array(8).fill('in'))
    })

    it('speaks with a real RPC over HTTP: capped, not redirected', async () => {
      const { createServer } = await import('node:http')
      const { contractClient } = await import('../../../../../workers/gateway/identity/evmContract.ts')
      const yes = `0x${'0'.repeat(63)}1`
      let mode: 'answer' | 'flood' | 'redirect' = 'answer'
      const server = createServer(async (request, response) => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        const { id, method } = JSON.parse(Buffer.concat(chunks).toString())
        // Where it leads, everything is answered with yes.
        if (mode === 'redirect' && request.url === '/') return void response.writeHead(307, { location: '/yes' }).end()
        const result = method === 'eth_chainId' ? '0x1' : mode === 'flood' ? `0x${'ff'.repeat(10_000_000)}` : yes
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ jsonrpc: '2.0', id, result }))
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as { port: number }
      try {
        const attempt = () => {
          const askContract = askContractOver(contractClient(`http://127.0.0.1:${port}`), 1)
          return codeOf(verifySiwe(proof, challenge, { now: NOW, askContract }))
        }
        expect(await attempt()).to.equal('in')
        mode = 'flood'
        expect(await attempt()).to.not.equal('in')
        mode = 'redirect'
        expect(await attempt()).to.equal('SIGN_IN_CHAIN')
      } finally {
        server.close()
      }
    })
  })
})
