/** Servers that answer with something cheaper or other than the model that they name, or sign what is not theirs. */
import { expect } from 'chai'
import { keyPairFromPhrase } from '../../chain/lib/key.ts'
import { type AnswerRecord, answerRecordSchema, replayAnswer, signRecord } from '../../workers/engine/index.ts'
import { type AnswersOptions, replayer } from '../../workers/gateway/answers/index.ts'
import { loadCanonicalRuntime } from '../../workers/node/runtime/canonical.ts'
import { type AnswerGateway, openAnswerGateway } from '../fixtures/answerGateway.ts'
import {
  type AnswerServer,
  CONFIG,
  checkpointOf,
  honestPredict,
  listen,
  MODEL,
  openAnswerServer,
  until,
} from '../fixtures/answerServer.ts'

/** What the chain names. */
const { checkpoint, parameters } = checkpointOf('05')
const PROMPT = 'The function '
const ASK = { model: checkpoint.cid, prompt: PROMPT, maxTokens: 32, temperature: 0.8 }

/** Rounded to bfloat16: half the memory, and nearly the same text. */
const rounded = (values: Float32Array): Float32Array => {
  const words = new Uint32Array(values.slice().buffer)
  for (let i = 0; i < words.length; i++) words[i] &= 0xffff0000
  return new Float32Array(words.buffer)
}

describe('servers that substitute the model', () => {
  const ends: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  /** Says that it writes with the chain's parameters; writes with `actual`. */
  const server = async (account: string, actual: Float32Array): Promise<AnswerServer> => {
    const { predict, runtime } = await honestPredict(actual)
    const opened = await openAnswerServer({ claimed: [checkpoint], predict, account, runtime: runtime.wasmSha256 })
    ends.push(opened.close)
    return opened
  }
  const gatewayOf = async (
    servers: readonly AnswerServer[],
    options: Partial<AnswersOptions>,
  ): Promise<AnswerGateway> => {
    const gateway = await openAnswerGateway(servers, { random: (length) => new Uint8Array(length), ...options })
    ends.push(gateway.close)
    return gateway
  }
  const recordBy = async ({ answers }: AnswerGateway): Promise<AnswerRecord> => {
    for await (const event of answers.complete({ ...ASK, seed: '01' }, { signal: new AbortController().signal })) {
      if ('record' in event) return event.record
    }
    throw new Error('the answer had no record')
  }
  /** Recomputes with what the chain names, as a gateway does. */
  const replay = replayer({
    checkpointOf: async () => ({ config: CONFIG, parameters }),
    signal: new AbortController().signal,
  })

  for (const [how, actual, faults] of [
    ['another checkpoint', checkpointOf('06').parameters, ['tokens', 'predictions']],
    // The bytes drawn are the very same here; what they were drawn from is not.
    ['the same one rounded to half its bytes', rounded(parameters), ['predictions']],
  ] as const) {
    it(`${how}: nobody notices while nobody writes the answer again`, async () => {
      const cheat = await server('cheat.near', actual)
      const gateway = await gatewayOf([cheat, await server('honest.near', parameters)], {})
      for (let i = 0; i < 3; i++) expect((await recordBy(gateway)).account).to.equal('cheat.near')
      expect(gateway.log).to.deep.equal([])
    })

    it(`${how}: one replay finds it, and it is asked no more`, async () => {
      const cheat = await server('cheat.near', actual)
      const honest = await server('honest.near', parameters)
      const gateway = await gatewayOf([cheat, honest], { audit: { share: 1, replay } })
      const record = await recordBy(gateway)
      expect(record.account).to.equal('cheat.near')
      await until(() => gateway.log.length === 1)
      expect(gateway.log).to.deep.equal([{ what: 'answer replayed', data: { account: 'cheat.near', isTrue: false } }])
      expect((await recordBy(gateway)).account).to.equal('honest.near')
      await until(() => gateway.log.length === 2)
      expect(gateway.log[1].data).to.deep.equal({ account: 'honest.near', isTrue: true })
      // The record convicts: it is signed, names the chain's parameters, and they write something else.
      const runtime = await loadCanonicalRuntime()
      const known = { runtime, model: MODEL, parameters }
      const { publicKey } = cheat
      expect((await replayAnswer(record, Buffer.from(PROMPT), known, { publicKey })).faults).to.deep.equal(faults)
    })
  }

  describe('records that are not its own', () => {
    /** An honest writer whose record is changed on the way: `forge` gets it and gives another. */
    const forger = async (forge: (record: AnswerRecord) => AnswerRecord): Promise<AnswerServer> => {
      const behind = await server('forger.near', parameters)
      const front = await listen(async (request, response) => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk)
        const { method, headers } = request
        const body = method === 'POST' ? { body: Buffer.concat(chunks) } : {}
        const reply = await fetch(`${behind.url}${request.url}`, {
          method,
          headers: { 'content-type': headers['content-type'] ?? 'text/plain' },
          ...body,
        })
        const lines = (await reply.text()).trim().split('\n')
        const last = JSON.parse(lines.at(-1)!)
        if (last.record)
          lines.push(JSON.stringify({ record: forge(answerRecordSchema.parse(lines.pop() && last.record)) }))
        response.end(`${lines.join('\n')}\n`)
      })
      ends.push(front.close)
      return { ...behind, url: front.url }
    }
    const key = { accountId: 'forger.near', ...keyPairFromPhrase('forger.near') }
    const resigned = (change: Partial<AnswerRecord>) => (record: AnswerRecord) => {
      const { signature: _, publicKey: __, ...rest } = { ...record, ...change }
      return signRecord(rest, key)
    }
    const forgeries: Record<string, (record: AnswerRecord) => AnswerRecord> = {
      'a signature of nothing': (record) => ({ ...record, signature: `ed25519:${'1'.repeat(64)}` }),
      'changed tokens under the old signature': (record) => ({ ...record, tokensHash: '00'.repeat(32) }),
      'another key that signs for its account': (record) => {
        const { signature: _, publicKey: __, ...rest } = record
        return signRecord(rest, keyPairFromPhrase('stranger'))
      },
      "another's account, so that the blame is theirs": resigned({ account: 'honest.near' }),
      'another model': resigned({ modelSha256: '11'.repeat(32) }),
      'another prompt': resigned({ promptHash: '11'.repeat(32) }),
      'another seed': resigned({ seed: 'ff' }),
      'other tokens than it sent': resigned({ tokensHash: '11'.repeat(32) }),
    }
    const isTrue = async (record: AnswerRecord): Promise<boolean> => {
      const runtime = await loadCanonicalRuntime()
      return (await replayAnswer(record, Buffer.from(PROMPT), { runtime, model: MODEL, parameters })).ok
    }
    for (const [what, forge] of Object.entries(forgeries)) {
      it(`${what}: taken unread, refused when read`, async () => {
        const servers = [await forger(forge), await server('honest.near', parameters)]
        const unread = await gatewayOf(servers, { misfits: () => [] })
        const taken = await recordBy(unread)
        expect(await isTrue(taken), 'what an asker would be left with').to.equal(
          what.startsWith("another's account") || what.startsWith('another key'),
        )
        const reading = await gatewayOf(servers, {})
        const record = await recordBy(reading)
        expect([record.account, record.publicKey]).to.deep.equal(['honest.near', servers[1].publicKey])
        expect(await isTrue(record)).to.equal(true)
        expect(reading.log.map(({ data }) => data.code)).to.deep.equal(['ANSWERS_RECORD_FALSE'])
      })
    }
  })
})
