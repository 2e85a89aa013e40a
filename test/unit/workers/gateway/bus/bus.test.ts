/** Both buses keep the same promises; Redis is a real one of Debian's. */
import { expect } from 'chai'
import { type Bus, BusError, memoryBus, redisBus } from '../../../../../workers/gateway/bus/index.ts'
import { freePort } from '../../../../../workers/gateway/compose/address.ts'
import { REDIS, startRedis } from '../../../../fixtures/redisServer.ts'

function behavesLikeBus(name: string, open: () => Promise<{ a: Bus; b: Bus; close(): Promise<void> }>): void {
  describe(name, () => {
    let site: Awaited<ReturnType<typeof open>>
    before(async () => {
      site = await open()
    })
    after(() => site?.close())

    it('tells every gateway, the sender included, in order, and none of another topic', async () => {
      const heard: string[] = []
      let wake = () => {}
      const listen = (who: string) => (message: string) => {
        heard.push(`${who} ${message}`)
        wake()
      }
      const stops = [await site.a.subscribe('block', listen('a')), await site.b.subscribe('block', listen('b'))]
      await site.b.subscribe('other', listen('wrong'))
      await site.a.publish('block', '1')
      await site.a.publish('block', '2')
      while (heard.length < 4) await new Promise<void>((done) => (wake = done))
      expect(heard.filter((each) => each.startsWith('a'))).to.deep.equal(['a 1', 'a 2'])
      expect(heard.filter((each) => each.startsWith('b'))).to.deep.equal(['b 1', 'b 2'])
      for (const stop of stops) await stop()
      await site.a.publish('block', '3')
      await site.a.publish('other', 'end')
      while (!heard.includes('wrong end')) await new Promise<void>((done) => (wake = done))
      expect(heard.some((each) => each.endsWith(' 3'))).to.equal(false)
    })
  })
}

behavesLikeBus('the bus in memory', async () => {
  const bus = memoryBus()
  return { a: bus, b: bus, close: () => bus.close() }
})

if (REDIS !== undefined) {
  behavesLikeBus('the bus over Redis', async () => {
    const server = await startRedis()
    const [a, b] = [await redisBus(server.url), await redisBus(server.url)]
    const close = async (): Promise<void> => {
      await Promise.all([a.close(), b.close()])
      await server.kill()
    }
    return { a, b, close }
  })
} else {
  it.skip('Redis is absent: the bus over Redis')
}

it('a bus without its Redis is an error that says what to do', async () => {
  const port = await freePort()
  const error = await redisBus(`redis://127.0.0.1:${port}`).catch((caught: unknown) => caught)
  expect(error).to.be.instanceOf(BusError).with.property('fix').that.includes('REDIS_URL')
})
