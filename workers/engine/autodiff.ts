/** Reverse-mode differentiation of a graph: the backward pass as ordinary nodes after the forward pass. */

import { NotDifferentiableError } from './errors.ts'
import type { Builder } from './graph/builder.ts'
import type { GraphNode, Value } from './graph/ir.ts'
import { isFloat } from './graph/tensor.ts'
import { Attrs } from './ops/attrs.ts'
import { ruleOf } from './ops/registry.ts'

/**
 * Adds the backward pass of `loss` to `g`. Backward nodes are named `grad/<forward node>/…`.
 * Gradients of a value used several times are added in reverse order of its uses, so the bits are reproducible.
 * @param loss a scalar; of a larger value the sum of its elements is differentiated
 * @param wrt values to differentiate by   @returns their gradients in that order, null where `loss` does not depend
 * @throws NotDifferentiableError when an operator on the way has no gradient rule
 */
export function gradients(g: Builder, loss: Value, wrt: readonly Value[]): (Value | null)[] {
  const forward = [...g.nodes]
  const active = dependents(forward, wrt)
  if (!active.has(loss.name)) return wrt.map(() => null)
  const grads = new Map<string, Value>()
  g.scope('grad', () => {
    grads.set(loss.name, g.expandLike(g.scalar(1, loss.dtype), loss))
    for (let index = forward.length - 1; index >= 0; index--) backward(g, forward[index], index, active, grads)
  })
  return wrt.map(({ name }) => grads.get(name) ?? null)
}

/** Names of all values that `wrt` has an influence on. */
function dependents(nodes: readonly GraphNode[], wrt: readonly Value[]): ReadonlySet<string> {
  const active = new Set(wrt.map(({ name }) => name))
  for (const node of nodes)
    if (node.inputs.some((name) => active.has(name))) for (const output of node.outputs) if (output) active.add(output)
  return active
}

function backward(
  g: Builder,
  node: GraphNode,
  index: number,
  active: ReadonlySet<string>,
  grads: Map<string, Value>,
): void {
  const outputs = node.outputs.map((name) => g.find(name)!)
  const received = node.outputs.map((name) => grads.get(name))
  if (received.every((grad) => grad === undefined) || !node.inputs.some((name) => active.has(name))) return
  const rule = ruleOf(node.op, node.domain)
  if (rule.gradient === undefined) {
    if (!outputs.some((output) => isFloat(output.dtype)) || isFlat(node.op)) return
    throw new NotDifferentiableError({
      what: `Operator ${node.op} (node ${node.name}) has no gradient rule.`,
      fix: 'workers/engine/FEATURES.md lists what is differentiable.',
      data: { op: node.op, node: node.name },
    })
  }
  if (node.op !== 'Split' && received.some((grad, i) => (grad !== undefined) !== (i === 0)))
    throw new NotDifferentiableError({
      what: `The loss depends on a second output of ${node.op} (node ${node.name}); only the first has a gradient rule.`,
      fix: 'Compute that quantity with operators of its own.',
      data: { op: node.op, node: node.name },
    })
  const inputs = node.inputs.map((name) => (name === '' ? undefined : g.value(name)))
  const found = g.scope(node.name, () =>
    rule.gradient!({
      g,
      op: node.op,
      inputs,
      outputs,
      attrs: new Attrs(node.op, node.attributes),
      attributes: node.attributes,
      grads: received,
      dy: received[0]!,
      needs: (i) => node.inputs[i] !== '' && active.has(node.inputs[i]) && isFloat(inputs[i]!.dtype),
      output: (i) => g.ensureOutput(index, i),
    }),
  )
  found.forEach((grad, i) => {
    const name = node.inputs[i]
    if (grad === null || grad === undefined || !name || !active.has(name)) return
    const earlier = grads.get(name)
    grads.set(name, earlier === undefined ? grad : g.scope(node.name, () => g.add(earlier, grad, 'accumulate')))
  })
}

/** Piecewise constant: the derivative is 0 wherever it exists. */
const isFlat = (op: string): boolean => ['Sign', 'Floor', 'Ceil', 'Round', 'OneHot', 'ConstantOfShape'].includes(op)
