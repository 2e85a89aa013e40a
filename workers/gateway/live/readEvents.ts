/** Reads the index's events in the order of the chain. */
import { and, asc, eq, gt, or } from 'drizzle-orm'
import { events } from '../database/schema/chain.ts'
import type { Database } from '../types.ts'
import type { HubOptions } from './hub.ts'

export function eventReaderOf(db: Database): HubOptions['readEvents'] {
  return async (after, limit) =>
    db
      .select({
        height: events.height,
        index: events.index,
        tx: events.tx,
        name: events.name,
        data: events.data,
        at: events.at,
        task: events.task,
        round: events.round,
        accounts: events.accounts,
      })
      .from(events)
      .where(or(gt(events.height, after.height), and(eq(events.height, after.height), gt(events.index, after.index))))
      .orderBy(asc(events.height), asc(events.index))
      .limit(limit)
}
