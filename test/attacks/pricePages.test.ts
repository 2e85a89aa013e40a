/** Price pages that attack their feeder. Each is carried out first with its defence off, with what it costs whom. */
import type { lookup as systemLookup } from 'node:dns'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { agree } from '../../oracle/feeder/agree.ts'
import { SourceAddressError, SourceReplyError, SourceUnreachableError } from '../../oracle/feeder/errors.ts'
import { fetchText } from '../../oracle/feeder/source/http.ts'
import { feederWorld } from '../fixtures/oracle/fakeOracle.ts'

describe('a price page that is hostile', () => {
  const servers: Server[] = []
  const serve = async (answer: RequestListener): Promise<number> => {
    const server = createServer(answer)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
  const base = { type: 'http', name: 'page', path: '', timeout_ms: 1_000, max_bytes: 65_536 } as const
  const { signal } = new AbortController()
  const failure = (text: Promise<string>): Promise<Error> =>
    text.then(
      () => expect.fail('it answered'),
      (error: Error) => error,
    )
  /** A name that resolves as the test says, each time anew. */
  const names = (...answers: string[][]): typeof systemLookup => {
    let asked = 0
    return ((_host: string, _options: object, done: (e: null, all: object[]) => void) => {
      const answer = answers[Math.min(asked++, answers.length - 1)]
      done(
        null,
        answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    }) as never
  }
  let inside = 0
  let secret: number
  before(async () => {
    secret = await serve((_, response) => {
      inside++
      response.end('"credentials of this machine"')
    })
  })
  beforeEach(() => {
    inside = 0
  })
  after(() => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
  })

  it('that redirects into this machine would be followed by fetch: the operator’s secrets answer', async () => {
    const port = await serve((_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${secret}/` }).end(),
    )
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).to.contain('credentials')
    expect(inside).to.equal(1)
    const error = await failure(
      fetchText({ ...base, url: `http://127.0.0.1:${port}/`, allow_loopback: true }, {}, signal),
    )
    expect(error).to.be.instanceOf(SourceAddressError)
    expect(inside).to.equal(1)
  })

  it('whose name leads into this machine is asked without the look at its address, and never with it', async () => {
    const config = { ...base, url: `http://prices.example:${secret}/`, allow_loopback: false }
    const anywhere = { lookup: names(['127.0.0.1']), allowed: () => true }
    expect(await fetchText({ ...config, allow_loopback: true }, anywhere, signal)).to.contain('credentials')
    for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'fd00:ec2::254']) {
      const https = { ...config, url: `https://prices.example:${secret}/` }
      const error = await failure(fetchText(https, { lookup: names([address]) }, signal))
      expect(error, address).to.be.instanceOf(SourceAddressError)
    }
    expect(inside).to.equal(1)
  })

  it('whose name answers differently the second time is reached where it was looked at, and nowhere else', async () => {
    // On this machine 127.0.0.2 plays the public page, and 127.0.0.1 is what must not be reached.
    const allowed = (address: string): boolean => address === '127.0.0.2'
    const page = createServer((_, response) => response.end('"the page"'))
    servers.push(page)
    await new Promise<void>((resolve) => page.listen(secret, '127.0.0.2', resolve))
    const config = { ...base, url: `http://prices.example:${secret}/`, allow_loopback: true }
    // A look before the request, which then resolves for itself, finds the second answer.
    const rebinding = names(['127.0.0.2'], ['127.0.0.1'])
    const looked = await new Promise<string>((resolve) =>
      rebinding('prices.example', {}, ((_: null, all: { address: string }[]) => resolve(all[0].address)) as never),
    )
    expect(allowed(looked)).to.equal(true)
    expect(await fetchText(config, { lookup: rebinding, allowed: () => true }, signal)).to.contain('credentials')
    expect(inside).to.equal(1)
    const again = { lookup: names(['127.0.0.2'], ['127.0.0.1']), allowed }
    expect(await fetchText(config, again, signal)).to.equal('"the page"')
    expect(await failure(fetchText(config, again, signal)), 'the second answer').to.be.instanceOf(SourceAddressError)
    const both = { lookup: names(['127.0.0.2', '127.0.0.1']), allowed }
    expect(await failure(fetchText(config, both, signal)), 'one of two').to.be.instanceOf(SourceAddressError)
    expect(inside).to.equal(1)
  })

  it('that never ends its body would fill the memory, and is cut at the cap', async () => {
    let sent = 0
    const port = await serve((_, response) => {
      const more = (): void => {
        while (!response.destroyed && sent < 500e6 && response.write('x'.repeat(16_384))) sent += 16_384
      }
      response.on('drain', more)
      more()
    })
    const error = await failure(
      fetchText({ ...base, url: `http://127.0.0.1:${port}/`, allow_loopback: true }, {}, signal),
    )
    expect(error).to.be.instanceOf(SourceReplyError)
    expect(sent).to.be.below(20e6)
  })

  it('that drips a byte a second would hold a round for ever, and is given up in time', async () => {
    const port = await serve((_, response) => {
      const drip = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(drip))
    })
    const url = `http://127.0.0.1:${port}/`
    const begun = Date.now()
    const error = await failure(fetchText({ ...base, url, allow_loopback: true, timeout_ms: 300 }, {}, signal))
    expect(error).to.be.instanceOf(SourceUnreachableError)
    expect(error.message).to.contain('within 300 ms')
    expect(Date.now() - begun).to.be.below(3_000)
  })

  it('alone would set a feeder’s price, and counts for nothing without a second that agrees', async () => {
    const alone = [{ name: 'page', price: 100n }]
    expect(alone[0].price, 'what a feeder of one source reports').to.equal(100n)
    expect(agree(alone, 200)).to.equal(null)
    const world = feederWorld()
    world.says[0] = 5
    await world.feeder.round(signal)
    expect(world.reported).to.deep.equal([])
  })
})
