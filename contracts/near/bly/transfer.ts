/** Moving BLY: plain, and with a call to the receiver that may give part of it back. Source: NEP-141. */
import { requireGas, requireOneYocto } from '../lib/access.ts'
import { ensure } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { emitTransfer, type Memo } from './events.ts'
import { GAS_FOR_TRANSFER_CALL } from './gas.ts'
import { getBalance, setBalance } from './storage.ts'

export interface TransferArgs {
  receiver_id: string
  /** attoBLY. */
  amount: bigint
  memo?: Memo
}

/** The two calls that follow a transfer: the receiver's `ft_on_transfer`, then our own resolver. */
export interface TransferCallPlan {
  receiver: string
  onTransfer: { sender_id: string; amount: string; msg: string }
  resolve: { sender_id: string; receiver_id: string; amount: string }
}

/**
 * Moves the caller's tokens to a registered receiver.
 * @throws DEPOSIT_ONE_YOCTO BLY_SELF_TRANSFER BLY_AMOUNT_ZERO BLY_BALANCE_TOO_LOW STORAGE_NOT_REGISTERED
 */
export function ftTransfer(host: Host, { receiver_id, amount, memo }: TransferArgs): void {
  requireOneYocto(host)
  move(host, host.predecessor(), receiver_id, amount, memo)
}

/**
 * Moves the tokens first, then has the receiver asked; what it does not use comes back in `resolveTransfer`.
 * @throws GAS_TOO_LOW and all that `ftTransfer` throws
 */
export function ftTransferCall(host: Host, args: TransferArgs & { msg: string }): TransferCallPlan {
  requireOneYocto(host)
  requireGas(host, GAS_FOR_TRANSFER_CALL)
  const sender_id = host.predecessor()
  const amount = `${move(host, sender_id, args.receiver_id, args.amount, args.memo)}`
  return {
    receiver: args.receiver_id,
    onTransfer: { sender_id, amount, msg: args.msg },
    resolve: { sender_id, receiver_id: args.receiver_id, amount },
  }
}

function move(host: Host, sender: string, receiver: string, amount: bigint, memo: Memo): bigint {
  ensure(sender !== receiver, 'BLY_SELF_TRANSFER', () => `${sender} is sender and receiver`)
  ensure(amount > 0n, 'BLY_AMOUNT_ZERO', () => 'the amount must be positive')
  const from = getBalance(host, sender)
  ensure(from >= amount, 'BLY_BALANCE_TOO_LOW', () => `${sender} has ${from} attoBLY, ${amount} asked`)
  const to = getBalance(host, receiver)
  setBalance(host, sender, from - amount)
  setBalance(host, receiver, to + amount)
  emitTransfer(host, sender, receiver, amount, memo)
  return amount
}
