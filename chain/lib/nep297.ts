/** NEP-297 events: `EVENT_JSON:` and one JSON object a log line. */

export interface Nep297Event {
  standard: string
  version: string
  event: string
  data: unknown
}

const PREFIX = 'EVENT_JSON:'

/** The event in a log line, or null when the line is none. */
export function parseEvent(line: string): Nep297Event | null {
  if (!line.startsWith(PREFIX)) return null
  try {
    const event = JSON.parse(line.slice(PREFIX.length)) as Nep297Event
    return typeof event.standard === 'string' && typeof event.event === 'string' ? event : null
  } catch {
    return null
  }
}

export const eventsIn = (logs: readonly string[]): Nep297Event[] => logs.flatMap((line) => parseEvent(line) ?? [])
