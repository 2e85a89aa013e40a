/** Tokens arrive with a message. The calling account is the token, whatever else it says: nothing here trusts it further. */
import { ensure, fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { STORAGE_PRICE } from '../lib/money.ts'
import { parseValue } from '../lib/schema.ts'
import { credit, getBalances, MAX_TOKENS, saveBalances } from './deposits.ts'
import { emitMovement } from './events.ts'
import type { Outcome, Payment } from './outcome.ts'
import { dexBook } from './registration.ts'
import { SWAP_MESSAGE } from './schema.ts'
import { listedTokens } from './storage.ts'
import { instantSwap } from './swap.ts'

/** Bytes of the longest record that a payment in vain leaves: its key and amount, and NEAR's 40. */
const LONGEST_ROW = 1n + 64n + 1n + 64n + 32n + 40n

/**
 * NEAR of its own that the contract keeps unlocked, in yoctoNEAR. Payments in vain to people without an account here are
 * recorded at the contract's cost; four hundred of them, more than one block can start, fit into this.
 */
export const LOST_RESERVE = 400n * LONGEST_ROW * STORAGE_PRICE

export interface ReceiveArgs {
  sender_id: string
  amount: bigint
  msg: string
}

/**
 * @param freeYocto  NEAR of the contract that no storage locks
 * @returns "0": all is used   @throws E28 E10 E12 E11 and what swaps throw; the token then returns everything
 */
export function onTransfer(host: Host, { sender_id, amount, msg }: ReceiveArgs, freeYocto: () => bigint): Outcome {
  const token = host.predecessor()
  if (msg === '') {
    depositTokens(host, sender_id, token, amount)
    return { value: '0' }
  }
  const { actions } = parseMessage(msg)
  const payments = instantSwap(host, { sender: sender_id, token, amount, actions })
  requireRoomForReturn(host, sender_id, payments, freeYocto)
  return { value: '0', payments }
}

function depositTokens(host: Host, account: string, token: string, amount: bigint): void {
  const balances = getBalances(host, account)
  if (!balances.has(token)) {
    ensure(listedTokens(host).includes(token), 'E12', () => `token not whitelisted: ${token}`)
  }
  credit(balances, token, amount)
  saveBalances(host, account, balances)
  emitMovement(host, 'deposited', account, token, amount)
}

/** A payment in vain must have a place to fall back to before it is sent: the sender's account, or our own reserve. */
function requireRoomForReturn(host: Host, sender: string, payments: readonly Payment[], freeYocto: () => bigint): void {
  const held = dexBook(host).find(sender)
  if (held !== null) {
    const balances = getBalances(host, sender)
    const missing = payments.filter(({ token }) => !balances.has(token)).length
    const free = held.total - held.locked
    if (balances.size + missing <= MAX_TOKENS && BigInt(missing) * LONGEST_ROW * STORAGE_PRICE <= free) return
  }
  ensure(
    freeYocto() >= LOST_RESERVE,
    'E11',
    () => `insufficient $NEAR storage deposit: ${sender} has no room for a failed transfer`,
  )
}

function parseMessage(msg: string): { actions: Parameters<typeof instantSwap>[1]['actions'] } {
  try {
    return parseValue(SWAP_MESSAGE, JSON.parse(msg), 'msg')
  } catch (error) {
    return fail('E28', `Illegal msg in ft_transfer_call: ${(error as Error).message}`)
  }
}
