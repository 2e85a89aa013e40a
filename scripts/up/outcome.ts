/** The task's outcome recomputed from what is public: documents, deltas and keys, fetched by their CIDs. */
import { openHeldOut } from '../../workers/data/index.ts'
import { adamw, createEvaluator, generate, gpt, ngramBaselines } from '../../workers/engine/index.ts'
import { loadCanonicalRuntime } from '../../workers/node/runtime/canonical.ts'
import { openTask, type TaskContext } from '../../workers/node/taskContext.ts'
import type { MarketViews, TaskView } from '../../workers/node/views.ts'
import type { ContentStore } from '../../workers/storage/index.ts'

export interface Outcome {
  readonly context: TaskContext
  readonly first: Float32Array
  readonly final: Float32Array
  /** All rounds' test texts, in order. */
  readonly heldOut: Uint8Array
  /** Bits per byte. */
  readonly before: number
  readonly after: number
  readonly unigram: number
  readonly bigram: number
  readonly trigram: number
  /** Of each round's own test text: base before and after the merge. */
  readonly rounds: readonly { base: string; before: number; after: number }[]
  readonly sample: { before: string; after: string }
  /** Bytes of each handed-in update by its CID, of those that are still served. */
  readonly deltaBytes: ReadonlyMap<string, number>
}

const PROMPT = 'The function returns '

/** @param store a node of this process, which fetches everything from the peers that the chain names */
export async function recomputeOutcome(
  task: TaskView,
  { views, store, signal }: { views: MarketViews; store: ContentStore; signal?: AbortSignal },
): Promise<Outcome> {
  const runtime = await loadCanonicalRuntime()
  const peersOf = async (accounts: readonly string[]): Promise<string[]> =>
    (await Promise.all(accounts.map(async (account) => (await views.node(account))?.peer ?? ''))).filter(Boolean)
  const context = await openTask(task, {
    views,
    peersOf,
    runtime,
    counters: adamw().lengths(1).counters,
    fetch: (cid, maxBytes, from) => store.cat(cid, { maxBytes, from, signal }),
  })
  const texts: Uint8Array[] = []
  const deltaBytes = new Map<string, number>()
  for (let round = 0; round < task.rounds_settled; round++) {
    const { key, trainers } = await views.round(task.id, round)
    for (const { account, delta } of trainers) {
      const bytes =
        delta === null ? null : await context.fetch(delta, context.maxDeltaBytes, [account]).catch(() => null)
      if (bytes !== null) deltaBytes.set(delta!, bytes.length)
    }
    const set = context.heldOut.sets[round]
    if (key === null || !set) continue
    const ciphertext = await context.fetch(set.ciphertext, set.bytes + 64)
    texts.push(await openHeldOut({ ciphertext, key, root: set.root }))
  }
  const heldOut = new Uint8Array(Buffer.concat(texts))
  const model = gpt(context.document.model)
  const evaluator = createEvaluator({ ort: runtime.ort, profile: 'canonical', model })
  const bases: { parameters: Float32Array; hash: string }[] = []
  for (let round = 0; round <= task.rounds_settled; round++) bases.push(await context.base(round))
  const bits = async (parameters: Float32Array, text: Uint8Array): Promise<number> =>
    (await evaluator.score(parameters, text)).bitsPerByte
  const rounds = []
  for (const [index, text] of texts.entries()) {
    const [before, after] = [bases[index], bases[index + 1]]
    rounds.push({
      base: before.hash,
      before: await bits(before.parameters, text),
      after: await bits(after.parameters, text),
    })
  }
  const first = bases[0].parameters
  const final = bases.at(-1)!.parameters
  const write = async (parameters: Float32Array): Promise<string> => {
    const bytes = await generate({
      ort: runtime.ort,
      profile: 'canonical',
      model,
      parameters,
      prompt: new TextEncoder().encode(PROMPT),
      length: 64,
      seed: '00',
      temperature: 0.7,
    })
    return new TextDecoder().decode(bytes)
  }
  try {
    return {
      context,
      first,
      final,
      heldOut,
      before: await bits(first, heldOut),
      after: await bits(final, heldOut),
      ...ngramBaselines(context.data, heldOut),
      rounds,
      deltaBytes,
      sample: { before: await write(first), after: await write(final) },
    }
  } finally {
    await evaluator.release()
  }
}
