/** The seam between the engine and its callers: an injected ONNX Runtime, flat training state, trainers and scores. */

import type { Builder } from './graph/builder.ts'
import type { Dim, DType, Tensor, Value } from './graph/ir.ts'

/**
 * `canonical`: onnxruntime-web's WASM on one thread, identical bits on every machine; re-execution is equality of hashes.
 * `native`: the fastest provider of the machine; re-execution agrees within a tolerance only.
 */
export type Profile = 'canonical' | 'native'

/** The little of an onnxruntime module that the engine needs; onnxruntime-node and onnxruntime-web both have it. */
export interface Ort {
  readonly InferenceSession: { create(model: Uint8Array, options?: SessionOptions): Promise<OrtSession> }
  // biome-ignore-start lint/suspicious/noExplicitAny: both runtimes overload this constructor as no structural type can say
  readonly Tensor: new (
    type: any,
    data: any,
    dims?: readonly number[],
  ) => OrtTensor
  // biome-ignore-end lint/suspicious/noExplicitAny: as above
}

export interface SessionOptions {
  executionProviders?: string[]
  intraOpNumThreads?: number
  interOpNumThreads?: number
  graphOptimizationLevel?: 'disabled' | 'basic' | 'extended' | 'layout' | 'all'
  executionMode?: 'sequential' | 'parallel'
  enableCpuMemArena?: boolean
  enableMemPattern?: boolean
  logSeverityLevel?: 0 | 1 | 2 | 3 | 4
}

export interface OrtSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: the runtimes' own tensor classes differ in private fields
  run(feeds: Record<string, any>): Promise<Record<string, any>>
  release(): Promise<void>
}

export interface OrtTensor {
  readonly type: string
  readonly dims: readonly number[]
  // biome-ignore lint/suspicious/noExplicitAny: a typed array whose class `type` names
  readonly data: any
}

/** An ONNX Runtime with what a task must pin about it. `workers/node/runtime` makes these in Node. */
export interface Runtime {
  readonly ort: Ort
  readonly profile: Profile
  /** Version of the onnxruntime package. */
  readonly version: string
  /** SHA-256 of the WASM module, lower-case hex; null where there is none. */
  readonly wasmSha256: string | null
}

/** Tensors fed to a model, by input name. */
export type Inputs = Readonly<Record<string, Tensor>>

/** One parameter tensor's place in the flat parameter vector. */
export interface ParameterSpec {
  /** Stable path, such as `block0/attn/q/weight`. */
  readonly name: string
  readonly dims: readonly number[]
  /** First element in the flat vector; parameters follow each other without gaps in the model's order. */
  readonly offset: number
  readonly size: number
  /** Standard deviation of the seeded normal initial values; 0 means zeros. */
  readonly std: number
  /** Whether weight decay applies (matrices yes, biases no). */
  readonly decay: boolean
}

export interface BatchInput {
  readonly name: string
  readonly dtype: DType
  readonly dims: readonly Dim[]
}

/** A model: its parameters in order, and pure builders of its graph. */
export interface Model {
  /** Kind and configuration in one line, such as `gpt{vocab:256,…}`: what a task's spec hashes. */
  readonly id: string
  readonly parameters: readonly ParameterSpec[]
  /** Number of float32 values in the flat parameter vector. */
  readonly size: number
  /** Inputs of one training step with `batch` examples. */
  batchInputs(batch: number): readonly BatchInput[]
  /** Loss of each scored unit (token or example), in nats, as a flat vector in input order. */
  losses(g: Builder, parameters: Parameters, inputs: Readonly<Record<string, Value>>): Value
  /** Inputs and outputs of the plain inference model. */
  inferenceInputs(): readonly BatchInput[]
  infer(g: Builder, parameters: Parameters, inputs: Readonly<Record<string, Value>>): Readonly<Record<string, Value>>
}

/** A model of byte sequences, which can be scored in bits per byte and can write text. */
export interface LanguageModel extends Model {
  readonly context: number
  readonly vocab: number
}

export type Parameters = (name: string) => Value

/**
 * All that training carries from step to step, as flat float32 vectors: each component is hashed by itself.
 * `m` and `v` have the length of `parameters` or 0, by optimizer; a zeroed `m`, `v`, `counters` is a valid fresh start.
 */
export interface TrainState {
  readonly parameters: Float32Array
  readonly m: Float32Array
  readonly v: Float32Array
  readonly counters: Float32Array
}

/** Inputs of K steps, stacked along a new first axis: for a GPT `{ tokens: Int32Array }` of shape [K, B, T + 1]. */
export type Batches = Readonly<Record<string, Int32Array | Float32Array>>

export interface Trainer {
  readonly model: Model
  /** Examples a step. */
  readonly batch: number
  /**
   * Runs `lrs.length` optimizer steps in one session run. Running 2 steps equals running 1 and 1, bit for bit.
   * @param lrs learning rate of each step   @returns fresh arrays, owned by the caller; `losses` in nats, one a step
   * @throws InvalidArgumentError when a length does not fit, ExecutionError when the runtime fails
   */
  run(state: TrainState, batches: Batches, lrs: Float32Array): Promise<{ state: TrainState; losses: Float32Array }>
  release(): Promise<void>
}

/** A score on held-out bytes. */
export interface Score {
  /** Float64 sum of the float32 losses in byte order. */
  readonly nats: number
  /** Scored bytes: all but the first. */
  readonly count: number
  readonly bitsPerByte: number
  /** ⌊bits per byte × 10⁶⌋; a gain is a difference of two of these. */
  readonly microbits: number
}
