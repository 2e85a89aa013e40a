/** What is signed, computed here alone: NEAR transactions with the storage they need, and which event says that it is done. */
import type { NearCall } from '../../../../chain/client/bridge/nearCalls.ts'
import type { UnsignedTransactions } from '../../../../chain/client/gateway/index.ts'
import type { Nep297Event } from '../../../../chain/client/near/caller.ts'
import { tgas } from '../../../../chain/lib/units.ts'
import { EventMissingError } from '../../api/errors.ts'
import { amountText } from '../../format/amount.ts'
import { sentOther } from '../../transaction/asReviewed.ts'
import type { Order } from './choices.ts'
import type { BridgeLog } from './evmEvents.ts'

type Transactions = UnsignedTransactions['transactions']

/** A contract's storage book about one account. Source: NEP-145. All yoctoNEAR. */
export interface StorageState {
  /** What registering costs. */
  min: bigint
  /** Null where the account is not registered. */
  available: bigint | null
}

const STORAGE_PRICE = 10n ** 19n // yoctoNEAR a byte
/**
 * A lock's record at its largest: 40 of the table, 21 of key and prefix, 39 of amount, 40 of address, 12 of height, 64 of
 * account, 3 between. A link's is smaller.
 */
const RECORD_BYTES = 220n
/** Paid for at once, so that the next ones need no deposit. */
const RECORDS = 5n

/** What to deposit so that one more record can be kept; 0 where enough is there. */
export function storageNeeded({ min, available }: StorageState): bigint {
  const record = RECORD_BYTES * STORAGE_PRICE
  if (available === null) return min + RECORDS * record
  return available >= record ? 0n : RECORDS * record - available
}

/** One call as wallets take it. */
export const transactionOf = ({ contractId, method, args, gas, deposit }: NearCall): Transactions[number] => ({
  receiverId: contractId,
  actions: [
    {
      type: 'FunctionCall',
      methodName: method,
      args: args as Record<string, unknown>,
      gas: `${gas}`,
      deposit: `${deposit}`,
    },
  ],
})

/** NEP-145's deposit for the signer itself; nothing where none is needed. */
export const storageTransactions = (contract: string, depositYocto: bigint): Transactions =>
  depositYocto === 0n
    ? []
    : [
        transactionOf({
          contractId: contract,
          method: 'storage_deposit',
          args: {},
          gas: tgas(10),
          deposit: depositYocto,
        }),
      ]

/** yoctoNEAR that the transactions attach. */
export const attachedYocto = (transactions: Transactions): bigint =>
  transactions.flatMap(({ actions }) => actions).reduce((sum, { deposit }) => sum + BigInt(deposit), 0n)

/** The bridge's own event among those that the chain logged. @throws EventMissingError */
export function requireBridgeEvent(
  events: readonly Nep297Event[],
  names: readonly string[],
  field: string,
  value: string,
): Record<string, unknown> {
  for (const { standard, event, data } of events) {
    if (standard !== 'blyan_bridge' || !names.includes(event)) continue
    const items = (Array.isArray(data) ? data : [data]) as (Record<string, unknown> | null)[]
    const found = items.find((item) => item?.[field] === value)
    if (found != null) return found
  }
  throw eventMissing(names, value)
}

/**
 * Nonce of the burn that was reviewed: a wallet sends by itself, and may have burned another amount or for somebody else.
 * @throws EventMissingError, SentOtherError
 */
export function requireBurned(
  logs: readonly BridgeLog[],
  { from, to, amount }: Pick<Order, 'from' | 'to' | 'amount'>,
): bigint {
  const burned = logs.find(({ name }) => name === 'Burned')?.args as BurnedArgs | undefined
  if (burned === undefined) throw eventMissing(['Burned'], from)
  const isReviewed =
    burned.sender.toLowerCase() === from.toLowerCase() && burned.receiver === to && burned.amount === amount
  if (isReviewed) return burned.nonce
  const { sender, receiver } = burned
  throw sentOther(
    'it',
    `moved ${amountText(burned.amount).exact} of ${sender} to ${receiver}, not ${amountText(amount).exact} to ${to}`,
  )
}

interface BurnedArgs {
  nonce: bigint
  sender: string
  receiver: string
  amount: bigint
}

export const eventMissing = (names: readonly string[], value: string): EventMissingError =>
  new EventMissingError({
    what: `The chain carried out every step, but no ${names.join(' or ')} of ${value} came of it.`,
    fix: 'Nothing is lost: look at the transfers below before you send it again.',
    data: { event: names[0], account: value },
  })
