/** A sample redone as the page does it, in the runtime that daemons use, on a round that was really trained. */
import { expect } from 'chai'
import { fileCid } from '../../../../chain/client/content/index.ts'
import type { Rpc } from '../../../../chain/client/near/rpc.ts'
import { type Components, toHex } from '../../../../chain/client/protocol.ts'
import { sha256 } from '../../../../chain/lib/hash.ts'
import type { HandedValue, Progress, Sample } from '../../../../frontend/src/recompute/messages.ts'
import { redoSample } from '../../../../frontend/src/recompute/redo.ts'
import { uncheckedOf } from '../../../../frontend/src/recompute/words.ts'
import { mergeDeltas } from '../../../../workers/aggregate/index.ts'
import { decodeDelta, encodeDelta } from '../../../../workers/delta/index.ts'
import { gpt, initialParameters, type Runtime } from '../../../../workers/engine/index.ts'
import { loadCanonicalRuntime } from '../../../../workers/node/runtime/canonical.ts'
import {
  componentBytes,
  documentBytes,
  freshState,
  hashValues,
  openTraining,
  publishStates,
  rootsOf,
  runRound,
  runSteps,
  type StepState,
  type TaskDocument,
  type Transcript,
  zeroHashes,
} from '../../../../workers/proof/index.ts'

const TRAINER = 'trainer.near'
const MODEL = { kind: 'gpt', layers: 1, width: 8, heads: 2, context: 8, vocab: 256, seed: '01' } as const
const STEPS = 16
const SEGMENTS = 4
const SEED = '5e'.repeat(32)

interface Played {
  files: Map<string, Uint8Array>
  views: Map<string, unknown>
  runtime: Runtime
  transcripts: Transcript[]
}

describe('a sample done again by the page', function () {
  this.timeout(60_000)
  let played: Played
  before(async () => {
    played = await playTwoRounds()
  })

  const redo = (
    at: Partial<Sample>,
    {
      rpc = rpcOf(played.views),
      files = played.files,
      runtime = played.runtime,
      told = [] as Progress[],
      paths = [] as string[],
    } = {},
  ) => {
    let now = 0
    return redoSample(
      { task: '7', round: 0, submission: 0, leaf: 1, ...at },
      {
        rpc,
        market: 'market.near',
        bytes: async (path) => {
          paths.push(path)
          return files.get(/content\/(\w+)/.exec(path)![1]!) ?? Promise.reject(new Error('nobody serves it'))
        },
        runtime: async () => runtime,
        tell: (progress) => void told.push(progress),
        now: () => (now += 100),
      },
    )
  }

  it('ends where the trainer said, though its steps are run one by one, and gives the same check value', async () => {
    const told: Progress[] = []
    const paths: string[] = []
    for (const leaf of [0, 1, 3]) {
      const redone = await redo({ leaf }, { told, paths })
      expect(redone.same, `sample ${leaf}`).to.equal(true)
      expect(redone.got).to.equal(redone.committed)
      expect(redone.steps).to.equal(4)
      expect(redone.checkValue).to.equal(played.transcripts[0]!.middles[leaf])
      expect(redone.handed).to.deep.include({ who: TRAINER, value: redone.checkValue! } satisfies HandedValue)
    }
    expect(told.filter(({ doing }) => doing === 'training').map(({ done }) => done)).to.deep.equal([
      ...[0, 1, 2, 3],
      ...[0, 1, 2, 3],
      ...[0, 1, 2, 3],
    ])
    // The task's own documents are asked for as such, what was published as this submission's.
    expect(paths[0]).to.match(/^\/api\/v1\/tasks\/7\/content\/b\w+$/)
    expect(paths.at(-1)).to.match(/\?round=0&submission=0$/)
  })

  it('of a later round begins with the merge, computed here from the first parameters on', async () => {
    const paths: string[] = []
    const first = await redo({ round: 1, leaf: 0 }, { paths })
    expect(first.same).to.equal(true)
    expect(paths.filter((path) => path.endsWith('?round=0&submission=0'))).to.have.length(1)
    expect((await redo({ round: 1, leaf: SEGMENTS })).same, 'the update').to.equal(true)
  })

  it('differs where the trainer committed itself to another end, start or update', async () => {
    const { views } = played
    const lying = new Map(views)
    const round = structuredClone(views.get('get_round 1')) as { trainers: { delta: string; chunk_root: string }[] }
    round.trainers[0]!.chunk_root = 'ab'.repeat(32)
    lying.set('get_round 1', round)
    const update = await redo({ round: 1, leaf: SEGMENTS }, { rpc: rpcOf(lying) })
    expect(update.same).to.equal(false)
    expect(update.got).to.not.equal(update.committed)
    // Another first round's merge, so another start than the trainer's of the second one.
    const other = new Map(views)
    other.set('get_round 0', { ...(views.get('get_round 0') as object), merge_set: [] })
    expect((await redo({ round: 1, leaf: 0 }, { rpc: rpcOf(other) })).same).to.equal(false)
    // In the middle of the round nothing of the merge is asked.
    expect((await redo({ round: 1, leaf: 2 }, { rpc: rpcOf(other) })).same).to.equal(true)
  })

  it('is not called anything where bytes, commitment, runtime or publication are not there', async () => {
    const { files, views, runtime } = played
    const why = (made: Promise<unknown>) => made.then(String, (error: unknown) => uncheckedOf(error).why)
    const bent = new Map([...files].map(([cid, bytes]) => [cid, bytes.map((byte, i) => (i === 9 ? byte ^ 1 : byte))]))
    expect(await why(redo({}, { files: bent }))).to.match(/^the gateway sent other bytes/)
    const round = structuredClone(views.get('get_round 0')) as { trainers: Record<string, unknown>[] }
    const withSeat = (change: object) =>
      rpcOf(new Map(views).set('get_round 0', { ...round, trainers: [{ ...round.trainers[0], ...change }] }))
    expect(await why(redo({}, { rpc: withSeat({ boundary_root: 'ab'.repeat(32) }) }))).to.match(/not what it committed/)
    expect(await why(redo({}, { rpc: withSeat({ manifest: null }) }))).to.match(/published no states/)
    expect(await why(redo({}, { runtime: { ...runtime, version: '0.0.1' } }))).to.match(/this machine has 0\.0\.1/)
    expect(await why(redo({}, { rpc: async () => ({ result: [], block_height: 1 }) }))).to.match(
      /RPC .* does not speak/,
    )
  })
})

/** One trainer, two rounds; every sample is published. */
async function playTwoRounds(): Promise<Played> {
  const files = new Map<string, Uint8Array>()
  const put = async (bytes: Uint8Array): Promise<string> => {
    const cid = fileCid(bytes)
    files.set(cid, bytes.slice())
    return cid
  }
  const runtime = await loadCanonicalRuntime()
  const data = new TextEncoder().encode('some plain words that are trained upon, again and again. '.repeat(40))
  const model = gpt(MODEL)
  const init = initialParameters(model, MODEL.seed)
  const document: TaskDocument = {
    schema: 'blyan.spec/1',
    model: { ...MODEL, parameters: model.size },
    init: await put(componentBytes(init)),
    data: { cid: await put(data), bytes: data.length, sha256: toHex(sha256(data)) },
    train: {
      steps: STEPS,
      batch: 2,
      context: MODEL.context,
      optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      schedule: { peak: 0.01, warmup: 2, total: 2 * STEPS, floor: 0.1 },
    },
    delta: { chunk: 64, keepBps: 1_000, bits: 8 },
    merge: { rule: 'mean', outer: { kind: 'plain', learningRate: 1 }, normClip: null },
    segments: SEGMENTS,
    heldOut: { sets: await put(heldOut()), bytesPerRound: 1024 },
    profile: {
      name: 'canonical',
      runtime: 'onnxruntime-web',
      version: runtime.version,
      wasmSha256: runtime.wasmSha256!,
    },
  }
  const shape = { parameters: model.size, m: model.size, v: model.size, counters: 3, residual: model.size }
  const spec = await put(documentBytes(document))
  const baseHash = hashValues(sha256, init)
  const order = { spec, base: baseHash, segments: SEGMENTS, zero: zeroHashes(sha256, shape) }
  const views = new Map<string, unknown>([['get_task', { id: '7', requester: 'alice.near', spec: order }]])
  const session = await openTraining(runtime, document)
  const transcripts: Transcript[] = []
  let base = init
  let start = freshState(init, shape)
  let last: { components: Components } | null = null
  for (let round = 0; round < 2; round++) {
    const kept: StepState[] = []
    const { transcript, codec } = await runRound(
      sha256,
      {
        steps: STEPS,
        segments: SEGMENTS,
        run: async (state, from, count) =>
          (await runSteps(session, document, data, { round, seed: SEED, state, from, count })).state,
        encode: (update, residual) => encodeDelta(update, residual, document.delta),
        cidOf: put,
      },
      { base, start, keep: async (index, state) => void (kept[index] = state) },
    )
    transcripts.push(transcript)
    const manifest = await publishStates(sha256, {
      task: '7',
      round,
      account: TRAINER,
      transcript,
      leaves: [0, 1, 2, 3],
      residual: start.residual,
      stateAt: async (index) => kept[index]!,
      put,
    })
    views.set(`get_round ${round}`, {
      task: '7',
      round,
      trainers: [
        {
          account: TRAINER,
          batch_seed: SEED,
          last_final: last,
          delta: transcript.delta,
          chunk_root: transcript.chunkRoot,
          boundary_root: rootsOf(sha256, transcript).boundaryRoot,
          final: transcript.final,
          manifest: await put(documentBytes(manifest)),
          middles: transcript.middles.map((hash, leaf) => ({ leaf, hash })),
        },
      ],
      validators: [],
      merge_set: [0],
    })
    const decoded = decodeDelta(codec.bytes, { count: model.size, ...document.delta })
    base = mergeDeltas({ base, deltas: [decoded], ...document.merge }).base
    start = { ...kept[SEGMENTS]!, parameters: base, residual: codec.residual }
    last = { components: transcript.final }
  }
  await session.release()
  return { files, views, runtime, transcripts }
}

const heldOut = (): Uint8Array =>
  documentBytes({
    schema: 'blyan.heldout/1',
    sets: [
      { ciphertext: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku', root: '0'.repeat(64), bytes: 1 },
    ],
  })

/** The market's views as a node's JSON-RPC gives them. */
function rpcOf(views: ReadonlyMap<string, unknown>): Rpc {
  return async (_, params) => {
    const { method_name: method, args_base64: args } = params as { method_name: string; args_base64: string }
    const { round } = JSON.parse(Buffer.from(args, 'base64').toString()) as { round?: number }
    const view = views.get(round === undefined ? method : `${method} ${round}`) ?? null
    return { result: [...Buffer.from(JSON.stringify(view))], block_height: 100 }
  }
}
