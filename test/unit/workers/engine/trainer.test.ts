/** Training runs: the loop, the optimizers against plain TypeScript, the whole GPT's gradient, the same bits everywhere. */

import { Worker } from 'node:worker_threads'
import { expect } from 'chai'
import {
  adamw,
  createTrainer,
  evaluate,
  freshState,
  gpt,
  initialParameters,
  initialState,
  learningRates,
  mlp,
  type Runtime,
  rng,
  sgd,
  type TrainState,
  warmupLinear,
} from '../../../../workers/engine/index.ts'
import { RUNTIMES } from './runtimes.ts'
import { BATCH, digests, sha256, tiny, tinyBatches, tinyState, words } from './tiny.ts'

const RATES = Float32Array.of(1e-3, 2e-3, 3e-3, 2e-3, 1e-3)

async function train(
  runtime: Runtime,
  state: TrainState,
  cuts: readonly number[],
): Promise<{ state: TrainState; losses: number[] }> {
  const trainer = await createTrainer({ ...runtime, model: tiny, optimizer: adamw(), batch: BATCH })
  const losses: number[] = []
  try {
    let first = 0
    for (const steps of cuts) {
      const out = await trainer.run(state, tinyBatches(steps, first), RATES.slice(first, first + steps))
      state = out.state
      losses.push(...out.losses)
      first += steps
    }
  } finally {
    await trainer.release()
  }
  return { state, losses }
}

for (const { name, load } of RUNTIMES) {
  describe(`training on ${name}`, () => {
    it('gives the same bits in one run of five steps as in runs of 2, 1 and 2', async () => {
      const runtime = await load()
      const [whole, parts, single] = [
        await train(runtime, tinyState(), [5]),
        await train(runtime, tinyState(), [2, 1, 2]),
        await train(runtime, tinyState(), [1, 1, 1, 1, 1]),
      ]
      expect(digests(parts.state)).to.deep.equal(digests(whole.state))
      expect(digests(single.state)).to.deep.equal(digests(whole.state))
      expect(parts.losses).to.deep.equal(whole.losses)
    })

    it('does not change the state that it was given', async () => {
      const state = tinyState()
      const before = digests(state)
      await train(await load(), state, [2])
      expect(digests(state)).to.deep.equal(before)
    })

    it("computes the whole GPT's gradient as central differences do", async () => {
      const runtime = await load()
      const parameters = initialParameters(tiny, '05')
      const gradient = await gptGradient(runtime, parameters)
      for (const { name: path, offset, size } of tiny.parameters) {
        const random = rng('06', path)
        const direction = Float32Array.from({ length: size }, () => (random.uniform() < 0.5 ? -1 : 1))
        const h = 2e-3
        const moved = (sign: number): Float32Array => {
          const out = parameters.slice()
          for (let i = 0; i < size; i++) out[offset + i]! += sign * h * direction[i]!
          return out
        }
        const numeric = ((await lossOf(runtime, moved(1))) - (await lossOf(runtime, moved(-1)))) / (2 * h)
        const analytic = direction.reduce((sum, d, i) => sum + d * gradient[offset + i]!, 0)
        const norm = Math.sqrt(gradient.subarray(offset, offset + size).reduce((sum, x) => sum + x * x, 0))
        // Rounding of a loss near 5.5 in float32, 5e-7, over 2h is 1e-4; the truncation grows with the direction's length.
        expect(Math.abs(numeric - analytic), `${path}: ${numeric} numeric, ${analytic} analytic`).to.be.below(
          2e-3 + 0.02 * norm,
        )
      }
    })

    it('takes AdamW steps as plain TypeScript does', async () => {
      const runtime = await load()
      const options = { beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1 }
      const model = mlp({ sizes: [6, 5, 3] })
      const batches = mlpBatches(4)
      const rates = Float32Array.of(0.01, 0.02, 0.005, 0.01)
      const trainer = await createTrainer({ ...runtime, model, optimizer: adamw(options), batch: 4 })
      const probe = await createTrainer({ ...runtime, model, optimizer: sgd({ momentum: 0 }), batch: 4 })
      let state = initialState(model, adamw(options), '07')
      const plain = {
        theta: Float64Array.from(state.parameters),
        m: new Float64Array(model.size),
        v: new Float64Array(model.size),
      }
      for (let step = 0; step < 4; step++) {
        const one = { x: batches.x!.slice(step * 24, step * 24 + 24), y: batches.y!.slice(step * 4, step * 4 + 4) }
        const gradient = (await probe.run(freshState(sgd(), state.parameters), one, Float32Array.of(0))).state.m
        plainAdamW(plain, gradient, rates[step]!, step + 1, options, model.parameters)
        state = (await trainer.run(state, one, rates.slice(step, step + 1))).state
        plain.theta.forEach((value, i) => {
          expect(state.parameters[i]).to.be.closeTo(value, 2e-6) // float32 against float64, values below 2
        })
      }
      expect([...state.counters]).to.satisfy(
        ([t, c1, c2]: number[]) =>
          t === 4 && Math.abs(c1! - (1 - 0.8 ** 4)) < 1e-6 && Math.abs(c2! - (1 - 0.95 ** 4)) < 1e-6,
      )
      await Promise.all([trainer.release(), probe.release()])
    })

    it('takes momentum steps as plain TypeScript does', async () => {
      const runtime = await load()
      const model = mlp({ sizes: [6, 5, 3] })
      const trainer = await createTrainer({ ...runtime, model, optimizer: sgd({ momentum: 0.5 }), batch: 4 })
      const probe = await createTrainer({ ...runtime, model, optimizer: sgd({ momentum: 0 }), batch: 4 })
      let state = initialState(model, sgd(), '07')
      const batches = mlpBatches(1)
      for (let step = 0; step < 3; step++) {
        const gradient = (await probe.run(freshState(sgd(), state.parameters), batches, Float32Array.of(0))).state.m
        const m = state.m.map((value, i) => 0.5 * value + gradient[i]!)
        const expected = state.parameters.map((value, i) => value - 0.1 * m[i]!)
        state = (await trainer.run(state, batches, Float32Array.of(0.1))).state
        expected.forEach((value, i) => {
          expect(state.parameters[i]).to.be.closeTo(value, 1e-6)
        })
      }
      expect(state.v.length).to.equal(0)
      expect([...state.counters]).to.deep.equal([3])
      await Promise.all([trainer.release(), probe.release()])
    })

    it('learns', async () => {
      const runtime = await load()
      const trainer = await createTrainer({ ...runtime, model: tiny, optimizer: adamw(), batch: BATCH })
      const { state, losses } = await trainer.run(
        tinyState(),
        tinyBatches(150),
        learningRates(warmupLinear(150, { warmupSteps: 20 }), 0, 150),
      )
      await trainer.release()
      expect(losses[0]).to.be.closeTo(Math.log(256), 0.3)
      const { bitsPerByte } = await evaluate({
        ...runtime,
        model: tiny,
        parameters: state.parameters,
        bytes: words('08', 600),
      })
      expect(bitsPerByte).to.be.below(2)
    })

    it('refuses lengths that do not fit, naming the field', async () => {
      const trainer = await createTrainer({ ...(await load()), model: tiny, optimizer: adamw(), batch: BATCH })
      const state = tinyState()
      const failures = [
        ['lrs', () => trainer.run(state, tinyBatches(1), new Float32Array(0))],
        ['m', () => trainer.run({ ...state, m: new Float32Array(3) }, tinyBatches(1), RATES.slice(0, 1))],
        ['tokens', () => trainer.run(state, tinyBatches(2), RATES.slice(0, 1))],
        ['tokens', () => trainer.run(state, {}, RATES.slice(0, 1))],
      ] as const
      for (const [field, act] of failures) {
        const error = await act().then(
          () => null,
          (thrown) => thrown,
        )
        expect(error?.code).to.equal('INVALID_ARGUMENT')
        expect(error.data.field).to.equal(field)
      }
      await trainer.release()
    })
  })
}

describe('the canonical profile', () => {
  it('gives the recorded bits after 8 steps, here and in worker threads at once', async () => {
    const script = new URL('./trainWorker.ts', import.meta.url)
    const inThread = (): Promise<string[]> =>
      new Promise((resolve, reject) => {
        const worker = new Worker(script)
        worker.once('message', resolve)
        worker.once('error', reject)
      })
    const { trainEight } = await import('./trainWorker.ts')
    const [here, one, two] = await Promise.all([trainEight(), inThread(), inThread()])
    expect(one).to.deep.equal(here)
    expect(two).to.deep.equal(here)
    // Recorded on x86-64 with AVX-512, onnxruntime-web 1.30.0; a change here breaks replay of older work.
    expect(here).to.deep.equal(RECORDED)
  })

  it('starts from the parameters that an independent Python program computes', () => {
    // hashlib's SHA-256 and xoshiro128** over Python integers, struct.pack('<f') of (sum of 12 / 2**32 - 6) * std
    expect(sha256(initialParameters(gpt(), '00'))).to.equal(INITIAL)
  })
})

const INITIAL = '531df7bc734cffd6af3233ace4bccedb34cd641cafe8a440077e3627dc6d185e'
const RECORDED = [
  '69c1363b12066d06ba4156f5f93a788304252e5bcdcaf9bb39c8b9499c6d2bfc',
  'be4eb945578e8a5a7681c1572b180a15529f811fdc4420572dcd46bdd0be33b7',
  '0bfae44cdec9ea37c172a4c96d84be92c5af6ddf60bf99a42e08f80cb52835a9',
  'ef35540785c2f31bbd1dce27947f136ca9622f6f17c09e97b3097d604d4dcbe4',
]

const gptGradient = async (runtime: Runtime, parameters: Float32Array): Promise<Float32Array> => {
  const trainer = await createTrainer({ ...runtime, model: tiny, optimizer: sgd({ momentum: 0 }), batch: BATCH })
  const { state } = await trainer.run(freshState(sgd(), parameters), tinyBatches(1), Float32Array.of(0))
  await trainer.release()
  return state.m
}

const losers = new Map<Runtime, ReturnType<typeof createTrainer>>()

/** Mean loss of the first batch: what a step of rate 0 reports. */
async function lossOf(runtime: Runtime, parameters: Float32Array): Promise<number> {
  const known =
    losers.get(runtime) ?? createTrainer({ ...runtime, model: tiny, optimizer: sgd({ momentum: 0 }), batch: BATCH })
  losers.set(runtime, known)
  return (await (await known).run(freshState(sgd(), parameters), tinyBatches(1), Float32Array.of(0))).losses[0]!
}

function mlpBatches(steps: number): Record<string, Float32Array | Int32Array> {
  const random = rng('09', 'mlp')
  return {
    x: Float32Array.from({ length: steps * 24 }, () => random.normal()),
    y: Int32Array.from({ length: steps * 4 }, () => random.below(3)),
  }
}

/** Algorithm 2 of the paper, with powers instead of recursions, in float64. */
function plainAdamW(
  { theta, m, v }: { theta: Float64Array; m: Float64Array; v: Float64Array },
  gradient: Float32Array,
  lr: number,
  t: number,
  { beta1, beta2, epsilon, weightDecay }: { beta1: number; beta2: number; epsilon: number; weightDecay: number },
  parameters: readonly { offset: number; size: number; decay: boolean }[],
): void {
  for (const { offset, size, decay } of parameters)
    for (let i = offset; i < offset + size; i++) {
      m[i] = beta1 * m[i]! + (1 - beta1) * gradient[i]!
      v[i] = beta2 * v[i]! + (1 - beta2) * gradient[i]! ** 2
      const direction = m[i]! / (1 - beta1 ** t) / (Math.sqrt(v[i]! / (1 - beta2 ** t)) + epsilon)
      theta[i]! -= lr * (direction + (decay ? weightDecay * theta[i]! : 0))
    }
}
