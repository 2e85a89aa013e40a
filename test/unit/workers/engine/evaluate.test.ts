/** Scores, text and the delivered model: each held-out byte once, the same integer for everyone. */

import { expect } from 'chai'
import {
  adamw,
  createEvaluator,
  createPredictor,
  createTrainer,
  evaluate,
  exportInference,
  gainMicrobits,
  generate,
  generateStream,
  gpt,
  initialParameters,
  LN2,
  learningRates,
  mlp,
  type Runtime,
  toScore,
  warmupLinear,
} from '../../../../workers/engine/index.ts'
import { loadCanonicalRuntime } from '../../../../workers/node/runtime/canonical.ts'
import { RUNTIMES } from './runtimes.ts'
import { BATCH, tiny, tinyBatches, tinyState, words } from './tiny.ts'

const parameters = initialParameters(tiny, '05')

/** Sum of −ln p over all bytes but the first, from the exported model, one window at a time, in float64. */
async function directNats({ ort }: Runtime, model: Uint8Array, bytes: Uint8Array): Promise<number> {
  const session = await ort.InferenceSession.create(model)
  let nats = 0
  for (let first = 0; first < bytes.length - 1; first += 8) {
    const window = bytes.subarray(first, Math.min(first + 8, bytes.length - 1))
    const tokens = new ort.Tensor('int64', BigInt64Array.from(window, BigInt), [1, window.length])
    const { data } = (await session.run({ tokens })).logits
    for (let i = 0; i < window.length; i++) {
      const row: number[] = [...data.slice(i * 256, i * 256 + 256)]
      const top = Math.max(...row)
      nats += top + Math.log(row.reduce((sum, x) => sum + Math.exp(x - top), 0)) - row[bytes[first + i + 1]!]!
    }
  }
  await session.release()
  return nats
}

for (const { name, load } of RUNTIMES) {
  describe(`evaluation on ${name}`, () => {
    for (const length of [2, 9, 10, 129, 300])
      it(`scores ${length} bytes as the exported model's own logits do`, async () => {
        const runtime = await load()
        const bytes = words('04', length)
        const score = await evaluate({ ...runtime, model: tiny, parameters, bytes })
        expect(score.count).to.equal(length - 1)
        expect(score.nats).to.be.closeTo(
          await directNats(runtime, exportInference(tiny, parameters), bytes),
          1e-5 * length,
        )
        expect(score.bitsPerByte).to.equal(score.nats / LN2 / (length - 1))
        expect(score.microbits).to.equal(Math.floor((score.nats * 1e6) / LN2 / (length - 1)))
      })
  })
}

describe('evaluation', () => {
  it('gives the same integer from one session twice and from two sessions', async () => {
    const runtime = await loadCanonicalRuntime()
    const bytes = words('04', 700)
    const evaluator = createEvaluator({ ...runtime, model: tiny })
    const twice = [await evaluator.score(parameters, bytes), await evaluator.score(parameters, bytes)]
    await evaluator.release()
    expect(twice[1]).to.deep.equal(twice[0])
    expect(await evaluate({ ...runtime, model: tiny, parameters, bytes })).to.deep.equal(twice[0])
  })

  it('may be released before any score', async () => {
    await createEvaluator({ ...(await loadCanonicalRuntime()), model: tiny }).release()
  })

  it('refuses one byte, and parameters of another model', async () => {
    const runtime = await loadCanonicalRuntime()
    const fails = async (field: string, wrong: object): Promise<void> => {
      const options = { ...runtime, model: tiny, parameters, bytes: words('04', 50), ...wrong }
      const error = await evaluate(options).then(
        () => null,
        (thrown) => thrown,
      )
      expect(error?.code).to.equal('INVALID_ARGUMENT')
      expect(error.data.field).to.equal(field)
    }
    await fails('bytes', { bytes: Uint8Array.of(1) })
    await fails('parameters', { parameters: new Float32Array(5) })
    expect(() => exportInference(tiny, new Float32Array(5)))
      .to.throw()
      .with.property('code', 'INVALID_ARGUMENT')
  })

  it('counts a gain as the difference of floored scores', () => {
    expect(gainMicrobits(toScore(2 * LN2, 1), toScore(LN2, 1))).to.equal(1_000_000)
    expect(gainMicrobits(toScore(LN2, 1), toScore(2 * LN2, 1))).to.equal(-1_000_000)
  })
})

describe('generate', () => {
  it('writes the same bytes for the same seed, and words that it was taught', async () => {
    const runtime = await loadCanonicalRuntime()
    const trainer = await createTrainer({ ...runtime, model: tiny, optimizer: adamw(), batch: BATCH })
    const rates = learningRates(warmupLinear(200, { warmupSteps: 20 }), 0, 200)
    const { state } = await trainer.run(tinyState(), tinyBatches(200), rates)
    await trainer.release()
    const options = {
      ...runtime,
      model: tiny,
      parameters: state.parameters,
      prompt: words('01', 12),
      length: 40,
      seed: '01',
    }
    const first = await generate(options)
    expect(first.length).to.equal(40)
    expect([...(await generate(options))]).to.deep.equal([...first])
    expect([...(await generate({ ...options, seed: '02' }))]).to.not.deep.equal([...first])
    const bold = Buffer.from(await generate({ ...options, temperature: 0, prompt: new Uint8Array(0) })).toString()
    expect(bold).to.match(/(alpha|beta|gamma|delta)/)
  })

  it('streams the same bytes one by one, ends behind a stop text, and ends when told to', async () => {
    const runtime = await loadCanonicalRuntime()
    const options = { prompt: words('01', 12), length: 20, seed: '01' }
    const whole = await generate({ ...runtime, model: tiny, parameters, ...options })
    const predictor = createPredictor({ ...runtime, model: tiny })
    const predict = predictor.of(parameters)
    const streamed = async (more: object = {}): Promise<number[]> => {
      const bytes: number[] = []
      for await (const byte of generateStream(predict, { ...options, ...more })) bytes.push(byte)
      return bytes
    }
    expect(await streamed()).to.deep.equal([...whole])
    const stop = [whole.slice(4, 6)]
    expect(await streamed({ stop })).to.deep.equal([...whole.slice(0, 6)])
    const ended = new AbortController()
    const stream = generateStream(predict, { ...options, signal: ended.signal })
    expect((await stream.next()).value).to.equal(whole[0])
    ended.abort(new Error('enough'))
    expect(await stream.next().catch((error) => error.message)).to.equal('enough')
    await predictor.release()
  })
})

describe('the exported model', () => {
  it('takes any batch and any length up to the context on both runtimes', async () => {
    const bytes = exportInference(tiny, parameters)
    for (const { load } of RUNTIMES) {
      const { ort } = await load()
      const session = await ort.InferenceSession.create(bytes)
      for (const dims of [
        [1, 1],
        [3, 5],
        [2, 8],
      ] as const) {
        const tokens = new ort.Tensor('int64', new BigInt64Array(dims[0] * dims[1]), dims)
        expect((await session.run({ tokens })).logits.dims).to.deep.equal([...dims, 256])
      }
      await session.release()
    }
  })

  it('is made of any model, an MLP too', async () => {
    const model = mlp({ sizes: [4, 3, 2] })
    const { ort } = await loadCanonicalRuntime()
    const session = await ort.InferenceSession.create(exportInference(model, initialParameters(model, '01')))
    const x = new ort.Tensor('float32', new Float32Array(8), [2, 4])
    expect((await session.run({ x })).logits.dims).to.deep.equal([2, 2])
    await session.release()
  })
})

describe('the demonstration GPT', () => {
  it('has 136,320 parameters that fill the flat vector without gaps', () => {
    const model = gpt()
    expect(model.size).to.equal(136_320)
    let offset = 0
    for (const parameter of model.parameters) {
      expect(parameter.offset).to.equal(offset)
      offset += parameter.size
    }
    expect(offset).to.equal(model.size)
  })

  it('refuses a width that its heads do not divide', () => {
    expect(() => gpt({ vocab: 256, layers: 1, width: 10, heads: 3, context: 8 }))
      .to.throw()
      .with.property('code', 'INVALID_ARGUMENT')
  })
})
