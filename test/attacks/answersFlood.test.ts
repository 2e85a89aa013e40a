/** Askers who want all of a server for themselves: answers without end, a full queue, sockets that nobody reads. */
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { APIError } from 'openai'
import type { GatewayAnswerLimits } from '../../workers/gateway/answers/index.ts'
import type { AnswerLimits } from '../../workers/node/serve/limits.ts'
import { type AnswerGateway, openAnswerGateway } from '../fixtures/answerGateway.ts'
import { type AnswerServer, chanting, checkpointOf, openAnswerServer, until } from '../fixtures/answerServer.ts'

const { checkpoint } = checkpointOf('05')
const NONE = Number.POSITIVE_INFINITY
const model = checkpoint.cid

interface World {
  readonly server: AnswerServer
  readonly gateway: AnswerGateway
  /** Computes so many bytes, in the order in which they were asked for. */
  step(count?: number): Promise<void>
}

describe('askers who flood', () => {
  const ends: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  /** One server that writes one answer at a time, a byte whenever the test says so. */
  async function world(limits: {
    server?: Partial<AnswerLimits>
    gateway?: Partial<GatewayAnswerLimits>
  }): Promise<World> {
    const waiting: (() => void)[] = []
    const predict = chanting('abc', () => new Promise((resolve) => void waiting.push(resolve)))
    const server = await openAnswerServer({ claimed: [checkpoint], predict, limits: { running: 1, ...limits.server } })
    const gateway = await openAnswerGateway([server], { limits: { running: 1, ...limits.gateway } })
    ends.push(server.close, gateway.close)
    const step = async (count = 1): Promise<void> => {
      for (let i = 0; i < count; i++) {
        await until(() => waiting.length > 0)
        waiting.shift()!()
      }
    }
    return { server, gateway, step }
  }
  const ask = ({ gateway }: World, key: string, tokens: number): Promise<string> =>
    gateway
      .client(key)
      .completions.create({ model, prompt: 'x', max_tokens: tokens })
      .then(
        ({ usage }) => `${usage?.completion_tokens} tokens`,
        (error) => (error instanceof APIError && error.status ? `${error.status} ${error.code}` : 'cut off'),
      )
  /** Lets the server compute until an answer is there; @returns how many bytes that took */
  const servedAfter = async (at: World, answer: Promise<string>, atMost: number): Promise<number | null> => {
    let isThere = false
    void answer.then(() => (isThere = true))
    const before = at.server.computed()
    while (!isThere && at.server.computed() - before < atMost) {
      await at.step()
      const count = at.server.computed()
      await until(() => isThere || at.server.computed() > count)
    }
    return isThere ? at.server.computed() - before : null
  }

  describe('one answer without end', () => {
    it('without a cap: the victim waits behind a million tokens', async () => {
      const at = await world({ server: { maxTokens: NONE }, gateway: { maxTokens: NONE, running: 2 } })
      void ask(at, 'bly_attacker', 1_000_000)
      await until(() => at.server.computed() === 1)
      expect(await servedAfter(at, ask(at, 'bly_victim', 3), 100)).to.equal(null)
    })

    it('with it: the gateway refuses at once, so does the server itself, and the victim is served', async () => {
      const at = await world({ gateway: { running: 2 } })
      expect(await ask(at, 'bly_attacker', 1_000_000)).to.equal('400 ANSWERS_REQUEST')
      const direct = await fetch(`${at.server.url}/v1/generate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ prompt: '', seed: '', maxTokens: 1_000_000, temperature: 1 }),
      })
      expect(direct.status).to.equal(400)
      const answer = ask(at, 'bly_victim', 3)
      expect(await servedAfter(at, answer, 100)).to.equal(3)
      expect(await answer).to.equal('3 tokens')
    })
  })

  describe('a full queue', () => {
    const ANSWERS = 20
    const flood = async (at: World): Promise<Promise<string>[]> => {
      const asked = Array.from({ length: ANSWERS }, () => ask(at, 'bly_attacker', 8))
      const refused: string[] = []
      for (const each of asked) void each.then((text) => refused.push(text))
      await until(() => at.gateway.places.all.waiting + at.gateway.places.all.taken + refused.length === ANSWERS)
      return asked
    }

    it('without a cap a key: twenty requests of one key stand before the victim', async () => {
      const at = await world({ gateway: { perKey: NONE } })
      await flood(at)
      const victim = ask(at, 'bly_victim', 3)
      await until(() => at.gateway.places.all.waiting === ANSWERS)
      expect(await servedAfter(at, victim, 8 * ANSWERS)).to.equal(null)
    })

    it('with it: two of them do, and the rest is refused at once', async () => {
      const at = await world({ gateway: { perKey: 2 } })
      const asked = await flood(at)
      const victim = ask(at, 'bly_victim', 3)
      await until(() => at.gateway.places.all.waiting === 2)
      expect(await servedAfter(at, victim, 8 * ANSWERS)).to.be.at.most(2 * 8 + 3)
      const refused = (await Promise.all(asked)).filter((text) => text === '429 ANSWERS_KEY_LIMIT')
      expect(refused.length).to.equal(ANSWERS - 2)
    })

    it('many keys: the queue has an end, and who stands behind it hears so at once', async () => {
      const open = await world({ gateway: { queued: NONE } })
      for (let key = 0; key < ANSWERS; key++) void ask(open, `bly_${key}`, 8)
      await until(() => open.gateway.places.all.waiting === ANSWERS - 1)
      const capped = await world({ gateway: { queued: 5 } })
      const asked = Array.from({ length: ANSWERS }, (_, key) => ask(capped, `bly_${key}`, 8))
      const refused: string[] = []
      for (const each of asked) void each.then((text) => refused.push(text))
      await until(() => refused.length === ANSWERS - 6)
      expect(new Set(refused)).to.deep.equal(new Set(['503 ANSWERS_BUSY']))
    })
  })

  describe('a stream that nobody reads', () => {
    const TOKENS = 30_000 // some 9 MB of events: more than two sockets' buffers
    /** An asker who sends its request and never reads a byte of the answer. */
    function neverRead(url: string): Socket {
      const { hostname, port } = new URL(url)
      const body = JSON.stringify({ model, prompt: 'x', max_tokens: TOKENS, stream: true })
      const socket = connect(Number(port), hostname)
      socket.pause()
      socket.on('error', () => {})
      socket.write(
        `POST /v1/completions HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer bly_attacker\r\n` +
          `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
      ends.push(async () => void socket.destroy())
      return socket
    }
    async function besieged(stallMs: number): Promise<{ server: AnswerServer; gateway: AnswerGateway }> {
      const server = await openAnswerServer({
        claimed: [checkpoint],
        predict: chanting('abc'),
        limits: { running: 1, maxTokens: TOKENS },
      })
      const gateway = await openAnswerGateway([server], {
        limits: { running: 1, waitMs: 400, maxTokens: TOKENS, replyBytes: 10_000_000, stallMs },
      })
      ends.push(server.close, gateway.close)
      neverRead(gateway.url)
      await until(() => server.computed() === TOKENS && server.door.places.taken === 0, 20_000)
      return { server, gateway }
    }
    const victim = (gateway: AnswerGateway): Promise<string> => ask({ gateway } as World, 'bly_victim', 3)

    it('never cut, it holds its place for ever: the victim is turned away', async () => {
      const { gateway } = await besieged(NONE)
      expect(gateway.places.all.taken).to.equal(1)
      expect(await victim(gateway)).to.equal('503 ANSWERS_BUSY')
    })

    it('cut after a while, it frees its place: the victim is served', async () => {
      const { gateway } = await besieged(100)
      await until(() => gateway.places.all.taken === 0)
      expect(await victim(gateway)).to.equal('3 tokens')
    })
  })
})
