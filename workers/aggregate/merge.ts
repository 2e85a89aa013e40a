/** The next base of a task, from a round's merged deltas: a pure function which everyone computes. Source: docs/protocol.md rule 7. */
import { MergeError } from './errors.ts'
import { clipNorm } from './normClip.ts'
import { aggregatorOf } from './rules.ts'
import type { MergeOptions, OuterStep } from './types.ts'

export interface MergeInput extends MergeOptions {
  /** Parameters with which the round started. */
  readonly base: Float32Array
  /** Decoded deltas (base − trained) of the round's merge set, in seat order. */
  readonly deltas: readonly Float32Array[]
  /** The outer momentum after the round before; absent or empty in the first. `plain` keeps none. */
  readonly momentum?: Float32Array
}

export interface Merged {
  readonly base: Float32Array
  readonly momentum: Float32Array
}

/**
 * Merges deltas into the next base, bit for bit alike on every machine. An empty set leaves base and momentum as they are.
 * A coordinate whose step is not finite stays as it was: huge but well-formed deltas must not destroy a model for good.
 * @returns fresh arrays
 * @throws MergeError when lengths differ or an option is out of range
 * @example mergeDeltas({ base: Float32Array.of(1), deltas: [Float32Array.of(0.5)], rule: 'mean', normClip: null,
 *                        outer: { kind: 'plain', learningRate: 1 } }).base // [0.5]
 */
export function mergeDeltas(input: MergeInput): Merged {
  requireMergeable(input)
  const { base, deltas, outer, normClip, momentum = new Float32Array(0) } = input
  if (deltas.length === 0) return { base: base.slice(), momentum: momentum.slice() }
  const clipped = normClip === null ? deltas : deltas.map((delta) => clipNorm(delta, normClip))
  const gradient = aggregatorOf(input)(clipped)
  for (let i = 0; i < gradient.length; i++) if (!Number.isFinite(gradient[i])) gradient[i] = 0
  return outerStep(base, gradient, momentum, outer)
}

function outerStep(base: Float32Array, gradient: Float32Array, momentum: Float32Array, outer: OuterStep): Merged {
  const { fround } = Math
  const rate = fround(outer.learningRate)
  const next = base.slice()
  const move = (i: number, direction: number): void => {
    const moved = fround(base[i] - fround(rate * direction))
    if (Number.isFinite(moved)) next[i] = moved
  }
  if (outer.kind === 'plain') {
    for (let i = 0; i < next.length; i++) move(i, gradient[i])
    return { base: next, momentum: momentum.slice() }
  }
  const decay = fround(outer.momentum)
  const carried = momentum.length === 0 ? new Float32Array(base.length) : momentum.slice()
  for (let i = 0; i < next.length; i++) {
    const velocity = fround(fround(decay * carried[i]) + gradient[i])
    if (!Number.isFinite(velocity)) continue
    carried[i] = velocity
    move(i, fround(gradient[i] + fround(decay * velocity)))
  }
  return { base: next, momentum: carried }
}

function requireMergeable({ base, deltas, momentum, outer, normClip, trimBps = 0 }: MergeInput): void {
  let what = ''
  const odd = deltas.findIndex((delta) => delta.length !== base.length)
  if (odd >= 0) what = `Delta ${odd} has ${deltas[odd].length} values; the base has ${base.length}`
  else if (momentum && momentum.length !== 0 && momentum.length !== base.length)
    what = `The momentum has ${momentum.length} values; the base has ${base.length}`
  else if (!(outer.learningRate > 0 && Number.isFinite(outer.learningRate)))
    what = `The outer learning rate is ${outer.learningRate}; it must be positive`
  else if (outer.kind === 'nesterov' && !(outer.momentum >= 0 && outer.momentum < 1))
    what = `The outer momentum is ${outer.momentum}; it must be in [0, 1)`
  else if (normClip !== null && !(normClip > 0)) what = `The norm limit is ${normClip}; it must be positive`
  else if (!(Number.isInteger(trimBps) && trimBps >= 0 && trimBps < 5_000))
    what = `${trimBps} basis points are trimmed at each end; below 5,000 make sense`
  if (what) throw new MergeError({ what: `${what}.`, fix: 'Correct the arguments of the merge.' })
}
