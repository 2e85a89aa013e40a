/** NEP-297 events of the market: gathered during a call, one line for each kind at its end, so that logs stay short. */
import { type EventStandard, emit } from '../lib/events.ts'
import type { Host } from '../lib/host.ts'

export const STANDARD: EventStandard = { standard: 'blyan_market', version: '1.0.0' }

export type EventName =
  | 'beacon'
  | 'node_registered'
  | 'stake_changed'
  | 'worker_key_set'
  | 'node_resumed'
  | 'task_created'
  | 'round_assigned'
  | 'round_retried'
  | 'seat_accepted'
  | 'seat_declined'
  | 'seat_parked'
  | 'seat_replaced'
  | 'committed'
  | 'revealed'
  | 'judges_drawn'
  | 'published'
  | 'key_opened'
  | 'verdict_committed'
  | 'verdict_revealed'
  | 'answered'
  | 'dispute_opened'
  | 'jury_drawn'
  | 'jury_committed'
  | 'jury_revealed'
  | 'dispute_upheld'
  | 'dispute_rejected'
  | 'dispute_undecided'
  | 'dispute_lapsed'
  | 'slashed'
  | 'settled'
  | 'receipt'
  | 'ledger_changed'
  | 'burned_pending'
  | 'burn_sent'
  | 'burned'
  | 'burn_restored'
  | 'treasury_changed'
  | 'round_settled'
  | 'task_completed'
  | 'task_failed'
  | 'task_cancelled'
  | 'vested'
  | 'claim_paid'
  | 'claim_restored'

export interface EventBuffer {
  emit(event: EventName, data: object): void
  flush(host: Host): void
}

export function eventBuffer(): EventBuffer {
  const lines = new Map<EventName, object[]>()
  return {
    emit(event, data) {
      const list = lines.get(event)
      if (list === undefined) lines.set(event, [data])
      else list.push(data)
    },
    flush(host) {
      for (const [event, data] of lines) emit(host, STANDARD, event, data)
      lines.clear()
    },
  }
}
