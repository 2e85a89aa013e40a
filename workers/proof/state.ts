/** Training state as the protocol hashes it: five float32 components, each by its raw little-endian bytes. */
import { type Components, type Hash, stateHash, toHex } from '../../chain/client/protocol.ts'
import { DocumentError } from './documents.ts'

/** What an optimizer step changes. Lengths: parameters n, m and v n, counters 1 to 16. */
export interface StepState {
  readonly parameters: Float32Array
  readonly m: Float32Array
  readonly v: Float32Array
  readonly counters: Float32Array
}

/** A whole state: the step state and the error-feedback residual of n values, which segments leave alone. */
export interface State extends StepState {
  readonly residual: Float32Array
}

export const COMPONENTS = ['parameters', 'm', 'v', 'counters', 'residual'] as const
export type ComponentName = (typeof COMPONENTS)[number]

/** Lengths of each component, in values; fixed by a task's model. */
export type StateShape = Readonly<Record<ComponentName, number>>

/** Raw bytes of a component: a view, not a copy. Every platform that ONNX Runtime runs on is little-endian. */
export function componentBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/**
 * Reads a component from bytes that a peer served.
 * @throws DocumentError when the length is not `length` values or a value is not finite
 */
export function parseComponent(bytes: Uint8Array, length: number, name: string): Float32Array {
  if (bytes.length !== 4 * length) {
    throw new DocumentError({
      what: `State component ${name} has ${bytes.length} bytes; this model needs ${4 * length}.`,
      fix: 'Its trainer must publish the state that its transcript names.',
      data: { field: name },
    })
  }
  const values = new Float32Array(bytes.slice().buffer)
  // A sum is finite unless a value is not, or unless honest values are absurdly large: either way it is refused.
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] * 0
  if (sum !== 0) {
    throw new DocumentError({
      what: `State component ${name} holds a value that is not finite.`,
      fix: 'Its trainer must publish the state that its transcript names.',
      data: { field: name },
    })
  }
  return values
}

export const hashValues = (hash: Hash, values: Float32Array): string => toHex(hash(componentBytes(values)))

/** Component hashes of a whole state. */
export function componentsOf(hash: Hash, state: State): Components {
  return {
    parameters: hashValues(hash, state.parameters),
    m: hashValues(hash, state.m),
    v: hashValues(hash, state.v),
    counters: hashValues(hash, state.counters),
    residual: hashValues(hash, state.residual),
  }
}

/** State hash of a step state whose residual is known by its hash alone. */
export function stepStateHash(hash: Hash, state: StepState, residual: string): string {
  return stateHash(hash, stepComponents(hash, state, residual))
}

/** Component hashes of a step state whose residual is known by its hash alone. */
export function stepComponents(hash: Hash, state: StepState, residual: string): Components {
  return {
    parameters: hashValues(hash, state.parameters),
    m: hashValues(hash, state.m),
    v: hashValues(hash, state.v),
    counters: hashValues(hash, state.counters),
    residual,
  }
}

/** The state in which a worker without a merged round behind it starts: moments, counters and residual zero. */
export function freshState(parameters: Float32Array, shape: StateShape): State {
  return {
    parameters,
    m: new Float32Array(shape.m),
    v: new Float32Array(shape.v),
    counters: new Float32Array(shape.counters),
    residual: new Float32Array(shape.residual),
  }
}

/** Hashes of the zero components: what a task's spec gives the contract as the only other legal start. */
export function zeroHashes(hash: Hash, shape: StateShape): Omit<Components, 'parameters'> {
  const zero = (length: number): string => hashValues(hash, new Float32Array(length))
  return { m: zero(shape.m), v: zero(shape.v), counters: zero(shape.counters), residual: zero(shape.residual) }
}
