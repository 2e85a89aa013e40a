/**
 * From a text to an order that may be signed: split and sealed here, sent to a gateway, and its answer held against the very
 * bytes that were sent. For pages and the SDK alike.
 */
import { bytesToBase64, bytesToHex, utf8ToBytes } from '../../lib/bytes.ts'
import { sha256 } from '../../lib/hash.ts'
import { fileCid } from '../content/index.ts'
import type { DraftBody, DraftReply, TaskOrderBody } from '../gateway/index.ts'
import { drawHeldOut, type SealedHeldOut, sealHeldOut, splitOwnText } from '../heldOut/index.ts'
import type { MarketNetwork } from '../networks.ts'
import { ADAMW_COUNTERS, choiceOf, MODEL_SIZES } from '../order/index.ts'
import type { FirstParameters } from './context.ts'
import { type Checked, checkDraft } from './decode.ts'

export interface SealedText {
  readonly sealed: SealedHeldOut
  /** Public: what trainers get. */
  readonly training: Uint8Array
  /** Share of what was set aside that stands in the training text too and is not used, 0 to 1. */
  readonly overlap: number
}

/** Splits a text and seals its test sets under a secret seed: they leave encrypted only. @throws DataTextError */
export async function seal(order: TaskOrderBody, text: Uint8Array | string, seed: Uint8Array): Promise<SealedText> {
  const own = typeof text === 'string' ? utf8ToBytes(text) : text
  const { train, reserve } = splitOwnText(own, seed)
  const bytesPerRound = MODEL_SIZES[order.model].heldOutBytes
  const { sets, overlap } = drawHeldOut({ reserve, train, seed, rounds: order.rounds, bytesPerRound })
  return { sealed: await sealHeldOut({ sets, seed }), training: train, overlap }
}

/** What a gateway is sent. The keys go along only where it opens the rounds. */
export function draftBodyOf(
  order: TaskOrderBody,
  { sealed, training }: Pick<SealedText, 'sealed' | 'training'>,
  opener: DraftBody['opener'],
): DraftBody {
  return {
    order,
    training: bytesToBase64(training),
    heldOut: {
      head: sealed.head,
      sets: sealed.sets.map(({ ciphertext, root, bytes }) => ({ ciphertext: bytesToBase64(ciphertext), root, bytes })),
    },
    opener,
    ...(opener === 'gateway' ? { keys: sealed.keys } : {}),
  }
}

/** @param maxAtto the most that may leave the account, attoBLY  @throws TransactionDiffersError */
export async function checkSealedDraft(
  draft: DraftReply,
  {
    order,
    text: { sealed, training },
    known,
    firstParameters,
    maxAtto,
  }: {
    order: TaskOrderBody
    text: Pick<SealedText, 'sealed' | 'training'>
    known: MarketNetwork
    firstParameters: FirstParameters
    maxAtto: bigint
  },
): Promise<Checked> {
  const choice = choiceOf(order, { embedded: known.embedded, head: sealed.head })
  const first = float32Bytes(await firstParameters(choice.model, choice.modelSeed))
  return checkDraft(draft, {
    choice,
    contracts: known.contracts,
    training: { cid: fileCid(training), bytes: training.length, sha256: bytesToHex(sha256(training)) },
    heldOut: {
      head: sealed.head,
      sets: sealed.sets.map(({ ciphertext, root, bytes }) => ({ ciphertext: fileCid(ciphertext), root, bytes })),
    },
    first: { cid: fileCid(first), sha256: bytesToHex(sha256(first)), parameters: first.length / 4 },
    counters: ADAMW_COUNTERS,
    maxAtto,
  })
}

/** Little-endian, whatever the machine. */
function float32Bytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true)
  })
  return bytes
}
