import { expect } from 'chai'
import fc from 'fast-check'
import { checkVisitor, corsHeaders, loopbackHosts, parseOrigins } from '../../../../chain/lib/visitors.ts'

const WELCOME = { hosts: loopbackHosts(3030), origins: ['http://127.0.0.1:4173'] }
const visit = (host: string | undefined, origin?: string, path = '/') =>
  checkVisitor({ host, origin, method: 'POST', path }, WELCOME)?.code ?? null

describe('a visitor on the loopback', () => {
  it('comes in under one of the server’s names, in any case', () => {
    for (const host of ['127.0.0.1:3030', 'localhost:3030', '[::1]:3030', 'LocalHost:3030']) {
      expect(visit(host), host).to.equal(null)
    }
  })

  it('is turned away under any other name, port or none', () => {
    for (const host of [
      'evil.example:3030',
      'localhost',
      'localhost:3031',
      'localhost.:3030',
      '127.0.0.1.evil.example:3030',
      'evil@127.0.0.1:3030',
      '2130706433:3030',
      '0.0.0.0:3030',
      '',
      undefined,
    ]) {
      expect(visit(host), host).to.equal('VISITOR_FOREIGN_HOST')
    }
  })

  it('is turned away when the target names another server than Host does', () => {
    expect(visit('localhost:3030', undefined, 'http://evil.example/')).to.equal('VISITOR_FOREIGN_HOST')
  })

  it('is known without port on the port that clients leave out', () => {
    expect(loopbackHosts(80)).to.include('localhost')
    expect(loopbackHosts(8080)).not.to.include('localhost')
  })

  it('comes as a page only from a listed origin, to scheme, host and port', () => {
    expect(visit('localhost:3030', 'http://127.0.0.1:4173')).to.equal(null)
    for (const origin of [
      'null',
      '',
      'https://127.0.0.1:4173',
      'http://127.0.0.1',
      'http://127.0.0.1:41730',
      'http://localhost:4173',
      'http://127.0.0.1:4173, http://evil.example',
      'http://127.0.0.1:4173.evil.example',
    ]) {
      expect(visit('localhost:3030', origin), origin).to.equal('VISITOR_FOREIGN_ORIGIN')
    }
  })

  it('never comes in with a host or origin that is not on a list, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (host, origin) => {
        fc.pre(!WELCOME.hosts.includes(host.toLowerCase()) && !WELCOME.origins.includes(origin))
        expect(visit(host)).to.equal('VISITOR_FOREIGN_HOST')
        expect(visit('localhost:3030', origin)).to.equal('VISITOR_FOREIGN_ORIGIN')
      }),
      { seed: 7 },
    )
  })

  it('is told to read the answer only when listed, and caches are told that it depends', () => {
    expect(corsHeaders('http://127.0.0.1:4173', WELCOME.origins)).to.include({
      'access-control-allow-origin': 'http://127.0.0.1:4173',
      vary: 'origin',
    })
    expect(corsHeaders('https://evil.example', WELCOME.origins)).to.deep.equal({ vary: 'origin' })
    expect(corsHeaders(undefined, [])).to.deep.equal({})
  })

  it('has its list read from a comma list, and paths, files and stars refused', () => {
    expect(parseOrigins('http://127.0.0.1:4173/, https://App.example')).to.deep.equal([
      'http://127.0.0.1:4173',
      'https://app.example',
    ])
    expect(parseOrigins('')).to.deep.equal([])
    for (const text of ['*', 'null', 'file:///x', 'http://a/b', 'http://u@a', 'http://a?b', 'a.example']) {
      expect(() => parseOrigins(text), text).to.throw('is no web origin')
    }
  })
})
