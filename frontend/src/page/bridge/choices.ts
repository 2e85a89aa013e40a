/** What the form asks for, as pure functions: a typed choice becomes an order, or sentences that refuse it. */
import type { Deployment } from '../../../../chain/client/bridge/deployment.ts'
import type { Limits } from '../../../../chain/client/bridge/sides.ts'
import { type Direction, parseEvmAddress } from '../../../../chain/client/protocol.ts'
import { isValidAccountId } from '../../../../chain/lib/accountId.ts'
import { keccak256 } from '../../../../chain/lib/hash.ts'
import { amountText } from '../../format/amount.ts'
import { typedAmount } from '../operate/amountField.ts'

export interface Choices {
  direction: Direction
  /** As typed. */
  amount: string
  to: string
}

/** What one transfer may carry: both sides check it. */
export interface Bounds {
  minAtto: bigint
  maxAtto: bigint
}

export interface Order {
  direction: Direction
  /** attoBLY. */
  amount: bigint
  from: string
  to: string
}

export const boundsOf = (sides: { near: Limits; evm: Limits }): Bounds => ({
  minAtto: larger(sides.near.minAmount, sides.evm.minAmount),
  maxAtto: smaller(sides.near.maxAmount, sides.evm.maxAmount),
})

/** All that one transfer can take of a balance; null where that is less than the least. */
export function mostOf(balanceAtto: bigint, { minAtto, maxAtto }: Bounds): bigint | null {
  const most = smaller(balanceAtto, maxAtto)
  return most >= minAtto ? most : null
}

/** Contracts that money must not be sent to: it would be stuck there. */
export interface Contracts {
  nearBridge: string
  evmBridge: string
  evmToken: string
}

export const contractsIn = ({ near, evm }: Pick<Deployment, 'near' | 'evm'>): Contracts => ({
  nearBridge: near.bridge,
  evmBridge: evm.bridge,
  evmToken: evm.token,
})

export interface Made {
  order: Order | null
  /** Under which field, and why it cannot stand; nothing is said of what is still empty. */
  problems: { amount: string | null; to: string | null }
}

export function orderOf(
  { direction, amount: text, to }: Choices,
  from: string | null,
  balanceAtto: bigint | null,
  bounds: Bounds,
  place: Contracts,
): Made {
  const { atto, problem } = typedAmount(text)
  const receiver = receiverOf(direction, to.trim(), place)
  const problems = {
    amount: problem ?? (atto === null ? null : amountProblem(atto, balanceAtto, bounds)),
    to: receiver.problem,
  }
  const isWhole =
    atto !== null && from !== null && receiver.to !== null && problems.amount === null && balanceAtto !== null
  return { order: isWhole ? { direction, amount: atto, from, to: receiver.to! } : null, problems }
}

function amountProblem(atto: bigint, balanceAtto: bigint | null, { minAtto, maxAtto }: Bounds): string | null {
  if (balanceAtto !== null && atto > balanceAtto) return `You have ${amountText(balanceAtto).shown} BLY there.`
  if (atto < minAtto) return `One transfer carries at least ${amountText(minAtto, { direction: 'cost' }).exact}.`
  if (atto > maxAtto)
    return `One transfer carries at most ${amountText(maxAtto).shown} BLY; send a larger sum in parts.`
  return null
}

/** Whether BLY can be sent there; an empty text is no mistake yet. */
export function receiverOf(
  direction: Direction,
  to: string,
  { nearBridge, evmBridge, evmToken }: Contracts,
): { to: string | null; problem: string | null } {
  if (to === '') return { to: null, problem: null }
  if (direction === 'evm-near') {
    if (!isValidAccountId(to)) return refused('Write a NEAR account, such as alice.near.')
    return to === nearBridge
      ? refused('That is the bridge itself: nobody could move it from there.')
      : { to, problem: null }
  }
  if (!/^0x[0-9a-fA-F]{40}$/.test(to)) return refused('Write an EVM address: 0x and 40 digits.')
  const parsed = parseEvmAddress(keccak256, to)
  if (parsed === null) return refused('Its small and capital letters do not fit: a digit of this address is wrong.')
  if (/^0{40}$/.test(parsed)) return refused('Nobody holds the address of zeros.')
  const isContract = [evmBridge, evmToken].some((each) => each.toLowerCase() === to.toLowerCase())
  return isContract ? refused('That is the bridge itself: nobody could move it from there.') : { to, problem: null }
}

const refused = (problem: string) => ({ to: null, problem })
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
