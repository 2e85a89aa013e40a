import { chmodSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { bytesToHex } from '../../../../chain/lib/bytes.ts'
import { externalKey } from '../../../../oracle/signer/key/externalKey.ts'
import { readKeyFile, sealKey, unsealKey, writeKeyFile } from '../../../../oracle/signer/key/keyFile.ts'
import { readPassphrase } from '../../../../oracle/signer/key/passphrase.ts'
import { addressOf, isSignatureOf, signDigest } from '../../../../oracle/signer/signature.ts'
import vectors from '../../../fixtures/vectors/bridge.json' with { type: 'json' }

const SECRET = new Uint8Array(32).fill(9)
const DIGEST = '12'.repeat(32)
/** The least that is read: 16 MiB. */
const n = 2 ** 14

describe('a signer’s key', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-key-'))
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  let counter = 0
  const random = (bytes: number) => new Uint8Array(bytes).fill(++counter)
  const sealed = () => sealKey(SECRET, 'correct horse', { random, n })
  const refusalOf = (act: () => unknown): string => {
    try {
      act()
    } catch (error) {
      return String((error as { what: string }).what)
    }
    return 'nothing was refused'
  }

  it('comes back from its file by its passphrase, and the file shows nothing of it', () => {
    const path = join(dir, 'key.json')
    writeKeyFile(path, sealed())
    expect(statSync(path).mode & 0o777).to.equal(0o600)
    expect(readFileSync(path, 'utf8')).to.not.include(bytesToHex(SECRET).slice(0, 8))
    expect(unsealKey(readKeyFile(path), 'correct horse')).to.deep.equal(SECRET)
  })

  it('does not come by another passphrase, and no error tells either', () => {
    const what = refusalOf(() => unsealKey(sealed(), 'battery staple'))
    expect(what).to.include('does not open').and.not.include('battery')
  })

  it('does not come when anything in the file was changed, its address neither', () => {
    const key = sealed()
    const changed = [
      { ...key, address: '11'.repeat(20) },
      { ...key, cipher: { ...key.cipher, text: '00'.repeat(32) } },
      { ...key, cipher: { ...key.cipher, tag: '00'.repeat(16) } },
      { ...key, kdf: { ...key.kdf, salt: '00'.repeat(32) } },
    ]
    for (const each of changed) expect(refusalOf(() => unsealKey(each, 'correct horse'))).to.include('does not open')
  })

  it('is never written over, nor read where others may read it, nor made cheap to guess', () => {
    const path = join(dir, 'key.json')
    writeKeyFile(path, sealed())
    expect(refusalOf(() => writeKeyFile(path, sealed()))).to.include('EEXIST')
    chmodSync(path, 0o640)
    expect(refusalOf(() => readKeyFile(path))).to.include('Others on this machine')
    const cheap = join(dir, 'cheap.json')
    writeFileSync(cheap, JSON.stringify({ ...sealed(), kdf: { ...sealed().kdf, n: 1024 } }), { mode: 0o600 })
    expect(refusalOf(() => readKeyFile(cheap))).to.include('kdf.n')
  })

  it('takes its passphrase from a private file or a descriptor, without the line break', () => {
    const file = join(dir, 'passphrase')
    writeFileSync(file, 'correct horse\n', { mode: 0o600 })
    expect(readPassphrase({ file })).to.equal('correct horse')
    expect(readPassphrase({ fd: openSync(file, 'r') })).to.equal('correct horse')
    chmodSync(file, 0o644)
    expect(refusalOf(() => readPassphrase({ file }))).to.include('Others on this machine')
    expect(refusalOf(() => readPassphrase({}))).to.include('No passphrase')
  })

  it('makes the signatures that ethers makes, the same ones each time', () => {
    for (const { digest, signatures } of vectors.cases) {
      for (const [i, signature] of signatures.entries()) {
        expect(isSignatureOf(vectors.signers[i]!, digest, signature)).to.equal(true)
        expect(isSignatureOf(vectors.signers[(i + 1) % 3]!, digest, signature)).to.equal(false)
      }
    }
    expect(signDigest(SECRET, DIGEST)).to.equal(signDigest(SECRET, DIGEST))
  })

  it('does not take the other form of a signature, nor one cut short, nor zeros', () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const address = addressOf(SECRET)
    const good = signDigest(SECRET, DIGEST)
    const high = (order - BigInt(`0x${good.slice(64, 128)}`)).toString(16).padStart(64, '0')
    const flipped = good.slice(0, 64) + high + (good.endsWith('1b') ? '1c' : '1b')
    for (const bad of [flipped, good.slice(2), `${good.slice(0, 128)}01`, '00'.repeat(65), `${'00'.repeat(64)}1b`]) {
      expect(isSignatureOf(address, DIGEST, bad)).to.equal(false)
    }
    expect(isSignatureOf(address, DIGEST, good)).to.equal(true)
  })

  describe('held by another process', () => {
    const answering = async (answer: (digest: string) => [status: number, body: string]) => {
      const path = join(dir, 'key.sock')
      const seen: Record<string, unknown>[] = []
      const server = createServer((request, response) => {
        let body = ''
        request.on('data', (chunk) => {
          body += chunk
        })
        request.on('end', () => {
          const asked = JSON.parse(body)
          seen.push({ ...asked, authorization: request.headers.authorization })
          const [status, text] = answer(asked.digest)
          response.writeHead(status).end(text)
        })
      })
      await new Promise<void>((ready) => server.listen(path, ready))
      const key = externalKey({ address: addressOf(SECRET), at: `unix:${path}`, token: 'word' })
      const request = {
        kind: 'veto' as const,
        payload: { nonce: '1', epoch: '1', direction: 'near-evm' as const },
        digest: DIGEST,
      }
      const result = await key.sign(request).then(
        (signature) => ({ signature, code: null }),
        (error) => ({ signature: null, code: error.code }),
      )
      server.close()
      server.closeAllConnections()
      return { ...result, seen }
    }

    it('is told what it signs, and its signature is taken', async () => {
      const { signature, seen } = await answering((digest) => [
        200,
        JSON.stringify({ signature: `0x${signDigest(SECRET, digest)}` }),
      ])
      expect(signature).to.equal(signDigest(SECRET, DIGEST))
      expect(seen[0]).to.deep.include({ kind: 'veto', digest: DIGEST, authorization: 'Bearer word' })
    })

    const wrong: Record<string, (digest: string) => [number, string]> = {
      'of another key': (digest) => [
        200,
        JSON.stringify({ signature: signDigest(new Uint8Array(32).fill(3), digest) }),
      ],
      'over another digest': () => [200, JSON.stringify({ signature: signDigest(SECRET, '34'.repeat(32)) })],
      'that is none': () => [200, '{"signature":"0x"}'],
      'that does not end': () => [200, 'x'.repeat(100_000)],
      'with an error': () => [500, ''],
    }
    for (const [name, answer] of Object.entries(wrong)) {
      it(`an answer ${name} is not`, async () => {
        expect((await answering(answer)).code).to.equal('SIGNER_EXTERNAL')
      })
    }

    it('is not asked over plain HTTP', () => {
      const address = addressOf(SECRET)
      for (const at of ['http://127.0.0.1:1', 'ftp://host', 'unix:relative', 'https://host/path']) {
        expect(refusalOf(() => externalKey({ address, at }))).to.include('https: or a Unix socket')
      }
    })
  })
})
