/** The bridge's NEP-297 events: each change of state once, right after it; signers and pages rebuild everything from them. */
import { type EventStandard, emit } from '../lib/events.ts'
import type { Host } from '../lib/host.ts'

export const STANDARD: EventStandard = { standard: 'blyan_bridge', version: '1.0.0' }

export type EventName =
  | 'locked'
  | 'unlocked'
  | 'credited'
  | 'credit_collected'
  | 'credit_restored'
  | 'queued'
  | 'delayed'
  | 'vetoed'
  | 'refunded'
  | 'linked'
  | 'rotation_scheduled'
  | 'rotation_vetoed'
  | 'paused'
  | 'unpaused'

export function emitEvent(host: Host, event: EventName, data: object): void {
  emit(host, STANDARD, event, [data])
}
