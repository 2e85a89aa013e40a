/** NEP-297 events: one line `EVENT_JSON:{…}` per change of state, which indexers and people rebuild everything from. */
import { fail } from './errors.ts'
import type { Host } from './host.ts'

/** What one call may log in all: nearcore's max_total_log_length. */
export const MAX_LOG_BYTES = 16_384

/** One standard and version, written into every event of a contract. */
export interface EventStandard {
  readonly standard: string
  readonly version: string
}

/**
 * Logs one event with its data array.
 * @throws LOG_TOO_LONG when the line alone would pass the chain's 16 KiB
 */
export function emit(host: Host, { standard, version }: EventStandard, event: string, data: readonly object[]): void {
  const line = `EVENT_JSON:${JSON.stringify({ standard, version, event, data })}`
  // A character is at most 3 bytes of UTF-8 here, so short lines need no count.
  if (line.length * 3 > MAX_LOG_BYTES && utf8Length(line) > MAX_LOG_BYTES) {
    fail('LOG_TOO_LONG', `event ${event} takes ${utf8Length(line)} bytes; a call may log ${MAX_LOG_BYTES}`)
  }
  host.log(line)
}

function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    // A surrogate pair is 4 bytes for 2 characters, so each half adds one.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return bytes
}
