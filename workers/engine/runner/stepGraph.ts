/** The whole of training as one ONNX model: a Loop whose body is forward pass, backward pass and optimizer step. */

import { gradients } from '../autodiff.ts'
import { NotDifferentiableError } from '../errors.ts'
import { Builder } from '../graph/builder.ts'
import type { Graph, Value } from '../graph/ir.ts'
import { int } from '../graph/ir.ts'
import { splitParameters } from '../models/parameters.ts'
import type { Optimizer, OptimizerValues } from '../optim/types.ts'
import type { Model } from '../types.ts'

export const COMPONENTS = ['parameters', 'm', 'v', 'counters'] as const
export type Component = (typeof COMPONENTS)[number]

/** Components of the state that are not empty, with their lengths, in the order of COMPONENTS. */
export function componentLengths(model: Model, optimizer: Optimizer): readonly (readonly [Component, number])[] {
  const lengths = { parameters: model.size, ...optimizer.lengths(model.size) }
  return COMPONENTS.flatMap((name) => (lengths[name] === 0 ? [] : [[name, lengths[name]] as const]))
}

/**
 * Inputs: the components, each batch input stacked [K, …] and `lr` [K]; outputs: `next/<component>` and `losses` [K].
 * K is read from the run's own `lr`, so one session serves every number of steps.
 */
export function trainGraph(model: Model, optimizer: Optimizer, batch: number): Graph {
  const g = new Builder('train')
  const components = componentLengths(model, optimizer)
  const state = components.map(([name, length]) => g.input(name, 'float32', [length]))
  const stacked = model.batchInputs(batch).map(({ name, dtype, dims }) => g.input(name, dtype, ['steps', ...dims]))
  const lr = g.input('lr', 'float32', ['steps'])
  const steps = g.op('Squeeze', [g.op('Shape', [lr])], {}, 'steps')
  const body = stepBody(model, optimizer, state, stacked, lr)
  const outputs = g.node('Loop', [steps, undefined, ...state], {
    name: 'train',
    attributes: { body: { type: 'graph', value: body } },
    outputs: components.length + 1,
    types: [...state, { dtype: 'float32', dims: ['steps'] }],
  })
  components.forEach(([name], i) => {
    g.output(g.op('Identity', [outputs[i]], {}, `next/${name}`))
  })
  g.output(g.op('Identity', [outputs[components.length]], {}, 'losses'))
  return g.finish()
}

function stepBody(
  model: Model,
  optimizer: Optimizer,
  state: readonly Value[],
  stacked: readonly Value[],
  lr: Value,
): Graph {
  const g = new Builder('step')
  const at = g.input('step/index', 'int64', [])
  const goOn = g.input('step/continue', 'bool', [])
  for (const value of [...stacked, lr]) g.capture(value)
  const carried = Object.fromEntries(state.map(({ name, dtype, dims }) => [name, g.input(`step/${name}`, dtype, dims)]))
  const pick = (value: Value): Value => g.op('Gather', [value, at], { axis: int(0) }, `step/${value.name}`)
  const inputs = Object.fromEntries(stacked.map((value) => [value.name, pick(value)]))

  const parameters = splitParameters(g, model, carried.parameters)
  const loss = g.mean(model.losses(g, parameters, inputs), [0], false, 'loss')
  const gradient = flatGradient(g, model, loss, parameters)
  const next = optimizer.step(g, model, carried as unknown as OptimizerValues, gradient, pick(lr))

  g.output(g.op('Identity', [goOn]))
  for (const { name } of state) g.output(next[name as Component])
  g.output(loss)
  return g.finish()
}

/** All gradients, in the parameters' order, as one vector. @throws NotDifferentiableError for a parameter without use */
function flatGradient(g: Builder, model: Model, loss: Value, parameters: (name: string) => Value): Value {
  const found = gradients(
    g,
    loss,
    model.parameters.map(({ name }) => parameters(name)),
  )
  const flat = found.map((gradient, i) => {
    if (gradient !== null) return gradient.dims.length === 1 ? gradient : g.reshape(gradient, [-1])
    throw new NotDifferentiableError({
      what: `The loss does not depend on parameter ${model.parameters[i].name}.`,
      fix: 'Remove it from the model.',
    })
  })
  return g.concat(flat, 0, 'gradient')
}
