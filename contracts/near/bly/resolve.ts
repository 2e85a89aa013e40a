/**
 * The end of a transfer call: gives the sender what the receiver says it did not use. The reply is another contract's word:
 * bounded in length before it is read, capped by what was sent and by what the receiver still has.
 */
import { requireSelf } from '../lib/access.ts'
import type { Host } from '../lib/host.ts'
import { isDecimal, min, U128_MAX } from '../lib/money.ts'
import { emitBurn, emitTransfer } from './events.ts'
import { findBalance, recordBurn, setBalance } from './storage.ts'

/** A u128 in quotes has 41 bytes; a longer reply is nonsense and is not even copied into the contract. */
export const MAX_REPLY_BYTES = 64

export interface ResolveArgs {
  sender_id: string
  receiver_id: string
  /** attoBLY that were sent. */
  amount: bigint
}

/**
 * @param readReply gives what `ft_on_transfer` returned, null when it failed or said too much; there is none to read
 *   unless this is the callback, so the caller is checked first
 * @returns attoBLY that the receiver keeps, decimal; tokens burned because the sender left count as used
 * @throws CALLBACK_ONLY
 */
export function resolveTransfer(host: Host, args: ResolveArgs, readReply: () => string | null): string {
  requireSelf(host)
  const { amount } = args
  const unused = min(amount, parseReply(readReply()) ?? amount)
  const held = findBalance(host, args.receiver_id) ?? 0n
  const refund = min(unused, held)
  if (refund === 0n) return `${amount}`
  setBalance(host, args.receiver_id, held - refund)
  const sender = findBalance(host, args.sender_id)
  if (sender === null) {
    recordBurn(host, refund)
    emitBurn(host, args.receiver_id, refund, 'refund')
    return `${amount}`
  }
  setBalance(host, args.sender_id, sender + refund)
  emitTransfer(host, args.receiver_id, args.sender_id, refund, 'refund')
  return `${amount - refund}`
}

/** The unused amount of a reply; null when it is no JSON string with a decimal u128. */
export function parseReply(reply: string | null): bigint | null {
  if (reply === null || reply.length > MAX_REPLY_BYTES) return null
  const value = parseJson(reply)
  if (typeof value !== 'string' || !isDecimal(value)) return null
  const unused = BigInt(value)
  return unused <= U128_MAX ? unused : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // what is not JSON says nothing about the tokens
  }
}
