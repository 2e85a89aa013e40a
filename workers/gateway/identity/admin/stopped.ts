/** The same questions where no gateway runs: straight to its database, under its lock. */
import { openDatabase } from '../../database/index.ts'
import { createApiKeys } from '../apiKeys.ts'
import { createAudit } from '../audit.ts'
import { memoryRevocations, type Revocations } from '../revocations.ts'
import { type AdminHandlers, identityHandlers } from './handlers.ts'

export interface StoppedOptions {
  readonly dir: string
  /** `postgres://…` instead of the folder's own database. */
  readonly url?: string | undefined
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  /** Tells gateways that run on the same PostgreSQL; without it they notice within seconds. */
  readonly revocations?: Revocations
}

/** @throws DatabaseLockedError · DatabaseAwayError */
export async function openStopped({
  dir,
  url,
  now,
  random,
  revocations = memoryRevocations(),
}: StoppedOptions): Promise<{
  handlers: AdminHandlers
  close(): Promise<void>
}> {
  const { db, close } = await openDatabase({ dir, url, what: 'blyan gateway admin' })
  const audit = createAudit(db, { dir, now })
  const keys = createApiKeys({ db, audit, revocations, now, random })
  return { handlers: identityHandlers({ keys, audit }), close }
}
