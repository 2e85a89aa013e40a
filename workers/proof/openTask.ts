/**
 * What a machine must have fetched and computed to work on a task: its document, data, and each round's base. Every
 * worker derives the base by itself from the first parameters and the merged deltas that the chain names.
 */
import { type Hash, toHex } from '../../chain/client/protocol.ts'
import { mergeDeltas } from '../aggregate/index.ts'
import { decodeDelta, encodeDelta, maxDeltaBytes } from '../delta/index.ts'
import {
  DocumentError,
  type HeldOutDocument,
  heldOutSchema,
  parseDocument,
  type TaskDocument,
  taskSpecSchema,
} from './documents.ts'
import { TaskUnsupportedError } from './errors.ts'
import type { Encode } from './execute.ts'
import { parseComponent, type StateShape } from './state.ts'

/** What the chain says of a task, as far as opening it needs. */
export interface OrderFacts {
  readonly id: string
  readonly requester: string
  readonly spec: {
    readonly spec: string
    readonly base: string
    readonly segments: number
    readonly peer?: string | null
  }
}

/** What the chain says of a round, as far as its merge needs. */
export interface RoundFacts {
  readonly trainers: readonly { readonly account: string; readonly delta: string | null }[]
  readonly validators: readonly { readonly account: string }[]
  readonly merge_set: readonly number[] | null
}

export type Fetch = (cid: string, maxBytes: number, from: readonly string[]) => Promise<Uint8Array>

export interface TaskContext {
  readonly task: string
  readonly document: TaskDocument
  readonly data: Uint8Array
  readonly heldOut: HeldOutDocument
  readonly shape: StateShape
  readonly encode: Encode
  /** An upper bound of a delta's bytes: what a peer may make this machine read. */
  readonly maxDeltaBytes: number
  /** Parameters with which round `round` starts, and their hash. */
  base(round: number): Promise<{ parameters: Float32Array; hash: string }>
  /** Fetches from these operators' nodes, and from the requester's. */
  fetch(cid: string, maxBytes: number, accounts?: readonly string[]): Promise<Uint8Array>
  decode(bytes: Uint8Array): Float32Array
}

const MAX_DOCUMENT_BYTES = 1 << 20
const MAX_DATA_BYTES = 1 << 30

/**
 * Fetches and checks a task's documents.
 * @param hash SHA-256, the fastest of the machine
 * @param runtime the runtime that this machine has: a task that names another is refused
 * @throws DocumentError, TaskUnsupportedError, storage errors
 */
export async function openTask(
  task: OrderFacts,
  {
    hash,
    views,
    fetch,
    peersOf,
    runtime,
    counters,
  }: {
    hash: Hash
    views: { round(task: string, round: number): Promise<RoundFacts> }
    fetch: Fetch
    peersOf: (accounts: readonly string[]) => Promise<string[]>
    runtime: { version: string; wasmSha256: string | null }
    /** Length of the optimizer's counters. */
    counters: number
  },
): Promise<TaskContext> {
  const requesterPeers = [...(task.spec.peer ? [task.spec.peer] : []), ...(await peersOf([task.requester]))]
  const get = async (cid: string, maxBytes: number, accounts: readonly string[] = []): Promise<Uint8Array> =>
    fetch(cid, maxBytes, [...(await peersOf(accounts)), ...requesterPeers])

  const document = parseDocument(taskSpecSchema, await get(task.spec.spec, MAX_DOCUMENT_BYTES), 'the task document')
  requireRunnable(document, task, runtime)
  const heldOutBytes = await get(document.heldOut.sets, MAX_DOCUMENT_BYTES)
  const heldOut = parseDocument(heldOutSchema, heldOutBytes, 'the list of held-out sets')
  const data = await get(document.data.cid, Math.min(MAX_DATA_BYTES, document.data.bytes))
  if (toHex(hash(data)) !== document.data.sha256) {
    throw new DocumentError({ what: 'The training data is not what the task names.', fix: 'Leave this task alone.' })
  }
  const count = document.model.parameters
  const shape: StateShape = { parameters: count, m: count, v: count, counters, residual: count }
  const init = parseComponent(await get(document.init, 4 * count), count, 'parameters')
  if (toHex(hash(new Uint8Array(init.buffer))) !== task.spec.base) {
    throw new DocumentError({
      what: 'The first parameters are not what the task names.',
      fix: 'Leave this task alone.',
    })
  }

  const bases = new Map<number, { parameters: Float32Array; hash: string }>()
  bases.set(0, { parameters: init, hash: task.spec.base })
  const { chunk, keepBps, bits } = document.delta
  const longest = maxDeltaBytes(count, document.delta)
  const decode = (bytes: Uint8Array): Float32Array => decodeDelta(bytes, { count, chunk, keepBps, bits })

  const base = async (round: number): Promise<{ parameters: Float32Array; hash: string }> => {
    const known = bases.get(round)
    if (known) return known
    const before = await base(round - 1)
    const settled = await views.round(task.id, round - 1)
    const merged = (settled.merge_set ?? []).map((index) => settled.trainers[index])
    const deltas: Float32Array[] = []
    for (const each of merged) {
      deltas.push(decode(await get(each.delta!, longest, [each.account, ...roundAccounts(settled)])))
    }
    const parameters = mergeDeltas({ base: before.parameters, deltas, ...document.merge }).base
    const result = { parameters, hash: toHex(hash(new Uint8Array(parameters.buffer))) }
    bases.set(round, result)
    // Two rounds back nobody asks any more.
    if (round >= 2) bases.delete(round - 2)
    return result
  }

  return {
    task: task.id,
    document,
    data,
    heldOut,
    shape,
    maxDeltaBytes: longest,
    encode: (update, residual) => encodeDelta(update, residual, { chunk, keepBps, bits }),
    base,
    decode,
    fetch: get,
  }
}

/** Accounts that hold something of a round: its trainers first. */
export function roundAccounts(round: RoundFacts): string[] {
  return [...round.trainers.map((each) => each.account), ...round.validators.map((each) => each.account)]
}

function requireRunnable(
  document: TaskDocument,
  task: OrderFacts,
  runtime: { version: string; wasmSha256: string | null },
): void {
  const { profile } = document
  const refuse = (what: string): never => {
    throw new TaskUnsupportedError({ what, fix: 'Leave this task to others, or run the release that it names.' })
  }
  if (profile.version !== runtime.version || profile.wasmSha256 !== runtime.wasmSha256) {
    refuse(`Task ${task.id} needs ${profile.runtime} ${profile.version}; this machine has ${runtime.version}.`)
  }
  if (document.segments !== task.spec.segments) refuse(`Task ${task.id} names two different numbers of segments.`)
  if (document.train.steps < 2 * document.segments) refuse(`Task ${task.id} has fewer than two steps a segment.`)
}
