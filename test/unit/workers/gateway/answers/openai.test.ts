/** OpenAI's own client before the gateway's addresses, and servers with a real model behind them. */
import { expect } from 'chai'
import type OpenAI from 'openai'
import { APIError } from 'openai'
import { type AnswerRecord, replayAnswer } from '../../../../../workers/engine/index.ts'
import { chatPrompt, operations, replySchemas } from '../../../../../workers/gateway/answers/index.ts'
import { loadCanonicalRuntime } from '../../../../../workers/node/runtime/canonical.ts'
import { type AnswerGateway, openAnswerGateway } from '../../../../fixtures/answerGateway.ts'
import {
  type AnswerServer,
  chanting,
  checkpointOf,
  honestPredict,
  MODEL,
  openAnswerServer,
  until,
} from '../../../../fixtures/answerServer.ts'

interface Proof {
  record: AnswerRecord
  prompt: string
  tokens: string
}
const proofOf = (reply: object): Proof => (reply as { blyan: Proof }).blyan
const bytesOf = ({ tokens }: Proof): Buffer => Buffer.from(tokens, 'base64')

async function failure(promise: Promise<unknown>): Promise<InstanceType<typeof APIError>> {
  const error = await promise.then(
    () => null,
    (reason) => reason,
  )
  if (error instanceof APIError) return error
  throw new Error(`expected OpenAI's APIError, got ${error}`)
}

describe("OpenAI's client", () => {
  const { checkpoint, parameters } = checkpointOf('05')
  const model = checkpoint.cid
  const ends: (() => Promise<void>)[] = []
  let server: AnswerServer
  let gateway: AnswerGateway
  let client: OpenAI
  before(async () => {
    const { predict, runtime } = await honestPredict(parameters)
    server = await openAnswerServer({ claimed: [checkpoint], predict, runtime: runtime.wasmSha256 })
    gateway = await openAnswerGateway([server])
    client = gateway.client()
    ends.push(server.close, gateway.close)
  })
  after(async () => {
    for (const end of ends) await end()
  })

  /** A gateway before a server that writes by formula. */
  const chantGateway = async (
    predict: Parameters<typeof openAnswerServer>[0]['predict'],
  ): Promise<{ server: AnswerServer; client: OpenAI; gateway: AnswerGateway }> => {
    const chant = await openAnswerServer({ claimed: [checkpoint], predict })
    const before = await openAnswerGateway([chant])
    ends.push(chant.close, before.close)
    return { server: chant, client: before.client(), gateway: before }
  }

  it('lists the models and looks one up', async () => {
    const { data } = await client.models.list()
    expect(data.map(({ id, object, owned_by }) => [id, object, owned_by])).to.deep.equal([[model, 'model', 'task-1']])
    expect(await client.models.retrieve(model)).to.deep.equal(data[0])
    expect((await failure(client.models.retrieve('bafkother'))).status).to.equal(404)
  })

  it('completes a text, with usage, reason and a record that replays to the same bytes', async () => {
    const reply = await client.completions.create({ model, prompt: 'The function ', max_tokens: 20, seed: 7 })
    expect(reply.object).to.equal('text_completion')
    expect(reply.usage).to.deep.equal({ prompt_tokens: 13, completion_tokens: 20, total_tokens: 33 })
    expect(reply.choices[0].finish_reason).to.equal('length')
    const proof = proofOf(reply)
    expect(reply.choices[0].text).to.equal(new TextDecoder().decode(bytesOf(proof)))
    const runtime = await loadCanonicalRuntime()
    const known = { runtime, model: MODEL, parameters }
    const { faults, tokens } = await replayAnswer(proof.record, Buffer.from(proof.prompt), known)
    expect(faults).to.deep.equal([])
    expect(Buffer.from(tokens!)).to.deep.equal(bytesOf(proof))
    expect(proof.record.seed).to.equal('0000000000000007')
  })

  it('streams a chat whose pieces are the whole, and whose last chunk carries the record', async () => {
    const messages = [{ role: 'user', content: 'Hello' }] as const
    const ask = { model: 'latest', messages: [...messages], max_tokens: 20, seed: 3, temperature: 0.7 }
    const whole = await client.chat.completions.create(ask)
    let text = ''
    const chunks: OpenAI.ChatCompletionChunk[] = []
    const stream = await client.chat.completions.create({
      ...ask,
      stream: true,
      stream_options: { include_usage: true },
    })
    for await (const chunk of stream) {
      chunks.push(chunk)
      text += chunk.choices[0]?.delta.content ?? ''
    }
    expect(text).to.equal(whole.choices[0].message.content)
    expect(chunks[0].choices[0].delta.role).to.equal('assistant')
    const last = chunks.at(-2)!
    expect(last.choices[0].finish_reason).to.equal(whole.choices[0].finish_reason)
    expect(chunks.at(-1)!.usage).to.deep.equal(whole.usage)
    expect(new Set(chunks.map(({ id }) => id)).size).to.equal(1)
    const { record, prompt } = proofOf(last)
    expect(prompt).to.equal(chatPrompt([...messages]))
    expect(record.tokensHash).to.equal(proofOf(whole).record.tokensHash)
  })

  it('streams completions too', async () => {
    const ask = { model, prompt: 'x', max_tokens: 12, seed: 1 }
    const whole = await client.completions.create(ask)
    let text = ''
    for await (const chunk of await client.completions.create({ ...ask, stream: true })) text += chunk.choices[0].text
    expect(text).to.equal(whole.choices[0].text)
  })

  it('never shows a part of a stop text, and says that it stopped', async () => {
    const { client: chant } = await chantGateway(chanting('one two END three '))
    const reply = await chant.completions.create({ model, prompt: '', max_tokens: 40, stop: ['END', 'END three'] })
    expect([reply.choices[0].text, reply.choices[0].finish_reason]).to.deep.equal(['one two ', 'stop'])
    let text = ''
    const stream = await chant.completions.create({ model, prompt: '', max_tokens: 40, stop: 'two', stream: true })
    for await (const chunk of stream) text += chunk.choices[0].text
    expect(text).to.equal(' three one ')
  })

  it('keeps characters of several bytes whole', async () => {
    const { client: chant } = await chantGateway(chanting('Größe €5 😀 '))
    const pieces: string[] = []
    const stream = await chant.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Hi' }],
      max_tokens: 18,
      stream: true,
    })
    for await (const chunk of stream) pieces.push(chunk.choices[0].delta.content ?? '')
    expect(pieces.join('')).to.equal('Größe €5 😀 ')
    expect(pieces).to.include('€')
    const stopped = await chant.completions.create({ model, prompt: '', max_tokens: 40, stop: '€' })
    expect([stopped.choices[0].text, stopped.choices[0].finish_reason]).to.deep.equal(['Größe ', 'stop'])
  })

  it('gets each refusal in the shape that it knows', async () => {
    const chat = (more: object): Promise<unknown> =>
      client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }], ...more })
    const refusals: [() => Promise<unknown>, number, string | null, string][] = [
      [() => chat({ max_tokens: 5000 }), 400, 'max_tokens', 'ANSWERS_REQUEST'],
      [() => chat({ max_completion_tokens: 5000 }), 400, 'max_completion_tokens', 'ANSWERS_REQUEST'],
      [() => chat({ model: 'gpt-4' }), 404, 'model', 'ANSWERS_MODEL_UNKNOWN'],
      [() => chat({ n: 2 }), 400, 'n', 'ANSWERS_REQUEST'],
      [() => chat({ top_p: 0.5 }), 400, 'top_p', 'ANSWERS_REQUEST'],
      [() => chat({ temperature: 3 }), 400, 'temperature', 'ANSWERS_REQUEST'],
      [() => chat({ messages: [] }), 400, 'messages', 'ANSWERS_REQUEST'],
      [() => chat({ tools: [{ type: 'function', function: { name: 'f' } }] }), 400, 'tools.0', 'ANSWERS_REQUEST'],
      [() => client.completions.create({ model, prompt: 'x'.repeat(40_000) }), 400, 'prompt', 'ANSWERS_REQUEST'],
      [() => client.completions.create({ model, prompt: 'x'.repeat(400_000) }), 413, null, 'HTTP_BODY_TOO_LARGE'],
      [() => gateway.client('read_only').models.list() as Promise<unknown>, 403, null, 'HTTP_NOT_ENTITLED'],
      [() => gateway.client('nothing').models.list() as Promise<unknown>, 401, null, 'TEST_BAD_KEY'],
    ]
    for (const [asked, status, param, code] of refusals) {
      const error = await failure(asked())
      expect([error.status, error.param ?? null, error.code], error.message).to.deep.equal([status, param, code])
    }
    const raw = await fetch(`${gateway.url}/v1/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer bly_one', 'content-type': 'application/json' },
      body: '{"__proto__":{"model":"x"},',
    })
    expect([raw.status, ((await raw.json()) as { error: { type: string } }).error.type]).to.deep.equal([
      400,
      'invalid_request_error',
    ])
  })

  it('ends the work of the server when it goes away in the middle, streaming or not', async () => {
    for (const isStream of [true, false]) {
      let release = (): void => {}
      const paced = chanting('abc', () => new Promise((resolve) => (release = resolve)))
      const { server: slow, client: chant, gateway: before } = await chantGateway(paced)
      const leave = new AbortController()
      const asked = chant.completions.create(
        { model, prompt: '', max_tokens: 1000, stream: isStream },
        { signal: leave.signal },
      )
      asked.catch(() => {})
      for (let byte = 1; byte <= 5; byte++) {
        await until(() => slow.computed() === byte)
        release()
      }
      if (isStream) {
        for await (const chunk of (await asked) as AsyncIterable<OpenAI.Completion>) {
          expect(chunk.choices[0].text).to.equal('a')
          break // the client ends its request
        }
      } else leave.abort()
      await until(() => {
        release() // the byte under way then is the last one
        return slow.door.places.taken === 0
      })
      await until(() => before.places.all.taken === 0)
      expect(slow.computed()).to.be.lessThan(100)
    }
  })

  it('finds every answer as the description says, strictly, errors too', async () => {
    const ask = async (path: string, body?: object): Promise<[number, unknown]> => {
      const response = await fetch(`${gateway.url}${path}`, {
        headers: { authorization: 'Bearer bly_one', ...(body && { 'content-type': 'application/json' }) },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      })
      return [response.status, await response.json()]
    }
    const messages = [{ role: 'user', content: 'Hi' }]
    const cases: [string, object | undefined, number, keyof typeof replySchemas][] = [
      ['/v1/models', undefined, 200, 'models'],
      [`/v1/models/${model}`, undefined, 200, 'model'],
      ['/v1/models/other', undefined, 404, 'error'],
      ['/v1/completions', { model, max_tokens: 3 }, 200, 'completions'],
      ['/v1/completions', { model, max_tokens: 0 }, 400, 'error'],
      ['/v1/chat/completions', { model, messages, max_tokens: 3 }, 200, 'chat'],
      ['/v1/chat/completions', { model: 'other', messages }, 404, 'error'],
    ]
    for (const [path, body, status, schema] of cases) {
      const [said, reply] = await ask(path, body)
      expect(said, path).to.equal(status)
      replySchemas[schema].parse(reply)
    }
    expect(JSON.stringify(operations)).to.include('"max_tokens"').and.include('predictionsHash')
  })

  it('gives its request one id, from its header to the log of the server', async () => {
    const lines: [string, unknown][] = []
    const { predict } = await honestPredict(parameters)
    const told = await openAnswerServer({
      claimed: [checkpoint],
      predict,
      log: (what, data) => void lines.push([what, data?.id]),
    })
    const before = await openAnswerGateway([told])
    ends.push(told.close, before.close)
    await before
      .client()
      .completions.create({ model, prompt: 'x', max_tokens: 2 }, { headers: { 'x-request-id': 'seen-everywhere-1' } })
    expect(lines).to.deep.equal([['answered', 'seen-everywhere-1']])
  })

  it('is told in the stream, without [DONE], when all servers fail in the middle', async () => {
    let written = 0
    const { client: chant } = await chantGateway(async () => {
      if (written++ === 3) throw new Error('the runtime broke')
      return Float32Array.from({ length: 256 }, (_, byte) => Number(byte === 97))
    })
    const stream = await chant.completions.create({ model, prompt: '', max_tokens: 9, stream: true })
    let text = ''
    const error = await (async () => {
      for await (const chunk of stream) text += chunk.choices[0].text
    })().catch((reason) => reason)
    expect(text).to.equal('aaa')
    expect(error).to.be.instanceOf(APIError)
    expect((error as InstanceType<typeof APIError>).code).to.equal('ANSWERS_SERVER_FAILED')
  })

  it('is told when no server has a model', async () => {
    const none = await openAnswerGateway([])
    ends.push(none.close)
    expect((await none.client().models.list()).data).to.deep.equal([])
    const error = await failure(none.client().completions.create({ model: 'latest', prompt: 'x' }))
    expect([error.status, error.code]).to.deep.equal([503, 'ANSWERS_NO_SERVER'])
  })
})
