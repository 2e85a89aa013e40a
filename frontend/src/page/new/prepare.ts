/**
 * From a text to an order that may be signed: split and sealed here, stored by the gateway, and its answer held against
 * what was asked for before any wallet sees it.
 */
import { fileCid } from '../../../../chain/client/content/index.ts'
import {
  type DraftBody,
  type DraftReply,
  draftReply,
  type NetworkReply,
  type TaskOrderBody,
} from '../../../../chain/client/gateway/index.ts'
import type { SealedHeldOut } from '../../../../chain/client/heldOut/index.ts'
import { KNOWN_NETWORKS } from '../../../../chain/client/networks.ts'
import { ADAMW_COUNTERS, choiceOf } from '../../../../chain/client/order/index.ts'
import { type Checked, checkDraft } from '../../../../chain/client/sdk/decode.ts'
import { seal } from '../../../../chain/client/sdk/tasks.ts'
import { bytesToBase64, bytesToHex } from '../../../../chain/lib/bytes.ts'
import { sha256 } from '../../../../chain/lib/hash.ts'
import { gpt } from '../../../../workers/engine/models/gpt.ts'
import { initialParameters } from '../../../../workers/engine/models/parameters.ts'
import type { ApiClient } from '../../api/client.ts'
import { WrongBytesError } from '../../api/errors.ts'

export interface SealedText {
  /** Public: what trainers get. */
  train: Uint8Array
  sealed: SealedHeldOut
  /** Share of what was set aside that stands in the training text too and is not used, 0 to 1. */
  overlap: number
}

/** Splits and seals in this tab: the text for tests leaves it encrypted only. @throws DataTextError */
export async function sealText(text: Uint8Array, order: TaskOrderBody, seed: Uint8Array): Promise<SealedText> {
  const { sealed, training, overlap } = await seal(order, text, seed)
  return { train: training, overlap, sealed }
}

export interface Prepared {
  /** Names this order: the same sealed text makes one task. */
  head: string
  draft: DraftReply
  checked: Checked
}

export interface PrepareOptions {
  api: Pick<ApiClient, 'call'>
  network: NetworkReply
  order: TaskOrderBody
  text: SealedText
  opener: DraftBody['opener']
  /** What the person saw as the most that leaves the account, attoBLY. */
  maxAtto: bigint
}

/** @throws TransactionDiffersError · GatewayProblem · SignedOutError · WrongBytesError on a network that this page does not know */
export async function prepareOrder({ api, network, order, text, opener, maxAtto }: PrepareOptions): Promise<Prepared> {
  const known = KNOWN_NETWORKS[network.chainId]
  if (known === undefined) {
    throw new WrongBytesError({
      what: `This page knows no network "${network.chainId.slice(0, 40)}", so it cannot tell what would be signed.`,
      fix: 'Use a page that is newer than its gateway, or order with `blyan task create`.',
    })
  }
  const { sealed, train } = text
  const body: DraftBody = {
    order,
    training: bytesToBase64(train),
    heldOut: {
      head: sealed.head,
      sets: sealed.sets.map(({ ciphertext, root, bytes }) => ({ ciphertext: bytesToBase64(ciphertext), root, bytes })),
    },
    opener,
    ...(opener === 'gateway' ? { keys: sealed.keys } : {}),
  }
  const draft = await api.call('/api/v1/tasks', draftReply, { method: 'POST', body, token: 'needed' })
  const choice = choiceOf(order, { embedded: known.embedded, head: sealed.head })
  const first = bytesOf(initialParameters(gpt(choice.model), choice.modelSeed))
  const checked = checkDraft(draft, {
    choice,
    contracts: known.contracts,
    training: { cid: fileCid(train), bytes: train.length, sha256: bytesToHex(sha256(train)) },
    heldOut: {
      head: sealed.head,
      sets: sealed.sets.map(({ ciphertext, root, bytes }) => ({ ciphertext: fileCid(ciphertext), root, bytes })),
    },
    first: { cid: fileCid(first), sha256: bytesToHex(sha256(first)), parameters: first.length / 4 },
    counters: ADAMW_COUNTERS,
    maxAtto,
  })
  return { head: sealed.head, draft, checked }
}

/** Parameters as they are stored: float32, little-endian, whatever this machine's order is. */
function bytesOf(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i]!, true)
  return bytes
}
