/** Servers that break off, lie, stall or contradict each other, and what the asker gets then. */
import type { RequestListener } from 'node:http'
import { expect } from 'chai'
import { keyPairFromPhrase } from '../../../../../chain/lib/key.ts'
import { type AnswerRecord, signRecord } from '../../../../../workers/engine/index.ts'
import type { AnswersOptions, CompletionEvent } from '../../../../../workers/gateway/answers/index.ts'
import { type AnswerGateway, openAnswerGateway } from '../../../../fixtures/answerGateway.ts'
import {
  type AnswerServer,
  chanting,
  checkpointOf,
  listen,
  openAnswerServer,
} from '../../../../fixtures/answerServer.ts'

const { checkpoint } = checkpointOf('05')
const ASK = { prompt: 'x', maxTokens: 6, temperature: 0, seed: '01' }

describe('answers from servers of strangers', () => {
  const ends: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })
  const gatewayOf = async (
    servers: readonly Pick<AnswerServer, 'account' | 'url'>[],
    options: Partial<AnswersOptions> = {},
  ): Promise<AnswerGateway> => {
    // The first of equally busy servers is taken.
    const gateway = await openAnswerGateway(servers, { random: (length) => new Uint8Array(length), ...options })
    ends.push(gateway.close)
    return gateway
  }
  const honest = async (account: string, text = 'abcdef'): Promise<AnswerServer> => {
    const server = await openAnswerServer({ claimed: [checkpoint], predict: chanting(text), account })
    ends.push(server.close)
    return server
  }
  /** Lists a model like an honest server and answers in its own way. */
  const crooked = async (account: string, answer: RequestListener): Promise<{ account: string; url: string }> => {
    const { url, close } = await listen((request, response) => {
      if (request.url !== '/v1/model') return answer(request, response)
      const { cid: id, sha256, task, round, size: parameters, since } = checkpoint
      const models = [{ id, sha256, task, round, parameters, context: 16, since }]
      response.end(JSON.stringify({ account, publicKey: keyPairFromPhrase(account).publicKey, models }))
    })
    ends.push(close)
    return { account, url }
  }
  const collect = async (
    { answers }: AnswerGateway,
    more: object = {},
  ): Promise<{ text: string; record?: AnswerRecord; error?: { code: string; what: string } }> => {
    let text = ''
    try {
      const signal = new AbortController().signal
      for await (const event of answers.complete({ ...ASK, ...more }, { signal }) as AsyncIterable<CompletionEvent>) {
        if ('bytes' in event) text += Buffer.from(event.bytes).toString()
        if ('record' in event) return { text, record: event.record }
      }
      return { text }
    } catch (error) {
      return { text, error: error as { code: string; what: string } }
    }
  }
  const line = (value: object): string => `${JSON.stringify(value)}\n`
  const token = (text: string): string => line({ token: Buffer.from(text).toString('base64') })

  it('another server takes over in the middle: the asker sees one answer, nothing twice', async () => {
    const broken = await crooked('a.near', (_request, response) => {
      response.write(line({ model: checkpoint.cid, task: '1', round: 1 }) + token('a') + token('b'), () =>
        response.destroy(),
      )
    })
    const gateway = await gatewayOf([broken, await honest('b.near')])
    const { text, record } = await collect(gateway)
    expect([text, record?.account, record?.tokens]).to.deep.equal(['abcdef', 'b.near', 6])
    expect(gateway.log.map(({ data }) => data.code)).to.deep.equal(['ANSWERS_SERVER_FAILED'])
  })

  it('two servers that write different bytes are not mixed into one answer', async () => {
    const broken = await crooked('a.near', (_request, response) => void response.end(token('X')))
    const { text, error } = await collect(await gatewayOf([broken, await honest('b.near')]))
    expect([text, error?.code]).to.deep.equal(['X', 'ANSWERS_SERVER_FAILED'])
    expect(error?.what).to.match(/different bytes/)
  })

  it('a server that failed rests, and is asked again after that', async () => {
    let clock = 1_000
    let failures = 0
    const broken = await crooked('a.near', (_request, response) => {
      failures += 1
      response.destroy()
    })
    const gateway = await gatewayOf([broken, await honest('b.near')], { now: () => clock })
    await collect(gateway)
    await collect(gateway)
    expect(failures).to.equal(1)
    clock += 20_000
    await collect(gateway)
    expect(failures).to.equal(2)
  })

  it('a server that signs a record of something else is never asked again', async () => {
    const key = { accountId: 'a.near', ...keyPairFromPhrase('a.near') }
    let asked = 0
    const liar = await crooked('a.near', (_request, response) => {
      asked += 1
      const record = signRecord(
        {
          schema: 'blyan.answer/1',
          model: checkpoint.cid,
          modelSha256: checkpoint.sha256,
          task: '1',
          round: 1,
          runtime: null,
          seed: '99',
          temperature: 0,
          maxTokens: 6,
          stop: [],
          promptHash: '00'.repeat(32),
          promptTokens: 1,
          tokensHash: '00'.repeat(32),
          tokens: 6,
          predictionsHash: '00'.repeat(32),
          finish: 'length',
          account: 'a.near',
          at: 1,
        },
        key,
      )
      response.end(line({ record }))
    })
    let clock = 1_000
    const gateway = await gatewayOf([liar, await honest('b.near')], { now: () => clock })
    expect((await collect(gateway)).record?.account).to.equal('b.near')
    clock += 1e9
    expect((await collect(gateway)).record?.account).to.equal('b.near')
    expect(asked).to.equal(1)
  })

  it('garbage, floods, redirects and silence of a server cost the asker nothing but a second try', async () => {
    const crimes: Record<string, RequestListener> = {
      garbage: (_request, response) => void response.end('<html>\n'),
      flood: (_request, response) => {
        const more = (): void => {
          while (response.write('x'.repeat(65_536)));
        }
        response.on('drain', more)
        response.on('error', () => {})
        more()
      },
      overlong: (_request, response) => void response.end(token('abcdefg')),
      redirect: (_request, response) => void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
      silent: () => {},
      'no record': (_request, response) => void response.end(token('abcdef')),
      busy: (_request, response) => void response.writeHead(503).end('{"error":{"code":"SERVE_BUSY"}}'),
      'bad base64': (_request, response) => void response.end(line({ token: '***' })),
    }
    for (const [name, crime] of Object.entries(crimes)) {
      const server = await crooked('a.near', crime)
      const gateway = await gatewayOf([server, await honest('b.near')], { limits: { silenceMs: 100 } })
      const { text, record } = await collect(gateway)
      expect([text, record?.account], name).to.deep.equal(['abcdef', 'b.near'])
    }
  })

  it('servers that name another account, a foreign key or no form at all are left out', async () => {
    const other = await crooked('someone-else.near', (_request, response) => void response.destroy())
    const impostor = { account: 'b.near', url: other.url }
    const strange = await listen((_request, response) => void response.end('{}'))
    ends.push(strange.close)
    const keyed = await honest('c.near')
    const servers = [impostor, { account: 'd.near', url: strange.url }, { ...keyed, keys: ['ed25519:other'] }]
    expect(await (await gatewayOf(servers)).answers.models()).to.deep.equal([])
    const rightful = await gatewayOf([{ ...keyed, keys: [keyed.publicKey] } as AnswerServer])
    expect((await rightful.answers.models()).map(({ id }) => id)).to.deep.equal([checkpoint.cid])
  })

  it('a model that the chain does not know is not listed, however new its server says it is', async () => {
    const { checkpoint: invented } = checkpointOf('06', { task: '999', round: 9 })
    const server = await openAnswerServer({ claimed: [invented, checkpoint], predict: chanting('a') })
    ends.push(server.close)
    const believing = await gatewayOf([server])
    expect((await believing.answers.models())[0].task).to.equal('999')
    const checking = await gatewayOf([server], { vouches: async ({ task }) => task === '1' })
    expect((await checking.answers.models()).map(({ task }) => task)).to.deep.equal(['1'])
  })

  it('an asker who left is not served by the next server', async () => {
    let asked = 0
    const hanging = await crooked('a.near', () => void (asked += 1))
    const spare = await honest('b.near')
    const gateway = await gatewayOf([hanging, spare])
    const leave = new AbortController()
    const reading = (async () => {
      for await (const _ of gateway.answers.complete(ASK, { signal: leave.signal })) if (asked > 0) break
    })()
    reading.catch(() => {})
    const end = Date.now() + 5_000
    while (asked === 0 && Date.now() < end) await new Promise((resolve) => setImmediate(resolve))
    leave.abort(new Error('left'))
    expect(await reading.catch((error) => error.message)).to.equal('left')
    expect(spare.computed()).to.equal(0)
  })
})
