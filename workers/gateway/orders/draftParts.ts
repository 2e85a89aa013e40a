/** An order's body, checked and cut into what is stored for it. Everything is computed before anything is kept. */

import { fileCid } from '../../../chain/client/content/index.ts'
import type { DraftBody } from '../../../chain/client/gateway/index.ts'
import {
  ADAMW_COUNTERS,
  choiceOf,
  MODEL_SIZES,
  type StoredParts,
  type TaskChoice,
  type TaskDocuments,
  taskDocuments,
} from '../../../chain/client/order/index.ts'
import { bytesToHex, hexToBytes } from '../../../chain/lib/bytes.ts'
import { gpt, initialParameters } from '../../engine/index.ts'
import { sha256 } from '../../node/taskContext.ts'
import { componentBytes } from '../../proof/index.ts'
import { OrderInvalidError, TextTooLongError } from './errors.ts'
import type { RuntimeId } from './runtimeId.ts'

/** Longest training text, bytes: what a browser sends in one request within half a minute at 5 Mb/s. */
export const MAX_TRAINING_BYTES = 16 * 2 ** 20
/** AES-GCM's tag. */
const TAG_BYTES = 16

export interface DraftParts extends TaskDocuments {
  readonly choice: TaskChoice
  readonly stored: StoredParts
  /** All content of the task with its addresses, the documents last. */
  readonly contents: readonly { readonly cid: string; readonly bytes: Uint8Array }[]
  readonly bytes: number
  /** Hex; null when the requester opens them. */
  readonly keys: readonly string[] | null
}

/** @throws OrderInvalidError, TextTooLongError, InvalidArgumentError */
export function draftParts(
  body: DraftBody,
  { embedded, runtime, peer }: { embedded: boolean; runtime: RuntimeId; peer: string },
): DraftParts {
  const { order, heldOut } = body
  const choice = choiceOf(order, { embedded, head: heldOut.head })
  const training = decode(body.training, 'training')
  if (training.length === 0) throw invalid('training', 'The training text is empty.', 'Send the text to train on.')
  if (training.length > MAX_TRAINING_BYTES) {
    throw new TextTooLongError({
      what: `The training text has ${training.length} bytes; ${MAX_TRAINING_BYTES} are stored for one task.`,
      fix: 'Send a part of it, or order with `blyan task create`, which serves the text itself.',
      data: { field: 'training', most: MAX_TRAINING_BYTES },
    })
  }
  const ciphertexts = sealedSets(body, MODEL_SIZES[order.model].heldOutBytes)
  const first = componentBytes(initialParameters(gpt(choice.model), choice.modelSeed))
  const cidOf = (bytes: Uint8Array): string => fileCid(bytes, sha256)
  const stored: StoredParts = {
    training: { cid: cidOf(training), bytes: training.length, sha256: bytesToHex(sha256(training)) },
    heldOut: {
      head: heldOut.head,
      sets: heldOut.sets.map(({ root, bytes }, i) => ({ ciphertext: cidOf(ciphertexts[i]!), root, bytes })),
    },
    first: { cid: cidOf(first), sha256: bytesToHex(sha256(first)), parameters: first.length / 4 },
    runtime,
    counters: ADAMW_COUNTERS,
    peer,
  }
  const documents = taskDocuments(choice, stored)
  const contents = [
    { cid: stored.training.cid, bytes: training },
    ...ciphertexts.map((bytes, i) => ({ cid: stored.heldOut.sets[i]!.ciphertext, bytes })),
    { cid: stored.first.cid, bytes: first },
    { cid: cidOf(documents.heldOutBytes), bytes: documents.heldOutBytes },
    { cid: cidOf(documents.documentBytes), bytes: documents.documentBytes },
  ]
  const bytes = contents.reduce((sum, content) => sum + content.bytes.length, 0)
  return { ...documents, choice, stored, contents, bytes, keys: keysOf(body) }
}

function sealedSets({ order, heldOut }: DraftBody, wanted: number): Uint8Array[] {
  const { sets } = heldOut
  if (sets.length !== order.rounds) {
    throw invalid(
      'heldOut.sets',
      `${order.rounds} rounds need ${order.rounds} sealed test texts; ${sets.length} came.`,
      'Seal one for each round.',
    )
  }
  return sets.map(({ ciphertext, bytes }, round) => {
    const decoded = decode(ciphertext, `heldOut.sets.${round}.ciphertext`)
    if (bytes === wanted && decoded.length === wanted + TAG_BYTES) return decoded
    throw invalid(
      `heldOut.sets.${round}`,
      `The sealed test text of round ${round + 1} has ${decoded.length} bytes; a ${order.model} model takes ${wanted + TAG_BYTES}.`,
      `Seal ${wanted} bytes for each round.`,
    )
  })
}

/** A key that does not lead to the head would never open its round, and cost the requester its deposit. */
function keysOf({ opener, keys, order, heldOut }: DraftBody): readonly string[] | null {
  if (opener === 'requester') {
    if (keys === undefined) return null
    throw invalid('keys', 'Keys came although this tab opens the rounds.', 'Keep them, or let the gateway open.')
  }
  if (keys === undefined || keys.length !== order.rounds) {
    throw invalid(
      'keys',
      'The gateway was asked to open the rounds without their keys.',
      'Send one key for each round.',
    )
  }
  let before = heldOut.head
  for (const [round, key] of keys.entries()) {
    if (bytesToHex(sha256(hexToBytes(key))) !== before) {
      throw invalid('keys', `The key of round ${round + 1} does not lead to the head.`, 'Send the keys of this head.')
    }
    before = key
  }
  return keys
}

function decode(base64: string, field: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'))
  // Node skips in silence what is no Base64: one content has one text.
  if (Buffer.from(bytes.buffer).toString('base64') === base64) return bytes
  throw invalid(field, `${field} is no Base64.`, 'Encode the bytes as Base64 with padding.')
}

const invalid = (field: string, what: string, fix: string): OrderInvalidError =>
  new OrderInvalidError({ what, fix, data: { field } })
