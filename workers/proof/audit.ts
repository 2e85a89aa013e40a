/**
 * What a validator does with one submission, and a juror with one leaf: fetch what was published, check it against the
 * commitment, do the work again. A finding is a statement about one leaf; opinions have no place here.
 * Source: docs/protocol.md rules 3, 8–10; docs/design.md "Verification".
 */
import { type Components, codecEnd, type Hash, stateHash, toHex, ZERO_HASH } from '../../chain/client/protocol.ts'
import { DocumentError, type Manifest, manifestSchema, parseDocument } from './documents.ts'
import { runCodec, runLeaf, type Work } from './execute.ts'
import { parseComponent, type State, type StateShape, type StepState } from './state.ts'
import { chunkRootOf, isBoundary } from './transcript.ts'

/** What the chain says of one submission. */
export interface SubmissionFacts {
  readonly task: string
  readonly round: number
  readonly account: string
  readonly delta: string
  readonly chunkRoot: string
  readonly boundaryRoot: string
  readonly final: Components
  readonly manifest: string | null
  /** The components in which boundary 0 must stand: the merge, and this worker's last merged final state or zero. */
  readonly expectedStart: Components
}

export interface AuditContext {
  readonly hash: Hash
  readonly work: Work
  readonly shape: StateShape
  /** The round's base as this machine computed it, n values. */
  readonly base: Float32Array
  /** Fetches bytes by CID, checked against it. */
  readonly fetch: (cid: string, maxBytes: number) => Promise<Uint8Array>
  readonly maxDeltaBytes: number
  readonly signal?: AbortSignal
}

export type Finding =
  | { readonly verdict: 'ok'; readonly middles: readonly string[] }
  /** Not published as committed: withholds pay, accuses no leaf. */
  | { readonly verdict: 'unserved'; readonly middles: readonly string[]; readonly why: string }
  | {
      readonly verdict: 'dispute'
      readonly leaf: number
      /** The trainer's committed end, with its proof; null for the codec leaf, whose end the reveal gives. */
      readonly end: string | null
      readonly endProof: readonly string[]
      readonly middles: readonly string[]
    }

const MAX_MANIFEST_BYTES = 1 << 20

/** Audits one submission. Never throws for what the trainer did; throws when this machine cannot work (aborted, disk). */
export async function auditSubmission(
  context: AuditContext,
  facts: SubmissionFacts,
  leaves: readonly number[],
): Promise<Finding> {
  const unserved = (why: string): Finding => ({ verdict: 'unserved', middles: leaves.map(() => ZERO_HASH), why })
  let delta: Uint8Array
  let manifest: Manifest
  try {
    manifest = await fetchManifest(context, facts)
    delta = await context.fetch(facts.delta, context.maxDeltaBytes)
  } catch (error) {
    context.signal?.throwIfAborted()
    return unserved(String((error as Error).message))
  }
  if (chunkRootOf(context.hash, delta) !== facts.chunkRoot) return unserved('chunk root differs from the delta')

  const middles: string[] = []
  let accused: { leaf: number; end: string; endProof: readonly string[] } | null = null
  for (const leaf of leaves) {
    context.signal?.throwIfAborted()
    const entry = manifest.leaves.find((each) => each.leaf === leaf)
    if (!entry) return unserved(`leaf ${leaf} is not in the manifest`)
    let result: { middle: string; end: string }
    try {
      result = await recomputeSegment(context, facts, leaf, manifest)
    } catch (error) {
      context.signal?.throwIfAborted()
      return unserved(`leaf ${leaf}: ${(error as Error).message}`)
    }
    middles.push(result.middle)
    if (result.end !== entry.end) accused ??= { leaf, end: entry.end, endProof: entry.endProof }
  }
  if (accused) return { verdict: 'dispute', ...accused, middles }

  try {
    const { end } = await recomputeCodec(context, facts, manifest)
    if (end !== claimedCodecEnd(context.hash, facts)) {
      return { verdict: 'dispute', leaf: context.work.segments, end: null, endProof: [], middles }
    }
  } catch (error) {
    context.signal?.throwIfAborted()
    return { verdict: 'unserved', middles, why: `last state: ${(error as Error).message}` }
  }
  return { verdict: 'ok', middles }
}

/**
 * What a juror answers about a leaf: its middle and its end, recomputed from the published start.
 * @throws DocumentError when the start was not published as committed, storage errors when nobody serves it
 */
export async function recomputeLeaf(
  context: AuditContext,
  facts: SubmissionFacts,
  leaf: number,
): Promise<{ middle: string; end: string }> {
  const { middle, end } = await redoLeaf(context, facts, leaf)
  return { middle, end }
}

/**
 * A leaf done again, beside the end to which its trainer committed itself: equal, or one of the two is wrong.
 * @throws DocumentError when start or end are not those of the committed transcript, storage errors when nobody serves them
 */
export async function redoLeaf(
  context: AuditContext,
  facts: SubmissionFacts,
  leaf: number,
): Promise<{ middle: string; end: string; committed: string }> {
  const manifest = await fetchManifest(context, facts)
  if (leaf === context.work.segments) {
    const redone = await recomputeCodec(context, facts, manifest)
    return { ...redone, committed: claimedCodecEnd(context.hash, facts) }
  }
  const redone = await recomputeSegment(context, facts, leaf, manifest)
  return { ...redone, committed: manifest.leaves.find((each) => each.leaf === leaf)!.end }
}

/** The end of the codec leaf to which the trainer's reveal committed it. */
export function claimedCodecEnd(hash: Hash, facts: SubmissionFacts): string {
  return codecEnd(hash, { final: stateHash(hash, facts.final), delta: facts.delta, chunkRoot: facts.chunkRoot })
}

async function fetchManifest(context: AuditContext, facts: SubmissionFacts): Promise<Manifest> {
  if (!facts.manifest) throw new DocumentError({ what: 'Nothing was published.', fix: 'The trainer must publish.' })
  const bytes = await context.fetch(facts.manifest, MAX_MANIFEST_BYTES)
  const manifest = parseDocument(manifestSchema, bytes, `manifest of ${facts.account}`)
  if (manifest.task !== facts.task || manifest.round !== facts.round || manifest.account !== facts.account) {
    throw new DocumentError({
      what: 'The manifest is of another submission.',
      fix: 'The trainer must publish its own.',
    })
  }
  return manifest
}

async function recomputeSegment(
  context: AuditContext,
  facts: SubmissionFacts,
  leaf: number,
  manifest: Manifest,
): Promise<{ middle: string; end: string }> {
  const { hash, work } = context
  const entry = manifest.leaves.find((each) => each.leaf === leaf)
  if (!entry)
    throw new DocumentError({ what: `Leaf ${leaf} is not in the manifest.`, fix: 'The trainer must publish it.' })
  const start: Components = {
    parameters: entry.start.parameters.hash,
    m: entry.start.m.hash,
    v: entry.start.v.hash,
    counters: entry.start.counters.hash,
    residual: entry.start.residual.hash,
  }
  requireBoundary(context, facts, leaf, stateHash(hash, start), entry.startProof)
  requireBoundary(context, facts, leaf + 1, entry.end, entry.endProof)
  // Leaf 0 starts where the protocol says, whatever the trainer committed: a wrong base is thereby a false leaf 0.
  if (leaf === 0 && start.parameters !== facts.expectedStart.parameters) {
    const rest = await fetchStep(context, entry.start)
    return runLeaf(hash, work, leaf, { ...rest, parameters: context.base }, facts.expectedStart.residual)
  }
  return runLeaf(hash, work, leaf, await fetchStep(context, entry.start), start.residual)
}

async function recomputeCodec(
  context: AuditContext,
  facts: SubmissionFacts,
  manifest: Manifest,
): Promise<{ middle: string; end: string }> {
  const { hash, work, shape } = context
  const { start: entry, startProof } = manifest.codec
  const start: Components = {
    parameters: entry.parameters.hash,
    m: entry.m.hash,
    v: entry.v.hash,
    counters: entry.counters.hash,
    residual: entry.residual.hash,
  }
  requireBoundary(context, facts, work.segments, stateHash(hash, start), startProof)
  const last: State = {
    ...(await fetchStep(context, entry)),
    residual: await fetchComponent(context, entry.residual, shape.residual, 'residual'),
  }
  const { end } = await runCodec(hash, work, context.base, last)
  return { middle: ZERO_HASH, end }
}

function requireBoundary(
  { hash, work }: AuditContext,
  facts: SubmissionFacts,
  index: number,
  state: string,
  proof: readonly string[],
): void {
  if (isBoundary(hash, { root: facts.boundaryRoot, state, index, segments: work.segments, proof })) return
  throw new DocumentError({
    what: `State ${index} is not in the committed transcript.`,
    fix: 'The trainer must publish the state that it committed.',
    data: { index },
  })
}

type StoredStep = Pick<Manifest['codec']['start'], 'parameters' | 'm' | 'v' | 'counters'>

async function fetchStep(context: AuditContext, stored: StoredStep): Promise<StepState> {
  const { shape } = context
  return {
    parameters: await fetchComponent(context, stored.parameters, shape.parameters, 'parameters'),
    m: await fetchComponent(context, stored.m, shape.m, 'm'),
    v: await fetchComponent(context, stored.v, shape.v, 'v'),
    counters: await fetchComponent(context, stored.counters, shape.counters, 'counters'),
  }
}

async function fetchComponent(
  context: AuditContext,
  stored: { hash: string; cid: string },
  length: number,
  name: string,
): Promise<Float32Array> {
  const bytes = await context.fetch(stored.cid, 4 * length)
  if (toHex(context.hash(bytes)) !== stored.hash) {
    throw new DocumentError({
      what: `Component ${name} does not hash to what the transcript names.`,
      fix: 'The trainer must publish the state that it committed.',
      data: { field: name },
    })
  }
  return parseComponent(bytes, length, name)
}
