/** Training and scoring speed of the demonstration's GPT in both profiles, as a trainer and a validator meet them. */
import {
  adamw,
  createEvaluator,
  createTrainer,
  GPT_DEMO,
  gpt,
  initialState,
  type Runtime,
  rng,
  sampleBatches,
} from '../../workers/engine/index.ts'
import { loadCanonicalRuntime } from '../../workers/node/runtime/canonical.ts'
import { loadNativeRuntime } from '../../workers/node/runtime/native.ts'
import { type BenchOptions, type BenchResult, measure, timedMs } from '../lib/bench.ts'

const BATCH = 16
const HELD_OUT_BYTES = 16_384

export async function bench({ quick, seed, progress }: BenchOptions): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const load of [loadCanonicalRuntime, loadNativeRuntime]) {
    const runtime = await load()
    progress(`${runtime.profile}, ${runtime.version}`)
    results.push(...(await benchProfile(runtime, quick, seed)))
  }
  return results
}

async function benchProfile(runtime: Runtime, quick: boolean, seed: number): Promise<BenchResult[]> {
  const [model, optimizer] = [gpt(), adamw()]
  const data = randomBytes(seed)
  const [rounds, steps] = quick ? [2, 4] : [9, 16]
  const batches = sampleBatches({ data, seed: '00', step: 0, steps, batch: BATCH, context: GPT_DEMO.context })
  let state = initialState(model, optimizer, '00')

  const open = await measure({
    id: `engine.${runtime.profile}.session`,
    unit: 'ms',
    better: 'lower',
    n: quick ? 1 : 3,
    ours: () => timedMs(async () => (await createTrainer({ ...runtime, model, optimizer, batch: BATCH })).release()),
  })
  const trainer = await createTrainer({ ...runtime, model, optimizer, batch: BATCH })
  const train = await measure({
    id: `engine.${runtime.profile}.train`,
    unit: 'tokens/s',
    better: 'higher',
    n: rounds,
    warmup: 2, // V8 compiles the kernels in earnest during the first 30 steps
    ours: async () => {
      const ms = await timedMs(async () => {
        state = (await trainer.run(state, batches, new Float32Array(steps).fill(1e-3))).state
      })
      return (1000 * steps * BATCH * GPT_DEMO.context) / ms
    },
  })
  await trainer.release()
  const evaluator = createEvaluator({ ...runtime, model })
  const score = await measure({
    id: `engine.${runtime.profile}.score`,
    unit: 'bytes/s',
    better: 'higher',
    n: rounds,
    ours: async () => {
      const ms = await timedMs(() => evaluator.score(state.parameters, data.subarray(0, HELD_OUT_BYTES)))
      return (1000 * HELD_OUT_BYTES) / ms
    },
  })
  await evaluator.release()
  return [open, train, score]
}

function randomBytes(seed: number): Uint8Array {
  const random = rng(seed.toString(16).padStart(8, '0'), 'bench')
  return Uint8Array.from({ length: 4 * HELD_OUT_BYTES }, () => 97 + random.below(26))
}
