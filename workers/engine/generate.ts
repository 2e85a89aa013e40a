/** Text from a language model, for people to look at. */

import { Builder } from './graph/builder.ts'
import type { Graph } from './graph/ir.ts'
import { int } from './graph/ir.ts'
import { writeOnnx } from './graph/writeOnnx.ts'
import { splitParameters } from './models/parameters.ts'
import { rng, type Seed } from './rng.ts'
import { openSession, runSession } from './runner/session.ts'
import type { LanguageModel, Ort, Profile } from './types.ts'

export interface GenerateOptions {
  readonly ort: Ort
  readonly profile: Profile
  readonly model: LanguageModel
  readonly parameters: Float32Array
  /** Bytes to continue; an empty prompt starts after a line break. */
  readonly prompt: Uint8Array
  /** Bytes to write. */
  readonly length: number
  readonly seed: Seed
  /** 1 samples from the model's own distribution, less is bolder, 0 always takes the likeliest byte. */
  readonly temperature?: number
}

/** @returns the new bytes, without the prompt; the same on every machine in the canonical profile */
export async function generate(options: GenerateOptions): Promise<Uint8Array> {
  const { ort, profile, model, parameters, length, seed, temperature = 0.8 } = options
  const random = rng(seed, 'generate')
  const text = [...(options.prompt.length === 0 ? [10] : options.prompt)]
  const start = text.length
  const session = await openSession(ort, profile, writeOnnx(nextByteGraph(model)))
  try {
    const flat = new ort.Tensor('float32', parameters, [parameters.length])
    // Argmax is the limit at 0; so sharp a distribution takes it, and needs no second path.
    const heat = new ort.Tensor('float32', Float32Array.of(Math.max(temperature, 1e-4)), [])
    while (text.length < start + length) {
      const recent = text.slice(-model.context)
      const tokens = new Int32Array(model.context)
      tokens.set(recent)
      const out = await runSession(session, {
        parameters: flat,
        tokens: new ort.Tensor('int32', tokens, [1, model.context]),
        position: new ort.Tensor('int32', Int32Array.of(recent.length - 1), []),
        temperature: heat,
      })
      text.push(draw(out.probabilities.data as Float32Array, random.uniform()))
    }
  } finally {
    await session.release()
  }
  return Uint8Array.from(text.slice(start))
}

/** Distribution of the byte after `position`. Padding behind it has no influence: attention looks back only. */
function nextByteGraph(model: LanguageModel): Graph {
  const g = new Builder('next-byte')
  const flat = g.input('parameters', 'float32', [model.size])
  const tokens = g.input('tokens', 'int32', [1, model.context])
  const position = g.input('position', 'int32', [])
  const temperature = g.input('temperature', 'float32', [])
  const { logits } = model.infer(g, splitParameters(g, model, flat), { tokens }) // [1,T,V]
  const last = g.op('Gather', [g.reshape(logits, [-1, model.vocab]), position], { axis: int(0) }) // [V]
  g.output(g.op('Softmax', [g.div(last, temperature)], { axis: int(-1) }, 'probabilities'))
  return g.finish()
}

/** The byte at which the running sum passes `share` of the whole. */
function draw(probabilities: Float32Array, share: number): number {
  const total = probabilities.reduce((sum, p) => sum + p, 0)
  let left = share * total
  for (let byte = 0; byte < probabilities.length; byte++) {
    left -= probabilities[byte]
    if (left < 0) return byte
  }
  return probabilities.length - 1
}
