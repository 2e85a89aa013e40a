/** NEAR to EVM: BLY that arrives with a lock message stays here until as much is burned on EVM. */
import { requirePredecessor } from '../lib/access.ts'
import { chargeStorage } from '../lib/meteredStorage.ts'
import { formatEvmAddress, parseEvmAddress } from '../lib/pure/bridgePayload.ts'
import { parseValue } from '../lib/schema.ts'
import { lockMessage } from './args.ts'
import { addTotal, type Bridge, requireRunning } from './context.ts'
import { fail } from './errors.ts'
import { requireBounds } from './limit.ts'
import { saveLock, storageBook } from './storage.ts'

/**
 * The token's `ft_on_transfer`. Uses all of the amount or panics, and a panic returns the BLY.
 * @returns attoBLY not used: "0"
 * @throws CALLER_FORBIDDEN BRIDGE_PAUSED BRIDGE_MESSAGE_INVALID BRIDGE_RECEIVER_INVALID BRIDGE_AMOUNT_OUT_OF_BOUNDS
 *   STORAGE_NOT_REGISTERED STORAGE_EXHAUSTED
 */
export function lock(b: Bridge, args: { sender_id: string; amount: bigint; msg: string }): string {
  const { host, config, totals } = b
  requirePredecessor(host, config.bly)
  requireRunning(b)
  const receiver = parseReceiver(b, parseMessage(args.msg))
  const { sender_id: sender, amount } = args
  requireBounds(b, amount)
  const nonce = `${totals.locks++}`
  const record = { amount, receiver, height: host.blockHeight(), sender }
  chargeStorage(host, storageBook(host), sender, () => saveLock(host, nonce, record))
  addTotal(b, 'locked', amount)
  b.emit('locked', { nonce, sender, receiver: formatEvmAddress(host.keccak256, receiver), amount: `${amount}` })
  return '0'
}

/** An EVM address that tokens can go to. @throws BRIDGE_RECEIVER_INVALID */
export function parseReceiver({ host, config }: Bridge, text: string): string {
  const receiver = parseEvmAddress(host.keccak256, text)
  if (receiver === null) fail('BRIDGE_RECEIVER_INVALID', `"${text}" is no EVM address, or its checksum is wrong`)
  // Nobody could move what the bridge itself holds there.
  if (receiver === config.evm_bridge) fail('BRIDGE_RECEIVER_INVALID', 'the receiver is the bridge itself')
  return receiver
}

function parseMessage(msg: string): string {
  let message: unknown = null
  try {
    message = JSON.parse(msg)
  } catch {
    fail('BRIDGE_MESSAGE_INVALID', 'the message is not JSON')
  }
  return parseValue(lockMessage, message, 'msg').lock.receiver
}
