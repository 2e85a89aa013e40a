/**
 * What is about to be signed, held against what was asked for. Everything but storage deposits, which have a ceiling, is
 * computed here and must be equal: who serves the transactions decides nothing. For pages and the SDK alike.
 */

import {
  type ClaimBody,
  type DraftReply,
  type StakeBody,
  type UnsignedTransactions,
  unsignedTransactions,
} from '../gateway/index.ts'
import type { MarketContracts } from '../networks.ts'
import { priceOf, type StoredParts, storageOf, type TaskChoice, taskDocuments } from '../order/index.ts'
import { TransactionDiffersError } from './errors.ts'
import { sameJson } from './sameJson.ts'

export type Transactions = UnsignedTransactions['transactions']
type Transaction = Transactions[number]
type Action = Transaction['actions'][number]

/** What was checked, and what signing it moves at most. */
export interface Checked {
  readonly transactions: Transactions
  /** attoBLY that leave the account. */
  readonly blyAtto: bigint
  /** yoctoNEAR attached, gas aside. */
  readonly nearYocto: bigint
}

/** The order as this side knows it. Addresses and hashes are computed from the very bytes that were sent. */
export interface ExpectedOrder {
  readonly choice: TaskChoice
  readonly contracts: MarketContracts
  readonly training: StoredParts['training']
  readonly heldOut: StoredParts['heldOut']
  readonly first: StoredParts['first']
  readonly counters: number
  /** Ceiling of the bounty, attoBLY. */
  readonly maxAtto: bigint
}

/** Registration with one contract: the market's is 0.05 NEAR. */
const MAX_REGISTRATION_YOCTO = 10n ** 23n
/** The most that a transaction may burn. */
const MAX_GAS = 300n * 10n ** 12n

/**
 * Checks the transactions of a draft.
 * @returns what may be signed  @throws TransactionDiffersError naming the first difference; nothing may be signed then
 */
export function checkDraft(reply: DraftReply, expected: ExpectedOrder): Checked {
  const { choice, contracts, maxAtto } = expected
  const peer = reply.message.peer
  if (typeof peer !== 'string') throw differs('message.peer', 'an address', peer)
  const { training, heldOut, first, counters } = expected
  const { message } = taskDocuments(choice, { training, heldOut, first, counters, runtime: reply.runtime, peer })
  requireSame('message', message, reply.message)
  const rest = storageDeposits(reply, contracts, storageOf(choice, priceOf(choice)))
  const [action, ...more] = calls(rest.others, contracts.bly, 'ft_transfer_call')
  if (action === undefined || more.length > 0) throw differs('transactions', 'one transfer', more.length + 1)
  const amount = String(action.args.amount)
  const msg = JSON.stringify({ task: message })
  requireSame('transfer', { receiver_id: contracts.market, amount, msg: parsed(msg) }, withMessage(action))
  const price = priceOf(choice).bounty
  if (!/^\d{1,39}$/.test(amount) || BigInt(amount) > maxAtto)
    throw differs('transfer.amount', `at most ${maxAtto}`, amount)
  if (BigInt(amount) > price) throw differs('transfer.amount', `${price}`, amount)
  return { transactions: rest.all, blyAtto: BigInt(amount), nearYocto: rest.nearYocto + 1n }
}

/** @throws TransactionDiffersError */
export function checkStake(reply: UnsignedTransactions, body: StakeBody, contracts: MarketContracts): Checked {
  const rest = storageDeposits(reply, contracts, 0n)
  const [action, ...more] = calls(rest.others, contracts.bly, 'ft_transfer_call')
  if (action === undefined || more.length > 0) throw differs('transactions', 'one transfer', more.length + 1)
  const { roles, peer, class: machine, kind, workerKey } = body
  const { worker_key: named, ...stake } = stakeOf(action)
  const wanted = {
    ...(roles && { roles }),
    ...(peer && { peer }),
    ...(machine && { class: machine }),
    ...(kind && { kind }),
  }
  requireSame('stake', wanted, stake)
  // A later stake names no key: it was named by the first.
  if (named !== undefined && named !== workerKey) throw differs('stake.worker_key', workerKey, named)
  requireSame('transfer', { receiver_id: contracts.market, amount: body.amountAtto }, withoutMessage(action))
  return { transactions: rest.all, blyAtto: BigInt(body.amountAtto), nearYocto: rest.nearYocto + 1n }
}

/** @throws TransactionDiffersError */
export function checkUnstake(reply: UnsignedTransactions, amountAtto: string, contracts: MarketContracts): Checked {
  return checkCalls(reply, contracts, [{ methodName: 'unstake', args: { amount: amountAtto } }])
}

/** @throws TransactionDiffersError */
export function checkRestake(reply: UnsignedTransactions, amountAtto: string, contracts: MarketContracts): Checked {
  return checkCalls(reply, contracts, [{ methodName: 'restake', args: { amount: amountAtto } }])
}

/** @throws TransactionDiffersError */
export function checkCancel(reply: UnsignedTransactions, task: string, contracts: MarketContracts): Checked {
  return checkCalls(reply, contracts, [{ methodName: 'cancel', args: { task_id: task } }])
}

/** Collecting moves nothing away: whatever amount is named comes to the signer. @throws TransactionDiffersError */
export function checkClaim(
  reply: UnsignedTransactions,
  { amountAtto }: ClaimBody,
  contracts: MarketContracts,
): Checked {
  const rest = storageDeposits(reply, contracts, 0n)
  const withdraws = rest.others[0]?.actions[0]?.methodName === 'withdraw'
  const last = rest.others.at(-1)?.actions[0]?.args.amount
  const amount = amountAtto ?? String(last)
  return checkCalls(reply, contracts, [
    ...(withdraws ? [{ methodName: 'withdraw', args: {} }] : []),
    { methodName: 'claim', args: { amount } },
  ])
}

function checkCalls(
  reply: UnsignedTransactions,
  contracts: MarketContracts,
  wanted: readonly { methodName: string; args: Record<string, unknown> }[],
): Checked {
  const rest = storageDeposits(reply, contracts, 0n)
  if (rest.others.length !== wanted.length) throw differs('transactions', wanted.length, rest.others.length)
  for (const [i, { methodName, args }] of wanted.entries()) {
    const [action] = calls([rest.others[i]!], contracts.market, methodName)
    requireSame(methodName, args, action!.args)
  }
  return { transactions: rest.all, blyAtto: 0n, nearYocto: rest.nearYocto + BigInt(wanted.length) }
}

/** Splits off storage deposits: at most one a contract, before everything else, for the signer itself, capped. */
function storageDeposits(
  reply: unknown,
  { bly, market }: MarketContracts,
  taskYocto: bigint,
): { all: Transactions; others: Transactions; nearYocto: bigint } {
  const read = unsignedTransactions.safeParse(reply)
  if (!read.success) throw differs('transactions', 'function calls alone', read.error.issues[0]?.message)
  const { transactions } = read.data
  const ceilings = new Map([
    [bly, MAX_REGISTRATION_YOCTO],
    [market, MAX_REGISTRATION_YOCTO + taskYocto],
  ])
  const others = [...transactions]
  let nearYocto = 0n
  while (others[0]?.actions.some(({ methodName }) => methodName === 'storage_deposit')) {
    const { receiverId, actions } = others.shift()!
    const ceiling = ceilings.get(receiverId)
    ceilings.delete(receiverId)
    if (ceiling === undefined || actions.length !== 1) throw differs('storage_deposit', 'one a contract', receiverId)
    const { args, deposit, gas } = actions[0]!
    requireSame('storage_deposit', {}, args)
    if (BigInt(gas) > MAX_GAS) throw differs('storage_deposit.gas', `at most ${MAX_GAS}`, gas)
    if (BigInt(deposit) > ceiling) throw differs('storage_deposit.deposit', `at most ${ceiling}`, deposit)
    nearYocto += BigInt(deposit)
  }
  return { all: transactions, others, nearYocto }
}

/** Calls of one method, one a transaction, each with one yoctoNEAR. */
function calls(transactions: Transactions, receiverId: string, methodName: string): Action[] {
  return transactions.map((transaction) => {
    if (transaction.receiverId !== receiverId) throw differs('receiverId', receiverId, transaction.receiverId)
    const [action, ...more] = transaction.actions
    if (action === undefined || more.length > 0) throw differs('actions', 'one', transaction.actions.length)
    if (action.methodName !== methodName) throw differs('methodName', methodName, action.methodName)
    if (action.deposit !== '1') throw differs('deposit', '1', action.deposit)
    if (BigInt(action.gas) > MAX_GAS) throw differs('gas', `at most ${MAX_GAS}`, action.gas)
    return action
  })
}

const withMessage = ({ args }: Action): Record<string, unknown> => ({ ...args, msg: parsed(args.msg) })
const withoutMessage = ({ args: { msg: _, ...rest } }: Action): Record<string, unknown> => rest

function stakeOf({ args }: Action): Record<string, unknown> {
  const message = parsed(args.msg)
  const keys = typeof message === 'object' && message !== null ? Object.keys(message) : []
  const stake = keys.length === 1 ? (message as { stake?: unknown }).stake : undefined
  if (typeof stake === 'object' && stake !== null) return stake as Record<string, unknown>
  throw differs('stake', 'a stake', args.msg)
}

function parsed(msg: unknown): unknown {
  try {
    return JSON.parse(String(msg))
  } catch {
    return null
  }
}

function requireSame(field: string, expected: unknown, got: unknown): void {
  const difference = sameJson(expected, got)
  if (difference !== null) throw differs(`${field}${difference.path}`, difference.expected, difference.got)
}

function differs(field: string, expected: unknown, got: unknown): TransactionDiffersError {
  const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 100)
  return new TransactionDiffersError({
    what: `The gateway returned ${shown(got)} as ${field}; ${shown(expected)} was asked for. Nothing was signed.`,
    fix: 'Do not use this gateway for signing; another one, or `blyan task create`, does the same.',
    data: { field, expected: shown(expected), got: shown(got) },
  })
}
