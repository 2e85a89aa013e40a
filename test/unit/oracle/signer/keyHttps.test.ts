/** A signer, as a process, whose key answers over https with a certificate of its operator's own. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { signedPageSchema, signerStatusSchema } from '../../../../chain/client/bridge/signerApi.ts'
import { externalKey } from '../../../../oracle/signer/key/externalKey.ts'
import { addressOf, signDigest } from '../../../../oracle/signer/signature.ts'
import { type Child, SignerProcess, until } from '../../../fixtures/bridge/signerProcess.ts'
import { SECRET } from '../../../fixtures/bridge/signerWorld.ts'

const TOKEN = 'a-word-that-nobody-may-read'
const REQUEST = {
  kind: 'veto' as const,
  payload: { nonce: '1', epoch: '1', direction: 'near-evm' as const },
  digest: '12'.repeat(32),
}
type Answer = (digest: string, response: ServerResponse) => void

if (spawnSync('openssl', ['version']).error) it.skip('openssl is absent: a signer’s key over https')
else {
  describe('a signer’s key over https', function () {
    this.timeout(60_000)
    const dir = mkdtempSync(join(tmpdir(), 'blyan-key-https-'))
    const servers: Server[] = []
    let world: SignerProcess | undefined

    /** A certificate that vouches for itself, valid for a day. */
    const certify = (name: string, altName: string): { key: string; cert: string; file: string } => {
      const [key, file] = [join(dir, `${name}.key`), join(dir, `${name}.pem`)]
      const fresh = [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '1',
      ]
      const args = [...fresh, '-subj', `/CN=${name}`, '-addext', `subjectAltName=${altName}`]
      execFileSync('openssl', [...args, '-keyout', key, '-out', file], { stdio: 'ignore' })
      return { key: readFileSync(key, 'utf8'), cert: readFileSync(file, 'utf8'), file }
    }
    const own = certify('own', 'IP:127.0.0.1')
    const other = certify('other', 'IP:127.0.0.1')
    const elsewhere = certify('elsewhere', 'DNS:keys.example')

    const signs: Answer = (digest, response) =>
      void response.end(JSON.stringify({ signature: signDigest(SECRET, digest) }))
    async function serve(answer: Answer, { key, cert } = own, port = 0) {
      const seen: { url: string | undefined; authorization: string | undefined }[] = []
      const server = createServer({ key, cert }, (request: IncomingMessage, response) => {
        let body = ''
        request.on('data', (chunk) => {
          body += chunk
        })
        request.on('end', () => {
          seen.push({ url: request.url, authorization: request.headers.authorization })
          answer((JSON.parse(body) as { digest: string }).digest, response)
        })
      })
      server.on('tlsClientError', () => {}) // whoever does not trust us hangs up
      servers.push(server)
      await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready))
      const { port: taken } = server.address() as AddressInfo
      return { at: `https://127.0.0.1:${taken}`, port: taken, seen, end: () => end(server) }
    }
    const end = (server: Server): Promise<void> =>
      new Promise((ended) => {
        server.close(() => ended())
        server.closeAllConnections()
      })
    const ask = (at: string, ca: string | undefined, token?: string) =>
      externalKey({ address: addressOf(SECRET), at, token, tls: { ca } })
        .sign(REQUEST)
        .then(
          (signature) => ({ signature, code: null, what: '' }),
          (error) => ({ signature: null, code: String(error.code), what: String(error.what) }),
        )

    afterEach(async () => {
      await world?.close()
      world = undefined
      await Promise.all(servers.splice(0).map(end))
    })
    after(() => rmSync(dir, { recursive: true }))

    it('signs for whoever trusts its certificate, and gets the token that it asks for', async () => {
      const { at, seen } = await serve(signs)
      expect((await ask(at, own.cert, TOKEN)).signature).to.equal(signDigest(SECRET, REQUEST.digest))
      expect(seen).to.deep.equal([{ url: '/sign', authorization: `Bearer ${TOKEN}` }])
    })

    const strangers = {
      'that nobody vouches for': [own, undefined],
      'of another than the one that was named': [other, own.cert],
      'for another host': [elsewhere, elsewhere.cert],
    } as const
    for (const [what, [served, trusted]] of Object.entries(strangers)) {
      it(`tells nothing to a place with a certificate ${what}`, async () => {
        const { at, seen } = await serve(signs, served)
        expect((await ask(at, trusted, TOKEN)).code).to.equal('SIGNER_EXTERNAL')
        expect(seen).to.deep.equal([])
      })
    }

    it('follows no redirect, neither with the payload nor with the token', async () => {
      const target = await serve(signs)
      const { at } = await serve((_, response) => void response.writeHead(307, { location: `${target.at}/sign` }).end())
      const { code, what } = await ask(at, own.cert, TOKEN)
      expect([code, what]).to.deep.equal(['SIGNER_EXTERNAL', 'The external signer does not answer: HTTP 307.'])
      expect(target.seen).to.deep.equal([])
    })

    it('is refused where it signs with another key or something else', async () => {
      const liar = new Uint8Array(32).fill(3)
      const answers: Answer[] = [
        (digest, response) => void response.end(JSON.stringify({ signature: signDigest(liar, digest) })),
        (_, response) => void response.end(JSON.stringify({ signature: signDigest(SECRET, '34'.repeat(32)) })),
      ]
      for (const answer of answers) {
        const { at } = await serve(answer)
        expect((await ask(at, own.cert)).what).to.include('signs with another key')
      }
    })

    describe('as the command line has it', () => {
      const token = join(dir, 'token')
      before(() => writeFileSync(token, `${TOKEN}\n`, { mode: 0o600 }))
      const start = (...flags: string[]): Child =>
        world!.start({ BLYAN_SIGNER_TOKEN_FILE: token, NODE_TLS_REJECT_UNAUTHORIZED: '0' }, ...flags)
      const locks = async (url: string) =>
        signedPageSchema.parse(await (await fetch(`${url}/payloads?kind=lock&limit=9`)).json()).items

      it('is waited for while it is away and signs when it is back; its token stands in no log', async () => {
        world = await new SignerProcess().open()
        const first = await serve(signs)
        await first.end()
        world.key = first.at
        world.near.lock('7')
        const child = start('--key-ca', own.file)
        const url = await child.url
        await until(
          async () => child.stderr(),
          (log) => log.includes('SIGNER_EXTERNAL'),
        )
        expect(await locks(url)).to.deep.equal([])
        expect(signerStatusSchema.parse(await (await fetch(`${url}/status`)).json()).halted).to.equal(null)
        const { seen } = await serve(signs, own, first.port)
        const [item] = await until(
          () => locks(url),
          ({ length }) => length === 1,
        )
        expect(item!.payload).to.include({ amount: '7' })
        expect(seen[0]!.authorization).to.equal(`Bearer ${TOKEN}`)
        const journal = readFileSync(join(world.dir, 'journal', 'signer.sqlite'), 'latin1')
        expect(child.stderr() + journal).to.not.include(TOKEN)
      })

      it('is asked nothing without --key-ca, whatever the environment says of certificates', async () => {
        world = await new SignerProcess().open()
        const { at, seen } = await serve(signs)
        world.key = at
        world.near.lock('7')
        const child = start()
        await until(
          async () => child.stderr(),
          (log) => log.includes('SIGNER_EXTERNAL'),
        )
        expect(seen).to.deep.equal([])
        expect(child.stderr()).to.not.include(TOKEN)
      })

      it('needs a certificate in --key-ca, and a key over https with it', async () => {
        world = await new SignerProcess().open()
        const socket = world.key
        for (const [key, file, what] of [
          ['https://127.0.0.1:1', token, 'holds no PEM certificate'],
          ['https://127.0.0.1:1', join(dir, 'nothing.pem'), 'cannot be read'],
          [socket, own.file, 'this key is elsewhere'],
        ] as const) {
          world.key = key
          const child = start('--key-ca', file)
          expect(await child.ended).to.equal(2)
          expect(child.stderr()).to.include(what).and.not.include(TOKEN)
        }
      })
    })
  })
}
