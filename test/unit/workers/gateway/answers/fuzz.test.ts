/** Seeded bodies at both doors, plausible and absurd: each is answered or refused as described, none breaks anything. */
import { expect } from 'chai'
import fc from 'fast-check'
import { replySchemas } from '../../../../../workers/gateway/answers/index.ts'
import { type AnswerGateway, openAnswerGateway } from '../../../../fixtures/answerGateway.ts'
import { type AnswerServer, chanting, checkpointOf, openAnswerServer } from '../../../../fixtures/answerServer.ts'

const { checkpoint } = checkpointOf('05')
const RUNS = 200

/** Values of the kind that a field may or may not take. */
const odd = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, -1, 1.5, 1e308, 2 ** 53, '', 'stop', '\ud800', [], {}, ['a'], [1], 'latest'),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.integer(),
  fc.jsonValue({ maxDepth: 3 }),
)
const model = fc.oneof({ weight: 6, arbitrary: fc.constant(checkpoint.cid) }, fc.constant('gpt-4'), odd)
const count = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 20 }) }, odd)
const heat = fc.oneof({ weight: 4, arbitrary: fc.double({ min: 0, max: 2, noNaN: true }) }, odd)
const text = fc.oneof({ weight: 4, arbitrary: fc.string({ unit: 'binary' }) }, odd)
const stop = fc.oneof(
  { weight: 2, arbitrary: fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 4 }) },
  odd,
)
/** Mostly what asks for nothing. */
const none = fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, odd)
const completion = fc.record(
  {
    model,
    prompt: text,
    max_tokens: count,
    temperature: heat,
    stop,
    seed: fc.oneof(fc.maxSafeInteger(), odd),
    n: none,
  },
  { requiredKeys: ['model', 'max_tokens'] },
)
const message = fc.record({
  role: fc.oneof({ weight: 6, arbitrary: fc.constantFrom('user', 'system', 'assistant') }, fc.constant('tool'), odd),
  content: text,
})
const chat = fc.record(
  {
    model,
    messages: fc.oneof(fc.array(message, { maxLength: 4 }), odd),
    max_tokens: count,
    temperature: heat,
    tools: none,
  },
  { requiredKeys: ['model', 'messages', 'max_tokens'] },
)
const direct = fc.record(
  { model, prompt: text, seed: fc.oneof(fc.constant('00'), odd), maxTokens: count, temperature: heat, stop },
  { requiredKeys: ['prompt', 'seed', 'maxTokens', 'temperature'] },
)

describe('bodies of all kinds', () => {
  let server: AnswerServer
  let gateway: AnswerGateway
  before(async () => {
    server = await openAnswerServer({ claimed: [checkpoint], predict: chanting('abc') })
    gateway = await openAnswerGateway([server])
  })
  after(async () => {
    await gateway.close()
    await server.close()
  })

  const post = (url: string, body: unknown): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { authorization: 'Bearer bly_one', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  for (const [path, body, schema] of [
    ['/v1/completions', completion, replySchemas.completions],
    ['/v1/chat/completions', chat, replySchemas.chat],
  ] as const) {
    it(`get 200, 400 or 404 at ${path}, in the described form`, async () => {
      const seen = new Set<number>()
      await fc.assert(
        fc.asyncProperty(body, async (sent) => {
          const response = await post(gateway.url + path, sent)
          const reply = await response.json()
          seen.add(response.status)
          expect(response.status, JSON.stringify(sent)).to.be.oneOf([200, 400, 404])
          if (response.status === 200) schema.parse(reply)
          else replySchemas.error.parse(reply)
        }),
        { seed: 7, numRuns: RUNS },
      )
      expect([...seen].sort()).to.deep.equal([200, 400, 404])
      expect(gateway.log, 'no server was blamed').to.deep.equal([])
      expect(gateway.places.all.taken).to.equal(0)
    })
  }

  it('get 200, 400 or 404 at the server itself', async () => {
    const seen = new Set<number>()
    await fc.assert(
      fc.asyncProperty(direct, async (sent) => {
        const response = await post(`${server.url}/v1/generate`, sent)
        const reply = await response.text()
        seen.add(response.status)
        expect(response.status, JSON.stringify(sent)).to.be.oneOf([200, 400, 404])
        if (response.status === 200) expect(reply.trim().split('\n').at(-1)).to.match(/^\{"record":/)
      }),
      { seed: 8, numRuns: RUNS },
    )
    expect([...seen].sort()).to.deep.equal([200, 400, 404])
    expect(server.door.places.taken).to.equal(0)
  })
})
