/** A server that registers an address inside the gateway's own network, to have the gateway ask there. */
import { expect } from 'chai'
import { openAnswerGateway } from '../fixtures/answerGateway.ts'
import { listen } from '../fixtures/answerServer.ts'

describe('an operator who registers an address inside the gateway', () => {
  const ends: (() => Promise<void>)[] = []
  after(async () => {
    for (const end of ends.splice(0)) await end()
  })

  /** A service that only machines inside should reach. @returns how often it was asked through the gateway */
  const askedInside = async (addressOf: (port: string) => string, allowPrivate: boolean): Promise<number> => {
    let asked = 0
    const inside = await listen((_request, response) => {
      asked += 1
      response.end('the secrets of this machine')
    })
    const url = addressOf(new URL(inside.url).port)
    const gateway = await openAnswerGateway([{ account: 'a.near', url }], { allowPrivate, limits: { listMs: 1_000 } })
    ends.push(inside.close, gateway.close)
    expect(await gateway.answers.models()).to.deep.equal([])
    expect(JSON.stringify(gateway.log)).to.not.include('secrets')
    return asked
  }

  const WAYS: Record<string, (port: string) => string> = {
    'by its address': (port) => `http://127.0.0.1:${port}`,
    'by the address as one number': (port) => `http://2130706433:${port}`,
    'by the IPv4 address in an IPv6 one': (port) => `http://[::ffff:127.0.0.1]:${port}`,
    'by a name that resolves to it': (port) => `http://localhost:${port}`,
    'by a path of its own': (port) => `http://127.0.0.1:${port}/admin?`,
  }
  for (const [how, addressOf] of Object.entries(WAYS)) {
    it(`${how}: asked with private networks allowed, never without`, async () => {
      expect(await askedInside(addressOf, true)).to.equal(1)
      expect(await askedInside(addressOf, false)).to.equal(0)
    })
  }

  it('sends the gateway there by a redirect: not followed even where private networks are allowed', async () => {
    let asked = 0
    const inside = await listen((_request, response) => {
      asked += 1
      response.end()
    })
    const outside = await listen((_request, response) => void response.writeHead(302, { location: inside.url }).end())
    ends.push(inside.close, outside.close)
    await fetch(outside.url) // whoever follows redirects is led there
    expect(asked).to.equal(1)
    const gateway = await openAnswerGateway([{ account: 'a.near', url: outside.url }])
    ends.push(gateway.close)
    expect(await gateway.answers.models()).to.deep.equal([])
    expect(asked).to.equal(1)
  })
})
