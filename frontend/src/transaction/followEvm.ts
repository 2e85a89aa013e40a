/** Follows one sent EVM transaction to its end: mined and not reverted, its event there, then final as that chain has it. */

import { pause } from '../../../chain/client/near/rpc.ts'
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'
import { toBlyanError } from '../api/errors.ts'
import { SentOtherError } from './asReviewed.ts'
import { type EvmRead, httpEvmRead } from './evmRead.ts'
import type { Entry, Journal } from './journal.ts'

export interface EvmLog {
  address: string
  topics: string[]
  data: string
}

export interface EvmFollowOptions {
  journal: Journal
  read?: EvmRead
  now?: () => number
  signal?: AbortSignal
  waitMs?: number
  /** Told once when it is mined, with what it logged. Throws where the event that would say so is missing.
   *  @returns where the outcome can be read */
  onDone?: (entry: Entry, logs: EvmLog[]) => string | null
}

/** The chain took the transaction and undid it: gas was used, nothing else changed. */
export class EvmRevertedError extends BlyanError {
  static override readonly code: string = 'PAGE_EVM_REVERTED'
  static override readonly fault: Fault = 'user'
}

const WAIT_MS = 1_000
/** A transaction under the going price may wait for hours; who closed the page finds it followed again. */
const PATIENCE_MS = 60 * 60_000

interface ReceiptJson {
  status: string
  blockNumber: string
  logs: EvmLog[]
}

/** Takes an entry from `sent` to `final`, or to failed with the money's place. Never throws but on abort. */
export async function followEvm(
  entry: Entry,
  { journal, now = Date.now, signal, waitMs = WAIT_MS, onDone, ...options }: EvmFollowOptions,
): Promise<void> {
  const { evm, hashes } = entry
  const hash = hashes[0]
  if (evm === null || hash === undefined) return
  const read = options.read ?? httpEvmRead(evm.rpcPath)
  const startedAt = now()
  const ask = async <T>(once: () => Promise<T | null>): Promise<T> => {
    for (;;) {
      // A node that is away for a while says nothing about the transaction.
      const found = await once().catch(() => null)
      signal?.throwIfAborted()
      if (found !== null) return found
      if (now() - startedAt > PATIENCE_MS) throw silent(hash)
      await pause(waitMs, signal)
    }
  }
  try {
    let receipt = await ask(() => receiptOf(read, hash, signal))
    if (entry.step === 'sent') {
      if (Number(receipt.status) !== 1) throw reverted(hash)
      journal.update(entry.id, { step: 'done', href: onDone?.(entry, receipt.logs) ?? entry.href }, now())
    }
    // Its block may be replaced before it is final: the receipt is asked for anew each time.
    await ask(async () => {
      const found = await receiptOf(read, hash, signal)
      if (found === null) return null
      receipt = found
      return (await finalBlock(read, evm.confirmations, signal)) >= Number(receipt.blockNumber) ? receipt : null
    })
    if (Number(receipt.status) !== 1) throw reverted(hash)
    journal.update(entry.id, { step: 'final' }, now())
  } catch (error) {
    signal?.throwIfAborted()
    journal.update(entry.id, { failed: evmFailureOf(toBlyanError(error), entry) }, now())
  }
}

/** Which step failed and where the money is now. */
export function evmFailureOf(
  { code, what, fix }: BlyanError,
  { accountId, step }: Pick<Entry, 'accountId' | 'step'>,
): NonNullable<Entry['failed']> {
  const money =
    step === 'wallet' || step === 'review'
      ? 'Nothing was sent, nothing changed.'
      : code === EvmRevertedError.code
        ? `Nothing was moved: it is with ${accountId} as before; only gas was used.`
        : code === SentOtherError.code
          ? 'What the wallet sent is done and stays done.'
          : 'It is not known yet whether the chain took it; look at your account before you send it again.'
  return { code, what, fix, money }
}

async function receiptOf(read: EvmRead, hash: string, signal?: AbortSignal): Promise<ReceiptJson | null> {
  return (await read('eth_getTransactionReceipt', [hash], signal)) as ReceiptJson | null
}

async function finalBlock(read: EvmRead, confirmations: number | 'finalized', signal?: AbortSignal): Promise<number> {
  if (confirmations !== 'finalized') return Number(await read('eth_blockNumber', [], signal)) - confirmations
  const block = (await read('eth_getBlockByNumber', ['finalized', false], signal)) as { number: string } | null
  return block === null ? -1 : Number(block.number)
}

const reverted = (hash: string): EvmRevertedError =>
  new EvmRevertedError({
    what: 'The EVM chain took the transaction and undid it.',
    fix: 'Look at the transfer below: somebody else may have carried it already. Otherwise try again.',
    data: { hash },
  })
const silent = (hash: string): BlyanError =>
  new EvmSilentError({
    what: 'The EVM chain has not taken the transaction within an hour.',
    fix: 'Look it up in your wallet: it may be sent again there at a higher price.',
    data: { hash },
  })

/** Nobody has heard of the transaction for long. */
class EvmSilentError extends BlyanError {
  static override readonly code: string = 'PAGE_EVM_SILENT'
  static override readonly fault: Fault = 'platform'
}
