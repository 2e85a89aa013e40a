/** Losses as they are named on the command line, added to any graph. */

import { InvalidArgumentError } from '../../chain/lib/errors.ts'
import type { Builder } from './graph/builder.ts'
import type { Value } from './graph/ir.ts'

export type LossSpec =
  | { readonly kind: 'output'; readonly name: string }
  | { readonly kind: 'cross-entropy' | 'mse' | 'bce'; readonly output: string; readonly target: string }

/**
 * `output:NAME` (the sum of an output's elements), `cross-entropy:LOGITS:TARGET` (mean over rows, class numbers),
 * `mse:OUT:TARGET` (mean over elements), `bce:OUT:TARGET` (mean over elements, OUT a probability).
 * @throws InvalidArgumentError
 */
export function parseLoss(text: string): LossSpec {
  const [kind, ...names] = text.split(':')
  if (kind === 'output' && names.length === 1 && names[0] !== '') return { kind, name: names[0] }
  if (
    (kind === 'cross-entropy' || kind === 'mse' || kind === 'bce') &&
    names.length === 2 &&
    names.every((name) => name !== '')
  )
    return { kind, output: names[0], target: names[1] }
  throw new InvalidArgumentError({
    what: `The loss "${text}" is unknown.`,
    fix: 'Use output:NAME, cross-entropy:LOGITS:TARGET, mse:OUT:TARGET or bce:OUT:TARGET.',
    data: { field: 'loss' },
  })
}

/** Names of the values that a loss reads beside the model's own output. */
export const lossTargets = (spec: LossSpec): readonly string[] => (spec.kind === 'output' ? [] : [spec.target])

/** Adds the loss, a scalar. The target must be a value of the graph already. @throws ShapeError */
export function addLoss(g: Builder, spec: LossSpec): Value {
  return g.scope('loss', () => {
    if (spec.kind === 'output') return sumAll(g, g.value(spec.name))
    const [output, target] = [g.value(spec.output), g.value(spec.target)]
    if (spec.kind === 'mse') return meanAll(g, square(g, g.op('Sub', [output, target])))
    if (spec.kind === 'bce') return meanAll(g, binaryCrossEntropy(g, output, target))
    const width = output.dims.at(-1)
    const rows = typeof width === 'number' ? g.reshape(output, [-1, width]) : output
    return meanAll(g, g.crossEntropy(rows, g.reshape(target, [-1])))
  })
}

const square = (g: Builder, x: Value): Value => g.mul(x, x)

function sumAll(g: Builder, x: Value): Value {
  return x.dims.length === 0
    ? x
    : g.sum(
        x,
        x.dims.map((_, axis) => axis),
      )
}

function meanAll(g: Builder, x: Value): Value {
  return x.dims.length === 0
    ? x
    : g.mean(
        x,
        x.dims.map((_, axis) => axis),
      )
}

/** −t·log p − (1 − t)·log(1 − p), each logarithm at least −100, as PyTorch's BCELoss has it. */
function binaryCrossEntropy(g: Builder, p: Value, target: Value): Value {
  const log = (x: Value): Value => g.op('Max', [g.op('Log', [x]), g.scalar(-100, x.dtype)])
  const [yes, no] = [g.mul(log(p), target), g.mul(log(g.sub(1, p)), g.sub(1, target))]
  return g.op('Neg', [g.op('Add', [yes, no])])
}
