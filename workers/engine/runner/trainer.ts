/** Training: K optimizer steps in one session run, state in and state out. */

import { InvalidArgumentError } from '../../../chain/lib/errors.ts'
import { sizeOf } from '../graph/tensor.ts'
import { writeOnnx } from '../graph/writeOnnx.ts'
import { initialParameters } from '../models/parameters.ts'
import type { Optimizer } from '../optim/types.ts'
import type { Seed } from '../rng.ts'
import type { Batches, Model, Ort, Profile, SessionOptions, Trainer, TrainState } from '../types.ts'
import { openSession, runSession } from './session.ts'
import { COMPONENTS, componentLengths, trainGraph } from './stepGraph.ts'

export interface TrainerOptions {
  readonly ort: Ort
  readonly profile: Profile
  readonly model: Model
  readonly optimizer: Optimizer
  /** Examples a step. */
  readonly batch: number
  readonly session?: SessionOptions
}

/** A fresh state: seeded parameters, everything else zero. */
export const initialState = (model: Model, optimizer: Optimizer, seed: Seed): TrainState =>
  freshState(optimizer, initialParameters(model, seed))

/** The state of a worker that begins from given parameters: moments and counters zero. Keeps `parameters` itself. */
export function freshState(optimizer: Optimizer, parameters: Float32Array): TrainState {
  const { m, v, counters } = optimizer.lengths(parameters.length)
  return { parameters, m: new Float32Array(m), v: new Float32Array(v), counters: new Float32Array(counters) }
}

/** Opens one session, which serves any number of steps a run. Release it when done. @throws ExecutionError */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const { ort, profile, model, optimizer, batch } = options
  const bytes = writeOnnx(trainGraph(model, optimizer, batch))
  const session = await openSession(ort, profile, bytes, options.session)
  const components = componentLengths(model, optimizer)
  const inputs = model.batchInputs(batch)

  const run: Trainer['run'] = async (state, batches, lrs) => {
    check(lrs.length > 0, 'lrs', 'a run has at least one step', lrs.length, 1)
    const feeds = Object.fromEntries([
      ['lr', new ort.Tensor('float32', lrs, [lrs.length])],
      ...components.map(([name, length]) => {
        check(state[name].length === length, name, `component ${name} of the state`, state[name].length, length)
        return [name, new ort.Tensor('float32', state[name], [length])]
      }),
      ...inputs.map(({ name, dtype, dims }) => {
        const [data, need] = [batchInput(batches, name), lrs.length * sizeOf(dims)]
        check(data.length === need, name, `batch input ${name}`, data.length, need)
        return [name, new ort.Tensor(dtype, data, [lrs.length, ...(dims as number[])])]
      }),
    ])
    const out = await runSession(session, feeds)
    const next: Record<string, Float32Array> = {}
    for (const name of COMPONENTS) next[name] = new Float32Array(0)
    for (const [name] of components) next[name] = out[`next/${name}`].data as Float32Array
    return { state: next as unknown as TrainState, losses: out.losses.data as Float32Array }
  }
  return { model, batch, run, release: () => session.release() }
}

function batchInput(batches: Batches, name: string): Int32Array | Float32Array {
  if (Object.hasOwn(batches, name)) return batches[name]
  throw new InvalidArgumentError({
    what: `The batches lack input ${name}.`,
    fix: `Give ${name}, stacked over the steps.`,
    data: { field: name },
  })
}

function check(isRight: boolean, field: string, what: string, have: number, need: number): void {
  if (isRight) return
  throw new InvalidArgumentError({
    what: `Expected ${need} values for ${what}; got ${have}.`,
    fix: 'Use the model, optimizer, batch and number of steps that the trainer was made for.',
    data: { field, have, need },
  })
}
