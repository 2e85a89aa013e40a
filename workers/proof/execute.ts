/** Doing a round's work, whole (a trainer) or one leaf of it (a validator, a juror): the same functions for both. */
import { type Components, codecEnd, type Hash, stateHash } from '../../chain/client/protocol.ts'
import { segmentAt } from './program.ts'
import { componentsOf, hashValues, type State, type StepState, stepComponents } from './state.ts'
import { chunkRootOf, type Transcript } from './transcript.ts'

/** Runs the prescribed steps `from … from + count − 1` of one worker's round. */
export type RunSteps = (state: StepState, from: number, count: number) => Promise<StepState>

/** Turns an update into a delta's bytes and what error feedback carries on. */
export type Encode = (update: Float32Array, residual: Float32Array) => { bytes: Uint8Array; residual: Float32Array }

export interface Work {
  readonly steps: number
  readonly segments: number
  readonly run: RunSteps
  readonly encode: Encode
  /** CID under which the bytes are, or would be, stored. */
  readonly cidOf: (bytes: Uint8Array) => Promise<string>
}

export interface CodecResult {
  readonly bytes: Uint8Array
  readonly delta: string
  readonly chunkRoot: string
  /** Residual after the round, n values. */
  readonly residual: Float32Array
  readonly final: Components
  /** End hash of the codec leaf. */
  readonly end: string
}

/** The codec leaf: boundary S gives the delta (base − trained, plus the residual) and the final state. */
export async function runCodec(hash: Hash, work: Work, base: Float32Array, last: State): Promise<CodecResult> {
  const update = new Float32Array(base.length)
  for (let i = 0; i < base.length; i++) update[i] = Math.fround(base[i] - last.parameters[i])
  const { bytes, residual } = work.encode(update, last.residual)
  const delta = await work.cidOf(bytes)
  const chunkRoot = chunkRootOf(hash, bytes)
  const final = stepComponents(hash, last, hashValues(hash, residual))
  return {
    bytes,
    delta,
    chunkRoot,
    residual,
    final,
    end: codecEnd(hash, { final: stateHash(hash, final), delta, chunkRoot }),
  }
}

/** One segment from its start state: the hashes that only recomputation gives. */
export async function runLeaf(
  hash: Hash,
  work: Work,
  leaf: number,
  start: StepState,
  residual: string,
): Promise<{ middle: string; end: string }> {
  const { start: from, middle, end } = segmentAt(leaf, work.steps, work.segments)
  const half = await work.run(start, from, middle - from)
  const last = await work.run(half, middle, end - middle)
  return {
    middle: stateHash(hash, stepComponents(hash, half, residual)),
    end: stateHash(hash, stepComponents(hash, last, residual)),
  }
}

export interface RoundProgress {
  readonly segment: number
  readonly segments: number
}

/**
 * A whole round from its start state. Every boundary is handed to `keep` before the next segment starts, so that it
 * can be published later and a killed worker resumes behind the last one kept.
 * @param resume boundaries that an earlier run kept, with the middles between them
 */
export async function runRound(
  hash: Hash,
  work: Work,
  {
    base,
    start,
    resume,
    keep,
    onProgress,
    signal,
  }: {
    base: Float32Array
    start: State
    resume?: { boundaries: Components[]; middles: string[]; last: StepState }
    keep: (index: number, state: StepState, components: Components, middle: string | null) => Promise<void>
    onProgress?: (progress: RoundProgress) => void
    signal?: AbortSignal
  },
): Promise<{ transcript: Transcript; codec: CodecResult }> {
  const residual = hashValues(hash, start.residual)
  const boundaries: Components[] = resume ? [...resume.boundaries] : [componentsOf(hash, start)]
  const middles: string[] = resume ? [...resume.middles] : []
  let state: StepState = resume ? resume.last : start
  if (!resume) await keep(0, start, boundaries[0], null)
  for (let leaf = middles.length; leaf < work.segments; leaf++) {
    signal?.throwIfAborted()
    const { start: from, middle, end } = segmentAt(leaf, work.steps, work.segments)
    const half = await work.run(state, from, middle - from)
    const middleHash = stateHash(hash, stepComponents(hash, half, residual))
    state = await work.run(half, middle, end - middle)
    const components = stepComponents(hash, state, residual)
    await keep(leaf + 1, state, components, middleHash)
    middles.push(middleHash)
    boundaries.push(components)
    onProgress?.({ segment: leaf + 1, segments: work.segments })
  }
  const codec = await runCodec(hash, work, base, { ...state, residual: start.residual })
  const { final, delta, chunkRoot } = codec
  return { transcript: { boundaries, middles, final, delta, chunkRoot }, codec }
}
