import { expect } from 'chai'
import fc from 'fast-check'
import { bytesToHex } from '../../../../../chain/lib/bytes.ts'
import {
  encodeRefresh,
  isRefresh,
  parseRefresh,
  refreshCookie,
  refreshSecret,
} from '../../../../../workers/gateway/identity/refreshToken.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

describe('refresh tokens', () => {
  it('come back from their text as they were, and only those of this session, number, seed and key are taken', () => {
    fc.assert(
      fc.property(bytes(32), bytes(32), bytes(16), fc.nat(999_999_999), (key, seed, id, generation) => {
        const session = bytesToHex(id)
        const token = { session, generation, secret: Uint8Array.from(refreshSecret(key, seed, session, generation)) }
        const back = parseRefresh(encodeRefresh(token))!
        expect({ ...back, secret: Uint8Array.from(back.secret) }).to.deep.equal(token)
        expect(isRefresh(back, key, seed)).to.equal(true)
        expect(isRefresh({ ...back, generation: generation + 1 }, key, seed)).to.equal(false)
        expect(isRefresh({ ...back, session: '0'.repeat(32) }, key, seed)).to.equal(session === '0'.repeat(32))
        expect(isRefresh(back, seed, key)).to.equal(bytesToHex(seed) === bytesToHex(key))
      }),
      { seed: 1, numRuns: 100 },
    )
  })

  it('are no token when anything is added, left out or written otherwise', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (text) => parseRefresh(text) === null),
      { seed: 2, numRuns: 300 },
    )
    const good = encodeRefresh({ session: 'a'.repeat(32), generation: 12, secret: new Uint8Array(32) })
    for (const bad of [
      `${good} `,
      ` ${good}`,
      `${good}\n`,
      good.slice(1),
      good.slice(0, -1),
      good.replace('.12.', '.012.'),
    ]) {
      expect(parseRefresh(bad), JSON.stringify(bad)).to.equal(null)
    }
  })

  it('travel over TLS alone where the gateway has it', () => {
    expect(refreshCookie('x', 'https://blyan.example')).to.match(/; Secure$/)
    expect(refreshCookie('x', 'http://127.0.0.1:4173')).to.not.include('Secure')
    expect(refreshCookie('', 'https://blyan.example')).to.include('Max-Age=0')
  })
})
