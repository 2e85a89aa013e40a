/** ONNX Runtime sessions as the engine opens them: one thread, fixed order, little memory. */

import { ExecutionError } from '../errors.ts'
import type { Tensor, TensorData, Value } from '../graph/ir.ts'
import type { Inputs, Ort, OrtSession, Profile, Runtime, SessionOptions } from '../types.ts'

const CANONICAL: SessionOptions = { executionProviders: ['wasm'], logSeverityLevel: 3 }
// One thread: a second one changes the bits of MatMul, and our processes share the machine.
const NATIVE: SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
}

export const sessionOptions = (profile: Profile, options: SessionOptions = {}): SessionOptions => ({
  ...(profile === 'canonical' ? CANONICAL : NATIVE),
  graphOptimizationLevel: 'all',
  executionMode: 'sequential',
  ...options,
})

/** @throws ExecutionError when the runtime refuses the model */
export async function openSession(
  ort: Ort,
  profile: Profile,
  model: Uint8Array,
  options?: SessionOptions,
): Promise<OrtSession> {
  try {
    return await ort.InferenceSession.create(model, sessionOptions(profile, options))
  } catch (cause) {
    throw new ExecutionError({
      what: `ONNX Runtime refused the model: ${messageOf(cause)}`,
      fix: 'Check the model with `blyan engine trace`; report a model of ours as a bug.',
      cause,
    })
  }
}

/** @throws ExecutionError when the runtime fails, for instance for lack of memory */
// biome-ignore lint/suspicious/noExplicitAny: the two runtimes' tensor classes differ in private fields
export async function runSession(session: OrtSession, feeds: Record<string, any>): Promise<Record<string, any>> {
  try {
    return await session.run(feeds)
  } catch (cause) {
    throw new ExecutionError({
      what: `ONNX Runtime failed while running: ${messageOf(cause)}`,
      fix: 'Free memory or use a smaller batch; if it persists, report the model.',
      cause,
    })
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Runs a model once, in a session of its own. @throws ExecutionError */
export async function runOnce(
  { ort, profile }: Pick<Runtime, 'ort' | 'profile'>,
  model: Uint8Array,
  wanted: readonly Value[],
  inputs: Inputs,
  level: 'all' | 'disabled' = 'all',
): Promise<Record<string, Tensor>> {
  const session = await openSession(ort, profile, model, { graphOptimizationLevel: level })
  try {
    const feeds = wanted.map(({ name }) => {
      const { dtype, data, dims } = inputs[name]
      return [name, new ort.Tensor(dtype, data, dims)]
    })
    const out = await runSession(session, Object.fromEntries(feeds))
    return Object.fromEntries(
      Object.entries(out).map(([name, { type, dims, data }]) => [
        name,
        { dtype: type, dims, data: data as TensorData },
      ]),
    )
  } finally {
    await session.release()
  }
}
