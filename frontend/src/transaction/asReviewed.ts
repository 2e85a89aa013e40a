/**
 * Whether what a wallet sent is what was reviewed. A wallet of the reader's own is told the order, signs and sends by itself and
 * names a transaction afterwards, so the chain is asked what that transaction says: who, to whom, which calls, with how much.
 */
import { z } from 'zod'
import type { UnsignedTransactions } from '../../../chain/client/gateway/index.ts'
import { base64ToBytes, bytesToHex, bytesToUtf8, utf8ToBytes } from '../../../chain/lib/bytes.ts'
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'
import { sha256 } from '../../../chain/lib/hash.ts'
import type { Entry } from './journal.ts'

/** The wallet sent another transaction than the one that was reviewed, or named one that is not of this order. */
export class SentOtherError extends BlyanError {
  static override readonly code: string = 'PAGE_WALLET_SENT_OTHER'
  static override readonly fault: Fault = 'peer'
}

const call = z.object({
  FunctionCall: z.object({ method_name: z.string(), args: z.string(), deposit: z.string() }),
})
/** What somebody else pays the gas for: the account's own words are inside. Source: NEP-366. */
const delegated = z.tuple([
  z.object({
    Delegate: z.object({
      delegate_action: z.object({ sender_id: z.string(), receiver_id: z.string(), actions: z.array(z.unknown()) }),
    }),
  }),
])
const sentSchema = z.object({ signer_id: z.string(), receiver_id: z.string(), actions: z.array(z.unknown()) })

/** What counts of a transaction; gas is the wallet's to choose. */
interface Words {
  signer: string
  receiver: string
  /** Null for an action that this page never asks for. */
  calls: readonly ({ method: string; args: unknown; deposit: string } | null)[]
}

/** sha256 of each transaction's words, hex, in order: kept while the wallet is asked, and over a reload. */
export function reviewedAs(accountId: string, transactions: UnsignedTransactions['transactions']): string[] {
  return transactions.map(({ receiverId, actions }) =>
    digestOf({
      signer: accountId,
      receiver: receiverId,
      calls: actions.map(({ methodName, args, deposit }) => ({
        method: methodName,
        args,
        deposit: `${BigInt(deposit)}`,
      })),
    }),
  )
}

/**
 * @param transaction as the chain shows it  @param others what this browser sent for other orders
 * @throws SentOtherError
 */
export function requireReviewed(
  { reviewed, hashes }: Pick<Entry, 'reviewed' | 'hashes'>,
  hash: string,
  transaction: unknown,
  others: readonly Pick<Entry, 'hashes'>[] = [],
): void {
  if (reviewed === null) return
  const words = wordsOf(transaction)
  if (words === null) throw sentOther(hash, 'is of a kind that this page never asks for')
  if (digestOf(words) !== reviewed[hashes.indexOf(hash)]) throw sentOther(hash, tell(words))
  if (others.some((other) => other.hashes.includes(hash))) throw sentOther(hash, 'was sent for another order before')
}

function wordsOf(transaction: unknown): Words | null {
  const parsed = sentSchema.safeParse(transaction)
  if (!parsed.success) return null
  const { signer_id: signer, receiver_id: receiver, actions } = parsed.data
  const inner = delegated.safeParse(actions)
  if (!inner.success) return { signer, receiver, calls: actions.map(callOf) }
  const [{ Delegate: outer }] = inner.data
  const { sender_id, receiver_id, actions: own } = outer.delegate_action
  return { signer: sender_id, receiver: receiver_id, calls: own.map(callOf) }
}

function callOf(action: unknown): Words['calls'][number] {
  const parsed = call.safeParse(action)
  if (!parsed.success) return null
  const { method_name: method, args, deposit } = parsed.data.FunctionCall
  try {
    return { method, args: JSON.parse(bytesToUtf8(base64ToBytes(args))) as unknown, deposit }
  } catch {
    return null
  }
}

const digestOf = (words: Words): string => bytesToHex(sha256(utf8ToBytes(JSON.stringify(words, sorted))))

/** Wallets may write an object's fields in another order. */
const sorted = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

const tell = ({ signer, receiver, calls }: Words): string =>
  `is by ${signer} and calls ${calls.map((each) => each?.method ?? 'something else').join(', ')} of ${receiver}, ` +
  'not with what you reviewed'

/** @param it what was sent: a hash, or what it did */
export const sentOther = (it: string, why: string): SentOtherError =>
  new SentOtherError({
    what: `The wallet sent something else than was reviewed: ${it} ${why}.`,
    fix: 'Look at your account, and sign with another wallet.',
    data: { sent: it },
  })
