/** Makes a task: documents and sealed test text onto storage, the spec for the chain, the keys into the journal. */

import { toHex } from '../../chain/client/protocol.ts'
import { sealHeldOut } from '../data/index.ts'
import { gpt, initialParameters } from '../engine/index.ts'
import { componentBytes, documentBytes, type TaskDocument, zeroHashes } from '../proof/index.ts'
import type { ContentStore } from '../storage/types.ts'
import type { Journal } from './journal.ts'
import { keysKey } from './role/requester.ts'
import { sha256 } from './taskContext.ts'

/** What a requester chooses. */
export interface TaskOrder {
  readonly training: Uint8Array
  /** One text a round, none of it in `training`. */
  readonly heldOut: readonly Uint8Array[]
  readonly model: {
    readonly layers: number
    readonly width: number
    readonly heads: number
    readonly context: number
    readonly vocab: number
  }
  readonly modelSeed: string
  readonly rounds: number
  readonly workers: number
  /** Steps a worker does in a round. */
  readonly steps: number
  readonly batch: number
  readonly segments: number
  readonly peakRate: number
  readonly warmup: number
  readonly keepBps: number
  readonly certainty: 50 | 80 | 90 | 95 | 99
  /** Another row of the certainty's table than the first. */
  readonly validators?: number
  readonly samples?: number
  /** attoBLY per trainer and round. */
  readonly payAtto: bigint
  readonly smallPool: boolean
  readonly class: 'any' | 'edge' | 'cloud' | 'browser'
  /** Cost of scoring the test text over the cost of a round's training, in basis points. */
  readonly heldOutBps: number
  readonly windows: Readonly<
    Record<'accept' | 'commit' | 'reveal' | 'publish' | 'verdict' | 'answer' | 'jury' | 'challenge', number>
  >
  /** Distinguishes this order from the requester's others: a repeated message creates no second task. */
  readonly nonce: bigint
}

export interface PreparedTask {
  /** The `task` message of `ft_transfer_call`. */
  readonly spec: Record<string, unknown>
  readonly document: TaskDocument
}

/**
 * Stores everything that workers will fetch and journals the keys, so that nothing is promised which a crash could lose.
 * @param seed 32 secret bytes for the key chain
 */
export async function prepareTask(
  order: TaskOrder,
  {
    store,
    journal,
    runtime,
    counters,
    seed,
    peer,
  }: {
    store: Pick<ContentStore, 'add'>
    journal: Journal
    runtime: { version: string; wasmSha256: string | null }
    counters: number
    seed: Uint8Array
    /** Where workers fetch what this task stores; null with a public IPFS. */
    peer: string | null
  },
): Promise<PreparedTask> {
  const model = gpt(order.model)
  const init = initialParameters(model, order.modelSeed)
  const sealed = await sealHeldOut({ sets: order.heldOut, seed })
  const sets = []
  for (const { ciphertext, root, bytes } of sealed.sets)
    sets.push({ ciphertext: await store.add(ciphertext), root, bytes })
  const heldOut = { schema: 'blyan.heldout/1' as const, sets }
  const heldOutBytes = documentBytes(heldOut)
  const heldOutCid = await store.add(heldOutBytes)

  const document: TaskDocument = {
    schema: 'blyan.spec/1',
    model: { kind: 'gpt', ...order.model, seed: order.modelSeed, parameters: model.size },
    init: await store.add(componentBytes(init)),
    data: { cid: await store.add(order.training), bytes: order.training.length, sha256: toHex(sha256(order.training)) },
    train: {
      steps: order.steps,
      batch: order.batch,
      context: order.model.context,
      optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      schedule: { peak: order.peakRate, warmup: order.warmup, total: order.rounds * order.steps, floor: 0.1 },
    },
    delta: { chunk: 4096, keepBps: order.keepBps, bits: 8 },
    merge: { rule: 'mean', outer: { kind: 'plain', learningRate: 1 }, normClip: null },
    segments: order.segments,
    heldOut: { sets: heldOutCid, bytesPerRound: order.heldOut[0].length },
    profile: {
      name: 'canonical',
      runtime: 'onnxruntime-web',
      version: runtime.version,
      wasmSha256: runtime.wasmSha256 ?? '',
    },
  }
  const shape = { parameters: model.size, m: model.size, v: model.size, counters, residual: model.size }
  journal.put(keysKey(sealed.head), sealed.keys)
  return {
    document,
    spec: {
      nonce: String(order.nonce),
      spec: await store.add(documentBytes(document)),
      kind: 'train',
      base: toHex(sha256(componentBytes(init))),
      workers: order.workers,
      rounds: order.rounds,
      certainty: order.certainty,
      ...(order.validators === undefined ? {} : { validators: order.validators, samples: order.samples }),
      segments: order.segments,
      pay: String(order.payAtto),
      profile: 'canonical',
      class: order.class,
      small_pool: order.smallPool,
      heldout_bps: order.heldOutBps,
      heldout: { head: sealed.head, sets: heldOutCid, root: toHex(sha256(heldOutBytes)) },
      windows: order.windows,
      zero: zeroHashes(sha256, shape),
      ...(peer === null ? {} : { peer }),
    },
  }
}
