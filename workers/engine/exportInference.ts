/** The trained model as a plain ONNX file with its weights inside, for any ONNX Runtime. */

import { InvalidArgumentError } from '../../chain/lib/errors.ts'
import { Builder } from './graph/builder.ts'
import { writeOnnx } from './graph/writeOnnx.ts'
import { constantParameters } from './models/parameters.ts'
import type { Model } from './types.ts'

/**
 * For a GPT: `tokens` int64 [batch, time ≤ context] → `logits` float32 [batch, time, vocab].
 * @throws InvalidArgumentError when the parameters' length is wrong
 */
export function exportInference(model: Model, parameters: Float32Array): Uint8Array {
  if (parameters.length !== model.size)
    throw new InvalidArgumentError({
      what: `The model has ${model.size} parameters; got ${parameters.length}.`,
      fix: 'Use parameters of this model.',
      data: { field: 'parameters', have: parameters.length, need: model.size },
    })
  const g = new Builder('inference')
  const inputs = Object.fromEntries(
    model.inferenceInputs().map(({ name, dtype, dims }) => [name, g.input(name, dtype, dims)]),
  )
  const outputs = model.infer(g, constantParameters(g, model, parameters), inputs)
  for (const [name, value] of Object.entries(outputs))
    g.output(value.name === name ? value : g.op('Identity', [value], {}, name))
  return writeOnnx(g.finish())
}
