/** A server's door over real sockets: lines, records, limits, askers who leave, names that are not its own. */
import { request as httpRequest } from 'node:http'
import { expect } from 'chai'
import {
  type AnswerRecord,
  answerRecordSchema,
  generate,
  isSigned,
  replayAnswer,
} from '../../../../../workers/engine/index.ts'
import { loadCanonicalRuntime } from '../../../../../workers/node/runtime/canonical.ts'
import type { AnswerLine } from '../../../../../workers/node/serve/answer.ts'
import {
  type AnswerServer,
  chanting,
  checkpointOf,
  honestPredict,
  MODEL,
  openAnswerServer,
  until,
} from '../../../../fixtures/answerServer.ts'

const ASK = { prompt: 'The function ', seed: '07', maxTokens: 24, temperature: 0.8 }

const post = (url: string, body: unknown, init: RequestInit = {}): Promise<Response> =>
  fetch(`${url}/v1/generate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  })

async function linesOf(response: Response): Promise<AnswerLine[]> {
  const text = await response.text()
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

function tokensOf(lines: readonly AnswerLine[]): Buffer {
  return Buffer.concat(lines.flatMap((line) => ('token' in line ? [Buffer.from(line.token, 'base64')] : [])))
}

const recordOf = (lines: readonly AnswerLine[]): AnswerRecord =>
  answerRecordSchema.parse((lines.at(-1) as { record: unknown }).record)

describe('the door of a server', () => {
  const { checkpoint, parameters } = checkpointOf('05')
  const servers: AnswerServer[] = []
  const open = async (options: Partial<Parameters<typeof openAnswerServer>[0]> = {}): Promise<AnswerServer> => {
    const { predict, runtime } = await honestPredict(parameters)
    const server = await openAnswerServer({
      claimed: [checkpoint],
      predict,
      runtime: runtime.wasmSha256,
      ...options,
    })
    servers.push(server)
    return server
  }
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close()
  })

  it('streams the very bytes that the engine writes, and a record that replays to them', async () => {
    const server = await open()
    const lines = await linesOf(await post(server.url, ASK))
    expect(lines[0]).to.deep.equal({ model: checkpoint.cid, task: '1', round: 1 })
    const runtime = await loadCanonicalRuntime()
    const written = await generate({
      ...runtime,
      model: MODEL,
      parameters,
      prompt: Buffer.from(ASK.prompt),
      length: ASK.maxTokens,
      seed: ASK.seed,
      temperature: ASK.temperature,
    })
    expect(tokensOf(lines)).to.deep.equal(Buffer.from(written))
    const record = recordOf(lines)
    expect(record).to.include({ model: checkpoint.cid, tokens: 24, finish: 'length', account: 'server.test.near' })
    const replay = await replayAnswer(
      record,
      Buffer.from(ASK.prompt),
      { runtime, model: MODEL, parameters },
      { publicKey: server.publicKey },
    )
    expect(replay.faults).to.deep.equal([])
    expect(Buffer.from(replay.tokens!)).to.deep.equal(Buffer.from(written))
  })

  it('a record of other parameters, another prompt, another key or changed fields is found false', async () => {
    const server = await open()
    const record = recordOf(await linesOf(await post(server.url, ASK)))
    const runtime = await loadCanonicalRuntime()
    const known = { runtime, model: MODEL, parameters }
    const prompt = Buffer.from(ASK.prompt)
    const faults = async (...args: Parameters<typeof replayAnswer>) => (await replayAnswer(...args)).faults
    expect(isSigned({ ...record, tokens: 23 })).to.equal(false)
    expect(await faults({ ...record, seed: '08' }, prompt, known)).to.deep.equal(['signature', 'tokens', 'predictions'])
    expect(await faults(record, Buffer.from('Other'), known)).to.deep.equal(['prompt'])
    expect(await faults(record, prompt, known, { publicKey: 'ed25519:other' })).to.deep.equal(['key'])
    const other = checkpointOf('06').parameters
    expect(await faults(record, prompt, { ...known, parameters: other })).to.deep.equal([
      'model',
      'tokens',
      'predictions',
    ])
  })

  it('ends behind the first stop text, and the replay ends there too', async () => {
    const server = await open()
    const whole = tokensOf(await linesOf(await post(server.url, ASK)))
    const at = whole.findIndex((byte) => byte >= 32 && byte < 127)
    const stop = String.fromCharCode(whole[at])
    const lines = await linesOf(await post(server.url, { ...ASK, stop: [stop] }))
    expect(tokensOf(lines)).to.deep.equal(whole.subarray(0, at + 1))
    const record = recordOf(lines)
    expect(record.finish).to.equal('stop')
    const runtime = await loadCanonicalRuntime()
    const { faults } = await replayAnswer(record, Buffer.from(ASK.prompt), { runtime, model: MODEL, parameters })
    expect(faults).to.deep.equal([])
  })

  it('computes nothing more for an asker who left', async () => {
    let release = (): void => {}
    const paced = chanting('abc', () => new Promise((resolve) => (release = resolve)))
    const server = await open({ predict: paced })
    const leave = new AbortController()
    const response = await post(server.url, { ...ASK, maxTokens: 1000 }, { signal: leave.signal })
    await until(() => server.computed() === 1)
    release()
    await until(() => server.computed() === 2)
    leave.abort()
    await response.text().catch(() => {})
    await until(() => {
      release() // the byte under way when the asker left is the last one
      return server.door.places.taken === 0
    })
    expect(server.computed()).to.be.at.most(4)
  })

  it('ends an answer whose time is over, with a record that says so and replays', async () => {
    let clock = 0
    const { predict } = await honestPredict(parameters)
    const server = await open({ predict, now: () => (clock += 10), limits: { answerMs: 60 } })
    const record = recordOf(await linesOf(await post(server.url, ASK)))
    expect(record.finish).to.equal('time')
    expect(record.tokens).to.be.greaterThan(0).and.lessThan(ASK.maxTokens)
    const runtime = await loadCanonicalRuntime()
    const { faults } = await replayAnswer(record, Buffer.from(ASK.prompt), { runtime, model: MODEL, parameters })
    expect(faults).to.deep.equal([])
  })

  it('refuses what does not fit, each with its field', async () => {
    const server = await open({ predict: chanting('x') })
    const refusals: [unknown, number, string][] = [
      ['{', 400, 'body'],
      [{ ...ASK, maxTokens: 1025 }, 400, 'maxTokens'],
      [{ ...ASK, maxTokens: 0 }, 400, 'maxTokens'],
      [{ ...ASK, temperature: -1 }, 400, 'temperature'],
      [{ ...ASK, seed: 'xyz' }, 400, 'seed'],
      [{ ...ASK, prompt: 'x'.repeat(40_000) }, 400, 'prompt'],
      [{ ...ASK, prompt: 'x'.repeat(400_000) }, 400, 'body'],
      [{ ...ASK, stop: ['a', 'b', 'c', 'd', 'e'] }, 400, 'stop'],
      [{ ...ASK, __proto__: null, extra: 1 }, 400, ''],
      [{ ...ASK, model: 'bafkother' }, 404, 'model'],
    ]
    for (const [body, status, field] of refusals) {
      const response = await post(server.url, body)
      const { error } = (await response.json()) as { error: { data: { field: string } } }
      expect([response.status, error.data.field], JSON.stringify(body).slice(0, 80)).to.deep.equal([status, field])
    }
    expect((await post(server.url, ASK, { headers: { 'content-type': 'text/plain' } })).status).to.equal(400)
    expect((await fetch(`${server.url}/v1/other`)).status).to.equal(404)
    expect(server.computed()).to.equal(0)
  })

  it('says what it writes with, and that it has nothing yet', async () => {
    const server = await open()
    const models = await (await fetch(`${server.url}/v1/model`)).json()
    expect(models).to.deep.include({
      account: 'server.test.near',
      publicKey: server.publicKey,
      models: [
        {
          id: checkpoint.cid,
          file: checkpoint.file,
          sha256: checkpoint.sha256,
          task: '1',
          round: 1,
          parameters: parameters.length,
          context: 16,
          since: checkpoint.since,
        },
      ],
    })
    const empty = await open({ claimed: [] })
    const refused = await post(empty.url, ASK)
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([503, '2'])
  })

  it('answers from a model that was replaced a moment ago when it is asked for by name, but lists it no more', async () => {
    const { checkpoint: before } = checkpointOf('06')
    const server = await open({ retired: [before], predict: chanting('x') })
    expect(recordOf(await linesOf(await post(server.url, { ...ASK, model: before.cid }))).model).to.equal(before.cid)
    expect(recordOf(await linesOf(await post(server.url, ASK))).model).to.equal(checkpoint.cid)
    const { models } = (await (await fetch(`${server.url}/v1/model`)).json()) as { models: object[] }
    expect(models.length).to.equal(1)
  })

  it('answers under its own names alone: a page that bound its name to this address learns nothing', async () => {
    const server = await open()
    const status = (host: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const asked = httpRequest(`${server.url}/v1/model`, { headers: { host } }, (response) => {
          response.resume()
          resolve(response.statusCode!)
        })
        asked.on('error', reject).end()
      })
    expect(await status('localhost:1234')).to.equal(200)
    expect(await status('evil.example')).to.equal(421)
    expect(await status('127.0.0.1.evil.example')).to.equal(421)
    expect((await fetch(`${server.url}/v1/model`)).headers.get('access-control-allow-origin')).to.equal(null)
  })

  it('writes several answers at once and keeps the rest waiting, in order; past the queue it refuses at once', async () => {
    const gates: (() => void)[] = []
    const paced = chanting('abc', () => new Promise((resolve) => void gates.push(resolve)))
    const server = await open({ predict: paced, limits: { running: 2, queued: 1 } })
    const asked = [1, 2, 3].map(() => post(server.url, { ...ASK, maxTokens: 2 }))
    await until(() => server.door.places.taken === 2 && server.door.places.waiting === 1)
    const refused = await post(server.url, ASK)
    expect(refused.status).to.equal(503)
    const opening = setInterval(() => gates.shift()?.(), 1)
    for (const response of await Promise.all(asked)) expect(recordOf(await linesOf(response)).tokens).to.equal(2)
    clearInterval(opening)
    expect([server.door.places.taken, server.door.places.waiting]).to.deep.equal([0, 0])
  })

  it('lets nobody wait for ever', async () => {
    const server = await open({ predict: () => new Promise(() => {}), limits: { running: 1, waitMs: 30 } })
    const held = new AbortController()
    const first = post(server.url, ASK, { signal: held.signal }).then((response) => response.text())
    first.catch(() => {})
    await until(() => server.door.places.taken === 1)
    const late = await post(server.url, ASK)
    expect([late.status, ((await late.json()) as { error: { code: string } }).error.code]).to.deep.equal([
      503,
      'SERVE_BUSY',
    ])
    held.abort()
  })
})
