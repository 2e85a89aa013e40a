import { expect } from 'chai'
import { memoryBus } from '../../../../../workers/gateway/bus/index.ts'
import { briefCache } from '../../../../../workers/gateway/identity/briefCache.ts'
import { busRevocations, isRevoked, type Revoked } from '../../../../../workers/gateway/identity/index.ts'
import { testParts } from '../../../../fixtures/gatewayParts.ts'

describe('revocations', () => {
  it('reach every gateway on the bus, and the one that ends something before anything else', async () => {
    const bus = memoryBus()
    const { log, lines } = testParts()
    const [a, b] = [await busRevocations(bus, log), await busRevocations(bus, log)]
    const heard: string[] = []
    a.listen((what) => heard.push(`a ${what.kind}`))
    const stop = b.listen((what) => heard.push(`b ${what.kind}`))
    a.publish({ kind: 'session', session: 's' })
    expect(heard[0]).to.equal('a session')
    expect(heard).to.include('b session')
    stop()
    b.publish({ kind: 'key', key: 'k' })
    expect(heard.filter((each) => each === 'b key')).to.deep.equal([])
    expect(heard).to.include('a key')
    await bus.publish('revoked', '{"kind":"everything"}')
    expect(lines.map(({ level }) => level)).to.deep.equal(['warn', 'warn'])
    await a.close()
    await b.close()
  })

  it('end what they name and nothing beside it', () => {
    const page = { user: 'near:a', via: { kind: 'session', session: 'x' } } as const
    const program = { user: 'near:a', via: { kind: 'key', key: 'x' } } as const
    const cases: [Revoked, boolean, boolean][] = [
      [{ kind: 'session', session: 'x' }, true, false],
      [{ kind: 'key', key: 'x' }, false, true],
      [{ kind: 'user', user: 'near:a' }, true, true],
      [{ kind: 'user', user: 'near:b' }, false, false],
      [{ kind: 'session', session: 'y' }, false, false],
    ]
    for (const [what, ofPage, ofProgram] of cases) {
      expect([isRevoked(page, what), isRevoked(program, what)]).to.deep.equal([ofPage, ofProgram])
    }
  })
})

describe('what is kept for some seconds', () => {
  it('is read once for many who ask at the same time, and again later', async () => {
    let [time, reads] = [0, 0]
    const cache = briefCache(
      async (key) => `${key}${++reads}`,
      () => time,
    )
    expect(await Promise.all([cache.get('a'), cache.get('a'), cache.get('a')])).to.deep.equal(['a1', 'a1', 'a1'])
    time = 5_000
    expect(await cache.get('a')).to.equal('a2')
  })

  it('is not kept when it was forgotten while it was being read', async () => {
    const answers: ((value: string) => void)[] = []
    const cache = briefCache<string>(
      () => new Promise((resolve) => answers.push(resolve)),
      () => 0,
    )
    const before = cache.get('a')
    cache.forget('a')
    answers[0]!('old')
    expect(await before).to.equal('old')
    const after = cache.get('a')
    answers[1]!('new')
    expect(await after).to.equal('new')
  })

  it('is not kept when there was nothing, or the database was away', async () => {
    const replies: (() => Promise<string | null>)[] = [
      () => Promise.reject(new Error('away')),
      async () => null,
      async () => 'here',
    ]
    const cache = briefCache<string>(
      () => replies.shift()!(),
      () => 0,
    )
    expect(await cache.get('a').catch(({ message }) => message)).to.equal('away')
    expect([await cache.get('a'), await cache.get('a'), await cache.get('a')]).to.deep.equal([null, 'here', 'here'])
  })
})
