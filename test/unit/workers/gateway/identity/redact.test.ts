import { expect } from 'chai'
import fc from 'fast-check'
import { bytesToHex } from '../../../../../chain/lib/bytes.ts'
import { randomKeyPair } from '../../../../../chain/lib/key.ts'
import { makeApiKey } from '../../../../../workers/gateway/identity/apiKey.ts'
import { redact, redactText } from '../../../../../workers/gateway/identity/index.ts'
import { encodeRefresh } from '../../../../../workers/gateway/identity/refreshToken.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

describe('what the log may see', () => {
  it('shows no secret part of any token of ours, wherever in a text it stands', () => {
    const words = fc.stringMatching(/^[ -~]{0,40}$/)
    fc.assert(
      fc.property(bytes(40), bytes(32), words, words, (random, secret, before, after) => {
        const { key } = makeApiKey((length) => random.slice(0, length))
        const refresh = encodeRefresh({ session: bytesToHex(random.slice(0, 16)), generation: 7, secret })
        for (const [token, hidden] of [
          [key, key.slice(21)],
          [refresh, refresh.split('.')[2]!],
        ] as const) {
          expect(redactText(`${before} ${token} ${after}`)).to.not.include(hidden)
        }
      }),
      { seed: 1, numRuns: 200 },
    )
  })

  it('shows no NEAR secret key, no bearer, no password of a database', () => {
    const { secretKey, publicKey } = randomKeyPair()
    expect(redactText(`key ${secretKey}!`)).to.equal('key ed25519:…!')
    expect(redactText(`of ${publicKey}`)).to.equal(`of ${publicKey}`)
    expect(redactText('authorization: Bearer abc.def')).to.equal('authorization: Bearer …')
    expect(redactText('at postgres://blyan:hunter2@db/blyan')).to.equal('at postgres://blyan:…@db/blyan')
    expect(redactText('redis://:hunter2@cache')).to.equal('redis://:…@cache')
    expect(redactText('{"password":"hunter2","token":"x"}')).to.not.include('hunter2')
  })

  it('hides by name too, at any depth it looks, and keeps what a reader needs', () => {
    const seen = redact({
      method: 'POST',
      status: 401,
      headers: { Authorization: 'x', 'Set-Cookie': 'y', host: 'blyan' },
      list: [{ secretKey: 'z' }],
      bytes: new Uint8Array(3),
      none: null,
    })
    expect(seen).to.deep.equal({
      method: 'POST',
      status: 401,
      headers: { Authorization: '…', 'Set-Cookie': '…', host: 'blyan' },
      list: [{ secretKey: '…' }],
      bytes: '3 bytes',
      none: null,
    })
  })

  it('keeps an error’s name and cause, without their secrets, and ends on circles', () => {
    const cause = Object.assign(new Error('at postgres://a:secret@b'), { code: 'ECONNREFUSED' })
    expect(redact(new Error('no', { cause }))).to.deep.equal({
      name: 'Error',
      message: 'no',
      cause: { name: 'Error', code: 'ECONNREFUSED', message: 'at postgres://a:…@b' },
    })
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect(JSON.stringify(redact(circle))).to.include('…')
  })
})
