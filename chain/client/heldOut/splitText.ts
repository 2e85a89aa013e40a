/** A requester's own text, split into what trainers see and what test sets are drawn from. Runs in browsers. */
import { bytesToUtf8 } from '../../lib/bytes.ts'
import { DataTextError } from './errors.ts'
import { joinBytes } from './join.ts'
import { chooseDistinct, seededIntegers } from './random.ts'

export interface TrainingText {
  /** What trainers get; public. */
  readonly train: Uint8Array
  /** What test sets are drawn from; the requester's secret seed decides where. */
  readonly reserve: Uint8Array
}

/** Pieces are cut at the first line end after this many bytes, so that neighbouring text stays together. */
const PIECE_BYTES = 8_192
/** One piece in five is set aside. */
const RESERVE_SHARE = 5
export const LEAST_BYTES = 128 * 1_024

/**
 * Splits by a secret seed: which pieces are set aside nobody else can tell.
 * @throws DataTextError when the text is no UTF-8 or shorter than 128 KiB
 */
export function splitOwnText(bytes: Uint8Array, seed: Uint8Array): TrainingText {
  if (!isUtf8(bytes)) throw unusable('It is not UTF-8 text', 'Give a text file in UTF-8.')
  if (bytes.length < LEAST_BYTES) {
    throw unusable(`It has ${bytes.length} bytes; ${LEAST_BYTES} are the least`, 'Give a longer text.')
  }
  const pieces = cut(bytes)
  const integer = seededIntegers(seed, 'split')
  const aside = new Set(chooseDistinct(pieces.length, Math.ceil(pieces.length / RESERVE_SHARE), integer))
  return {
    train: joinBytes(pieces.filter((_, i) => !aside.has(i))),
    reserve: joinBytes(pieces.filter((_, i) => aside.has(i))),
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    bytesToUtf8(bytes)
    return true
  } catch {
    return false
  }
}

function cut(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let start = 0; start < bytes.length; ) {
    const lineEnd = bytes.indexOf(10, Math.min(bytes.length, start + PIECE_BYTES))
    // Text without line ends is cut anyway: a window of 8 KiB loses little by that.
    const end = lineEnd < 0 || lineEnd > start + 2 * PIECE_BYTES ? start + PIECE_BYTES : lineEnd + 1
    pieces.push(bytes.subarray(start, end))
    start = end
  }
  return pieces
}

export function unusable(why: string, fix: string): DataTextError {
  return new DataTextError({ what: `The text cannot be used: ${why}.`, fix, data: { field: 'data' } })
}
