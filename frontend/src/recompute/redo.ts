/**
 * One sample of a round, done again in this page by the validators' own code. What was committed comes from the market over
 * the reader's RPC; every byte is held against its address, and the start against the commitment, before a step is run.
 */
import { fileCid } from '../../../chain/client/content/index.ts'
import type { Rpc } from '../../../chain/client/near/rpc.ts'
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'
import { sha256 } from '../../../chain/lib/hash.ts'
import { adamw, type Runtime } from '../../../workers/engine/index.ts'
import {
  type AuditContext,
  factsOf,
  openTask,
  openTraining,
  redoLeaf,
  runSteps,
  segmentAt,
  type TaskContext,
} from '../../../workers/proof/index.ts'
import { WrongBytesError } from '../api/errors.ts'
import { handedValues, marketReader, type RoundFacts } from './chainFacts.ts'
import type { Progress, Redone, Sample } from './messages.ts'

/** There is nothing that could be done again. */
export class NothingPublishedError extends BlyanError {
  static override readonly code: string = 'PAGE_NOTHING_PUBLISHED'
  static override readonly fault: Fault = 'peer'
}

export interface RedoTools {
  readonly rpc: Rpc
  readonly market: string
  /** Bytes from the gateway, by a path of its interface. */
  readonly bytes: (path: string) => Promise<Uint8Array>
  readonly runtime: () => Promise<Runtime>
  readonly tell: (progress: Progress) => void
  readonly now: () => number
}

/** @throws NothingPublishedError, WrongBytesError, DocumentError, TaskUnsupportedError, gateway and RPC errors */
export async function redoSample(sample: Sample, tools: RedoTools): Promise<Redone> {
  const { tell, now } = tools
  const startedAt = now()
  tell({ doing: 'reading', done: 0, of: null })
  const market = marketReader(tools.rpc, tools.market)
  const task = await market.task(sample.task)
  const round = await market.round(sample.task, sample.round)
  const seat = requirePublished(round, sample)

  const content = contentOf(sample, tools)
  const runtime = await tools.runtime()
  const context = await openTask(task, {
    hash: sha256,
    runtime,
    counters: adamw().lengths(1).counters,
    peersOf: async () => [],
    views: { round: async (id, index) => content.note(await market.round(id, index)) },
    fetch: content.get,
  })
  content.note(round)
  const { document } = context
  const isUpdate = sample.leaf === document.segments
  // Only what begins or ends with the merge needs it: it is computed here from the first parameters on.
  const base = sample.leaf === 0 || isUpdate ? await context.base(sample.round) : null

  const { start, end } = isUpdate
    ? { start: 0, end: 0 }
    : segmentAt(sample.leaf, document.train.steps, document.segments)
  const training = trainingOf(sample, {
    ...tools,
    context,
    runtime,
    seed: seat.batch_seed,
    first: start,
    steps: end - start,
  })
  try {
    const audit: AuditContext = {
      hash: sha256,
      shape: context.shape,
      base: base?.parameters ?? new Float32Array(0),
      fetch: (cid, maxBytes) => content.get(cid, maxBytes),
      maxDeltaBytes: context.maxDeltaBytes,
      work: {
        steps: document.train.steps,
        segments: document.segments,
        run: training.run,
        encode: (update, residual) => {
          tell({ doing: 'packing', done: 0, of: null })
          return context.encode(update, residual)
        },
        cidOf: async (bytes) => fileCid(bytes),
      },
    }
    const facts = factsOf(task, round, seat, base?.hash ?? '')
    const { middle, end: got, committed } = await redoLeaf(audit, facts, sample.leaf)
    return {
      same: got === committed,
      committed,
      got,
      checkValue: isUpdate ? null : middle,
      handed: isUpdate ? [] : handedValues(round, sample.submission, sample.leaf),
      steps: end - start,
      trainingMs: training.ms(),
      ms: now() - startedAt,
      evidence: [
        { name: 'Read at block', value: `${market.height()}` },
        { name: 'The order’s document', value: task.spec.spec },
        { name: 'Root of the committed states', value: seat.boundary_root },
        { name: 'What was published', value: seat.manifest },
        { name: 'Lot of its batches', value: seat.batch_seed },
        { name: 'Runtime', value: `onnxruntime-web ${runtime.version}, ${runtime.wasmSha256}` },
      ],
    }
  } finally {
    await training.release()
  }
}

type Seat = RoundFacts['trainers'][number]
type PublishedSeat = Seat & { manifest: string; boundary_root: string; batch_seed: string }

function requirePublished(round: RoundFacts, { submission }: Sample): PublishedSeat {
  const seat = round.trainers[submission]
  if (seat?.manifest && seat.boundary_root && seat.batch_seed) return seat as PublishedSeat
  throw new NothingPublishedError({
    what: 'Its trainer published no states of this round, so nobody can begin where it began.',
    fix: 'Choose another submission: the market withholds pay from this one for the same reason.',
  })
}

/** Bytes by address: each held against it here, whoever sent them. */
function contentOf({ task, round, submission }: Sample, { bytes, tell }: RedoTools) {
  const places = new Map<string, { round: number; submission: number }>()
  let isOpen = false
  let fetched = 0
  return {
    /** Updates of a round can be asked for once it has been read; from then on the rest is the submission's own. */
    note(view: RoundFacts): RoundFacts {
      isOpen = true
      view.trainers.forEach(({ delta }, index) => {
        if (delta !== null) places.set(delta, { round: view.round, submission: index })
      })
      return view
    },
    async get(cid: string, maxBytes: number): Promise<Uint8Array> {
      tell({ doing: 'fetching', done: fetched++, of: null })
      const place = places.get(cid) ?? (isOpen ? { round, submission } : null)
      const query = place === null ? '' : `?round=${place.round}&submission=${place.submission}`
      const got = await bytes(`/api/v1/tasks/${task}/content/${cid}${query}`)
      if (got.length <= maxBytes && fileCid(got) === cid) return got
      throw new WrongBytesError({
        what: `The gateway sent ${got.length} bytes that are not those of the address ${cid}.`,
        fix: 'They were not used. Open this task at another gateway.',
        data: { cid },
      })
    },
  }
}

/** The prescribed steps, one at a time: each is told, and the bits do not depend on how many are run at once. */
function trainingOf(
  { round }: Sample,
  {
    context: { document, data },
    runtime,
    seed,
    first,
    steps,
    tell,
    now,
  }: Pick<RedoTools, 'tell' | 'now'> & {
    context: TaskContext
    runtime: Runtime
    seed: string
    first: number
    steps: number
  },
) {
  let trainer: ReturnType<typeof openTraining> | undefined
  let ms = 0
  const run: AuditContext['work']['run'] = async (state, from, count) => {
    if (trainer === undefined) tell({ doing: 'starting', done: 0, of: steps })
    const session = await (trainer ??= openTraining(runtime, document))
    const startedAt = now()
    let next = state
    for (let step = from; step < from + count; step++) {
      tell({ doing: 'training', done: step - first, of: steps })
      next = (await runSteps(session, document, data, { round, seed, state: next, from: step, count: 1 })).state
    }
    ms += now() - startedAt
    return next
  }
  return { run, ms: () => ms, release: async () => (await trainer)?.release() }
}
