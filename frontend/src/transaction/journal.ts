/**
 * What this browser has sent or is about to send, kept across reload and tabs. An entry moves along one line of states;
 * a step that is under way cannot be begun again, so that two clicks never send twice.
 */
import { z } from 'zod'

export const STEPS = ['review', 'wallet', 'sent', 'done', 'final'] as const
export type Step = (typeof STEPS)[number]

const entrySchema = z.object({
  /** Chosen before anything is sent; the same order asked for again is the same entry. */
  id: z.string(),
  title: z.string(),
  accountId: z.string(),
  step: z.enum(STEPS),
  startedAt: z.number(),
  /** When it entered its step. */
  at: z.number(),
  /** Base58, or 0x on EVM, in the order of sending. */
  hashes: z.array(z.string()),
  /** How many transactions it is; fewer hashes than this mean that the rest was not sent. */
  total: z.number(),
  /** What a wallet that sends by itself was asked for, a digest a transaction; null where the page itself sends. */
  reviewed: z.array(z.string()).nullable().default(null),
  failed: z.object({ code: z.string(), what: z.string(), fix: z.string(), money: z.string() }).nullable(),
  /** Where its outcome can be read, such as /task/12. */
  href: z.string().nullable(),
  /** The tab that holds it while the wallet is asked. */
  tab: z.string().nullable(),
  /** Set when it is one transaction on an EVM chain: where that is read, and what counts as final there. */
  evm: z
    .object({ rpcPath: z.string(), confirmations: z.union([z.literal('finalized'), z.number()]) })
    .nullable()
    .default(null),
})
export type Entry = z.infer<typeof entrySchema>

export interface Journal {
  list(): readonly Entry[]
  find(id: string): Entry | null
  /** Takes the right to ask the wallet. @returns false when it was taken already: by another click or another tab */
  begin(entry: Pick<Entry, 'id' | 'title' | 'accountId' | 'total'> & Partial<Pick<Entry, 'evm'>>, now: number): boolean
  update(id: string, change: Partial<Omit<Entry, 'id'>>, now: number): void
  /** Back to review: the wallet refused, nothing was sent. */
  withdraw(id: string): void
  remove(id: string): void
  subscribe(listener: () => void): () => void
}

const KEY = 'blyan.transactions'
const KEPT = 20
/** A tab that asked its wallet and was closed holds its entry this long. */
export const WALLET_PATIENCE_MS = 60_000

export function createJournal(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  tab: string = crypto.randomUUID(),
): Journal {
  const listeners = new Set<() => void>()
  let text: string | null = null
  let entries: readonly Entry[] = []

  /** Other tabs write too: the stored text is what counts, parsed again when it is another one. */
  function read(): readonly Entry[] {
    const stored = storage.getItem(KEY)
    if (stored === text) return entries
    text = stored
    entries = parse(stored)
    return entries
  }
  function write(next: readonly Entry[]): void {
    text = JSON.stringify(next.slice(0, KEPT))
    entries = next.slice(0, KEPT)
    storage.setItem(KEY, text)
    for (const listener of listeners) listener()
  }
  const find = (id: string): Entry | null => read().find((entry) => entry.id === id) ?? null

  return {
    list: read,
    find,
    begin({ id, title, accountId, total, evm = null }, now) {
      const known = find(id)
      const abandoned = known?.step === 'wallet' && known.tab !== tab && now - known.at > WALLET_PATIENCE_MS
      if (known !== null && known.failed === null && known.step !== 'review' && !abandoned) return false
      const entry: Entry = {
        id,
        title,
        accountId,
        step: 'wallet',
        startedAt: known?.startedAt ?? now,
        at: now,
        hashes: [],
        total,
        reviewed: null,
        failed: null,
        href: null,
        tab,
        evm,
      }
      write([entry, ...read().filter((other) => other.id !== id)])
      return true
    },
    update(id, change, now) {
      write(read().map((entry) => (entry.id === id ? { ...entry, ...change, at: now } : entry)))
    },
    withdraw(id) {
      write(read().filter((entry) => !(entry.id === id && entry.step === 'wallet')))
    },
    remove(id) {
      write(read().filter((entry) => entry.id !== id))
    },
    subscribe(listener) {
      listeners.add(listener)
      const heard = (event: StorageEvent) => {
        if (event.key === KEY) listener()
      }
      if (typeof window !== 'undefined') window.addEventListener('storage', heard)
      return () => {
        listeners.delete(listener)
        if (typeof window !== 'undefined') window.removeEventListener('storage', heard)
      }
    },
  }
}

function parse(stored: string | null): readonly Entry[] {
  try {
    return z.array(entrySchema).parse(JSON.parse(stored ?? '[]'))
  } catch {
    // Written by another version of the page: what was sent stands on chain in any case.
    return []
  }
}
