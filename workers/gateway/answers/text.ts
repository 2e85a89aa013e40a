/** Bytes as they come, as text as it may be shown: whole characters, and never a part of a stop text. */
import { utf8ToBytes } from '../../../chain/lib/bytes.ts'

export interface TextOutput {
  /** @returns the text that is certain by now; it may be empty */
  push(bytes: Uint8Array): string
  /** The rest. @param isStopped whether the last bytes are a stop text, which is left out */
  end(isStopped: boolean): string
}

/** Bytes that are no UTF-8 become U+FFFD, as in every OpenAI-format API; the record's hash is of the bytes. */
export function textOutput(stop: readonly string[]): TextOutput {
  const ends = stop.map(utf8ToBytes)
  const decoder = new TextDecoder()
  let held: number[] = []
  return {
    push: (bytes) => {
      held.push(...bytes)
      const keep = Math.max(0, ...ends.map((end) => overlap(held, end)))
      const certain = held.slice(0, held.length - keep)
      held = held.slice(held.length - keep)
      return decoder.decode(Uint8Array.from(certain), { stream: true })
    },
    end: (isStopped) => {
      const cut = isStopped
        ? Math.max(0, ...ends.filter((end) => overlap(held, end) === end.length).map((e) => e.length))
        : 0
      return decoder.decode(Uint8Array.from(held.slice(0, held.length - cut)))
    },
  }
}

/** Length of the longest end of `text` that `end` begins with. */
function overlap(text: readonly number[], end: Uint8Array): number {
  for (let length = Math.min(text.length, end.length); length > 0; length--) {
    const from = text.length - length
    if (text.slice(from).every((byte, i) => byte === end[i])) return length
  }
  return 0
}
