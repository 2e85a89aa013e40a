/** Test sets: windows of the reserve that the requester's secret seed picks, without lines that trainers have seen. */
import { bytesToLatin1 } from '../../lib/bytes.ts'
import { joinBytes } from './join.ts'
import { chooseDistinct, seededIntegers } from './random.ts'
import { unusable } from './splitText.ts'

/** A window is sixteen contexts of 64 bytes; many short ones vary less between rounds than one long one. */
const WINDOW_BYTES = 1_024
/** Lines shorter than this, such as `})` and `/**`, are form rather than content and stay. */
const CONTENT_CHARACTERS = 16

export interface HeldOutOptions {
  readonly reserve: Uint8Array
  readonly train: Uint8Array
  /** Secret until the last round's key is open. */
  readonly seed: Uint8Array
  readonly rounds: number
  readonly bytesPerRound: number
}

export interface HeldOutSets {
  /** One a round, of `bytesPerRound` bytes each; no byte of the reserve is in two. */
  readonly sets: Uint8Array[]
  /** Share of the reserve's bytes that was left out because a line stands in the training text too, 0 to 1. */
  readonly overlap: number
}

/** @throws DataTextError when the reserve is too small for so many rounds */
export function drawHeldOut({ reserve, train, seed, rounds, bytesPerRound }: HeldOutOptions): HeldOutSets {
  const fresh = withoutSeenLines(reserve, train)
  const overlap = reserve.length === 0 ? 0 : (reserve.length - fresh.length) / reserve.length
  const perRound = Math.ceil(bytesPerRound / WINDOW_BYTES)
  const windows = Math.floor(fresh.length / WINDOW_BYTES)
  if (windows < rounds * perRound) {
    throw unusable(
      `${rounds} test sets of ${bytesPerRound} bytes need ${rounds * perRound} KiB that trainers do not see; it has ${windows}`,
      'Give a longer text, fewer rounds or smaller test sets.',
    )
  }
  const chosen = chooseDistinct(windows, rounds * perRound, seededIntegers(seed, 'windows'))
  const sets = Array.from({ length: rounds }, (_, round) => {
    const parts = chosen.slice(round * perRound, (round + 1) * perRound)
    const set = joinBytes(parts.map((at) => fresh.subarray(at * WINDOW_BYTES, (at + 1) * WINDOW_BYTES)))
    return set.slice(0, bytesPerRound)
  })
  return { sets, overlap }
}

function withoutSeenLines(reserve: Uint8Array, train: Uint8Array): Uint8Array {
  const seen = new Set<string>()
  for (const line of lines(train)) if (line.content.length >= CONTENT_CHARACTERS) seen.add(line.content)
  const kept = [...lines(reserve)].filter((line) => !seen.has(line.content))
  return joinBytes(kept.map((line) => line.bytes))
}

/** Lines with their line ends, and their content without blanks around it. */
function* lines(text: Uint8Array): Generator<{ bytes: Uint8Array; content: string }> {
  for (let start = 0; start < text.length; ) {
    const lineEnd = text.indexOf(10, start)
    const end = lineEnd < 0 ? text.length : lineEnd + 1
    const bytes = text.subarray(start, end)
    yield { bytes, content: bytesToLatin1(bytes).trim() }
    start = end
  }
}
