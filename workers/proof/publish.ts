/** What a trainer publishes after the draw: the start states of the drawn leaves and the last state, as a manifest. */
import type { Components, Hash } from '../../chain/client/protocol.ts'
import { stateHash } from '../../chain/client/protocol.ts'
import type { Manifest } from './documents.ts'
import { componentBytes, type State, type StepState } from './state.ts'
import { boundaryProof, type Transcript } from './transcript.ts'

/** Stores bytes, returns their CID. */
export type Put = (bytes: Uint8Array) => Promise<string>

/**
 * Stores the drawn leaves' start states and boundary S, and describes them.
 * @param leaves segments that any validator drew, without the codec leaf; order and repetition do not matter
 * @param stateAt reads a kept boundary
 */
export async function publishStates(
  hash: Hash,
  {
    task,
    round,
    account,
    transcript,
    leaves,
    residual,
    stateAt,
    put,
  }: {
    task: string
    round: number
    account: string
    transcript: Transcript
    leaves: readonly number[]
    residual: Float32Array
    stateAt: (index: number) => Promise<StepState>
    put: Put
  },
): Promise<Manifest> {
  const segments = transcript.middles.length
  const drawn = [...new Set(leaves)].sort((a, b) => a - b)
  const entries: Manifest['leaves'] = []
  for (const leaf of drawn) {
    const components = transcript.boundaries[leaf]
    entries.push({
      leaf,
      start: { ...(await storeStep(components, await stateAt(leaf), put)), residual: { hash: components.residual } },
      startProof: boundaryProof(hash, transcript, leaf),
      end: stateHash(hash, transcript.boundaries[leaf + 1]),
      endProof: boundaryProof(hash, transcript, leaf + 1),
    })
  }
  const last: State = { ...(await stateAt(segments)), residual }
  const components = transcript.boundaries[segments]
  return {
    schema: 'blyan.manifest/1',
    task,
    round,
    account,
    leaves: entries,
    codec: {
      start: {
        ...(await storeStep(components, last, put)),
        residual: { hash: components.residual, cid: await put(componentBytes(last.residual)) },
      },
      startProof: boundaryProof(hash, transcript, segments),
    },
  }
}

/**
 * The sample of a submission that gateways keep after its trainer dropped the rest: another one in each, so that no place
 * in a round is spared.
 * @param leaves of its manifest, ascending   @returns null where nothing was drawn
 */
export function keptLeaf(leaves: readonly number[], at: { round: number; submission: number }): number | null {
  return leaves[(at.round + at.submission) % Math.max(1, leaves.length)] ?? null
}

async function storeStep(components: Components, state: StepState, put: Put): Promise<StoredStep> {
  const store = async (name: 'parameters' | 'm' | 'v' | 'counters'): Promise<{ hash: string; cid: string }> => ({
    hash: components[name],
    cid: await put(componentBytes(state[name])),
  })
  return {
    parameters: await store('parameters'),
    m: await store('m'),
    v: await store('v'),
    counters: await store('counters'),
  }
}

type StoredStep = Pick<Manifest['codec']['start'], 'parameters' | 'm' | 'v' | 'counters'>
