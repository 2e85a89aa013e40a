/** Follows sent transactions to their end: done counts only when the chain says so for every step, refunds included. */

import type { Nep297Event } from '../../../chain/client/near/caller.ts'
import { NearRpcError } from '../../../chain/client/near/errors.ts'
import { readResult, type TransactionJson } from '../../../chain/client/near/result.ts'
import { httpRpc, pause, type Rpc, untilReached } from '../../../chain/client/near/rpc.ts'
import type { BlyanError } from '../../../chain/lib/errors.ts'
import { toBlyanError } from '../api/errors.ts'
import { WalletSilentError } from '../wallet/types.ts'
import { requireReviewed, SentOtherError } from './asReviewed.ts'
import type { Entry, Journal } from './journal.ts'

export interface FollowOptions {
  journal: Journal
  rpc: Rpc
  now?: () => number
  signal?: AbortSignal
  /** Told once when every step is done, with what the chain logged. @returns where the outcome can be read */
  onDone?: (entry: Entry, events: Nep297Event[]) => string | null
}

const UNKNOWN = 'It is not known yet whether the chain took it; look at your account before you send it again.'
const PATIENCE_MS = 10 * 60_000
const UNKNOWN_WAIT_MS = 1_000

export const pageRpc = (path = '/rpc'): Rpc => httpRpc(path, (input, init) => fetch(input, init))

/** Takes an entry from `sent` to `final`, or to failed with the money's place. Never throws but on abort. */
export async function follow(
  entry: Entry,
  { journal, rpc, now = Date.now, signal, onDone }: FollowOptions,
): Promise<void> {
  const events: Nep297Event[] = []
  try {
    if (entry.step === 'sent') {
      for (const hash of entry.hashes) {
        const json = await outcome(rpc, entry.accountId, hash, 'EXECUTED', signal)
        const others = journal.list().filter(({ id }) => id !== entry.id)
        requireReviewed(entry, hash, json.transaction, others)
        events.push(...readResult(json, hash, true).events)
      }
      if (entry.hashes.length < entry.total) return void journal.update(entry.id, { failed: cutShort(entry) }, now())
      journal.update(entry.id, { step: 'done', href: onDone?.(entry, events) ?? entry.href }, now())
    }
    for (const hash of entry.hashes) await outcome(rpc, entry.accountId, hash, 'FINAL', signal)
    journal.update(entry.id, { step: 'final' }, now())
  } catch (error) {
    signal?.throwIfAborted()
    journal.update(entry.id, { failed: failureOf(toBlyanError(error), entry) }, now())
  }
}

async function outcome(
  rpc: Rpc,
  accountId: string,
  hash: string,
  waitUntil: 'EXECUTED' | 'FINAL',
  signal?: AbortSignal,
): Promise<TransactionJson> {
  const params = { tx_hash: hash, sender_account_id: accountId, wait_until: waitUntil }
  for (const startedAt = Date.now(); ; ) {
    try {
      return (await untilReached(() => rpc('tx', params, signal), PATIENCE_MS, signal)) as TransactionJson
    } catch (error) {
      const cause = error instanceof NearRpcError ? error.data.cause : null
      const waits = cause === 'UNKNOWN_TRANSACTION' || cause === 'TIMEOUT_ERROR'
      if (!waits || Date.now() - startedAt > PATIENCE_MS) throw error
      await pause(UNKNOWN_WAIT_MS, signal)
    }
  }
}

/** The page was closed between two transactions of one order. */
const cutShort = ({ hashes, total, accountId }: Entry): NonNullable<Entry['failed']> => ({
  code: 'PAGE_CLOSED',
  what: `The page was closed after ${hashes.length} of ${total} steps.`,
  fix: 'Start it again: what was paid in for storage counts and is not asked for twice.',
  money: `What is done stays done; of the rest nothing was sent, and its money is with ${accountId}.`,
})

/** Which step failed and where the money is now. */
export function failureOf(
  error: BlyanError,
  { accountId, step }: Pick<Entry, 'accountId' | 'step'>,
): NonNullable<Entry['failed']> {
  const { code, what, fix } = error
  return { code, what, fix, money: moneyAfter(code, accountId, step) }
}

function moneyAfter(code: string, accountId: string, step: Entry['step']): string {
  if (code === SentOtherError.code) return 'What the wallet sent is done and stays done.'
  if (code === WalletSilentError.code) return UNKNOWN
  if (step === 'wallet' || step === 'review') return 'Nothing was sent, nothing changed.'
  if (code === 'NEAR_RPC' || code === 'RPC_UNREACHABLE') return UNKNOWN
  return `What the failed step moved came back to ${accountId} in the same transaction; only gas was used.`
}
