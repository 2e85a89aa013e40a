/**
 * The transcript of one round: S + 1 boundary states and S middle states, each known by its hash.
 * Leaf i says: boundary i leads through middle i to boundary i + 1, so leaves join by construction.
 * Source: docs/protocol.md rules 8–10.
 */
import {
  type Components,
  type Hash,
  merkleProof,
  merkleRoot,
  stateHash,
  toHex,
  transcriptRoot,
  verifyMerkle,
} from '../../chain/client/protocol.ts'

/** What a trainer knows of its round before it commits. */
export interface Transcript {
  /** S + 1 component hashes. */
  readonly boundaries: readonly Components[]
  /** S state hashes. */
  readonly middles: readonly string[]
  readonly final: Components
  readonly delta: string
  readonly chunkRoot: string
}

export interface TranscriptRoots {
  readonly boundaryRoot: string
  readonly middleRoot: string
  readonly final: string
  readonly root: string
}

/** Leaf index of the codec leaf, which every validator checks. */
export const codecLeaf = (segments: number): number => segments

export function rootsOf(hash: Hash, transcript: Transcript): TranscriptRoots {
  const boundaryRoot = merkleRoot(hash, boundaryLeaves(hash, transcript))
  const middleRoot = merkleRoot(hash, transcript.middles)
  const final = stateHash(hash, transcript.final)
  const { delta, chunkRoot } = transcript
  return {
    boundaryRoot,
    middleRoot,
    final,
    root: transcriptRoot(hash, { boundaryRoot, middleRoot, final, delta, chunkRoot }),
  }
}

/** Proof that boundary `index` stands in the boundary tree of S + 1 leaves. */
export function boundaryProof(hash: Hash, transcript: Transcript, index: number): string[] {
  return merkleProof(hash, boundaryLeaves(hash, transcript), index)
}

/** Proof that middle `index` stands in the middle tree of S leaves. */
export function middleProof(hash: Hash, transcript: Transcript, index: number): string[] {
  return merkleProof(hash, transcript.middles, index)
}

/** Whether `state` is boundary `index` of a transcript with S segments. */
export function isBoundary(
  hash: Hash,
  {
    root,
    state,
    index,
    segments,
    proof,
  }: { root: string; state: string; index: number; segments: number; proof: readonly string[] },
): boolean {
  return verifyMerkle(hash, {
    root,
    leaf: state,
    index,
    size: segments + 1,
    proof,
  })
}

/** Merkle root over the delta's 1 KiB chunks, each chunk's leaf being its SHA-256. */
export function chunkRootOf(hash: Hash, delta: Uint8Array): string {
  const leaves: string[] = []
  for (let at = 0; at < delta.length; at += CHUNK_BYTES) leaves.push(toHex(hash(delta.subarray(at, at + CHUNK_BYTES))))
  return merkleRoot(hash, leaves)
}

const CHUNK_BYTES = 1024

function boundaryLeaves(hash: Hash, transcript: Transcript): string[] {
  return transcript.boundaries.map((components) => stateHash(hash, components))
}
