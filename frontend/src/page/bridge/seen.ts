/** When this browser first saw a transfer in a state that no chain dates; kept across reloads. */
import { z } from 'zod'
import type { TransferState } from '../../../../chain/client/bridge/state.ts'

const KEY = 'blyan.bridge.seen'
const KEPT = 50
const seenSchema = z.record(z.string(), z.record(z.string(), z.number()))
type Seen = z.infer<typeof seenSchema>

/** @returns when each state of `id` was first seen here, ms, with `state` among them now */
export function noteSeen(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  id: string,
  state: TransferState,
  now: number,
): Partial<Record<TransferState, number>> {
  const all = read(storage)
  const known = all[id] ?? {}
  if (known[state] !== undefined) return known
  const next = { ...known, [state]: now }
  // A transfer that was over when it was first seen here has nothing to tell.
  const others = Object.entries(all).filter(([other]) => other !== id)
  storage.setItem(KEY, JSON.stringify(Object.fromEntries([[id, next], ...others].slice(0, KEPT))))
  return next
}

function read(storage: Pick<Storage, 'getItem'>): Seen {
  try {
    return seenSchema.parse(JSON.parse(storage.getItem(KEY) ?? '{}'))
  } catch {
    return {}
  }
}
