/**
 * What a task consists of: the document for workers, the list of sealed sets, the message for the market. The machine that
 * stores them and the client that signs for them make the same bytes. Source: docs/protocol.md, "documents".
 */
import { bytesToHex, utf8ToBytes } from '../../lib/bytes.ts'
import { sha256 } from '../../lib/hash.ts'
import { fileCid } from '../content/index.ts'
import type { ModelSize } from './sizes.ts'
import type { Windows } from './windows.ts'

/** What a requester chooses, whole. */
export interface TaskChoice {
  readonly model: ModelSize['config']
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
  readonly windows: Windows
  /** Distinguishes this order from the requester's others: a repeated message creates no second task. */
  readonly nonce: bigint
}

/** What of it has been stored, by content address. */
export interface StoredParts {
  readonly training: { readonly cid: string; readonly bytes: number; readonly sha256: string }
  readonly heldOut: {
    readonly head: string
    readonly sets: readonly { readonly ciphertext: string; readonly root: string; readonly bytes: number }[]
  }
  /** First parameters: float32, little-endian. */
  readonly first: { readonly cid: string; readonly sha256: string; readonly parameters: number }
  /** The canonical runtime that workers must have. */
  readonly runtime: { readonly version: string; readonly wasmSha256: string | null }
  /** Length of the optimizer's counters. */
  readonly counters: number
  /** Where workers fetch all this; null with a public IPFS. */
  readonly peer: string | null
}

export interface TaskDocuments {
  readonly document: ReturnType<typeof taskDocument>
  /** Bytes to store, each under the address that the next names. */
  readonly documentBytes: Uint8Array
  readonly heldOutBytes: Uint8Array
  /** The `task` message of `ft_transfer_call`. */
  readonly message: Record<string, unknown>
}

export function taskDocuments(choice: TaskChoice, stored: StoredParts): TaskDocuments {
  const { first, heldOut } = stored
  const heldOutBytes = jsonBytes({ schema: 'blyan.heldout/1', sets: heldOut.sets })
  const document = taskDocument(choice, stored, fileCid(heldOutBytes))
  const documentBytes = jsonBytes(document)
  const zeros = (values: number): string => bytesToHex(sha256(new Uint8Array(4 * values)))
  const zero = zeros(first.parameters)
  return {
    document,
    documentBytes,
    heldOutBytes,
    message: {
      nonce: String(choice.nonce),
      spec: fileCid(documentBytes),
      kind: 'train',
      base: first.sha256,
      workers: choice.workers,
      rounds: choice.rounds,
      certainty: choice.certainty,
      ...(choice.validators === undefined ? {} : { validators: choice.validators, samples: choice.samples }),
      segments: choice.segments,
      pay: String(choice.payAtto),
      profile: 'canonical',
      class: choice.class,
      small_pool: choice.smallPool,
      heldout_bps: choice.heldOutBps,
      heldout: { head: heldOut.head, sets: fileCid(heldOutBytes), root: bytesToHex(sha256(heldOutBytes)) },
      windows: choice.windows,
      zero: { m: zero, v: zero, counters: zeros(stored.counters), residual: zero },
      ...(stored.peer === null ? {} : { peer: stored.peer }),
    },
  }
}

function taskDocument(choice: TaskChoice, { training, heldOut, first, runtime }: StoredParts, sets: string) {
  return {
    schema: 'blyan.spec/1' as const,
    model: { kind: 'gpt' as const, ...choice.model, seed: choice.modelSeed, parameters: first.parameters },
    init: first.cid,
    data: training,
    train: {
      steps: choice.steps,
      batch: choice.batch,
      context: choice.model.context,
      optimizer: { kind: 'adamw' as const, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      schedule: { peak: choice.peakRate, warmup: choice.warmup, total: choice.rounds * choice.steps, floor: 0.1 },
    },
    delta: { chunk: 4096, keepBps: choice.keepBps, bits: 8 as const },
    merge: { rule: 'mean' as const, outer: { kind: 'plain' as const, learningRate: 1 }, normClip: null },
    segments: choice.segments,
    heldOut: { sets, bytesPerRound: heldOut.sets[0]!.bytes },
    profile: {
      name: 'canonical' as const,
      runtime: 'onnxruntime-web' as const,
      version: runtime.version,
      wasmSha256: runtime.wasmSha256 ?? '',
    },
  }
}

/** A document as it is stored. */
const jsonBytes = (document: unknown): Uint8Array => utf8ToBytes(`${JSON.stringify(document)}\n`)
