/** What is said before the signature: how long it takes, what a large amount means, where the money is in each failure. */
import type { Limits } from '../../../../chain/client/bridge/sides.ts'
import type { Direction } from '../../../../chain/client/protocol.ts'
import { amountText } from '../../format/amount.ts'
import { spanText } from '../../format/time.ts'

export const SIDE_NAMES = { near: 'NEAR', evm: 'the EVM chain' } as const
export type SideName = keyof typeof SIDE_NAMES

/** Where the money leaves, and where it arrives. */
export const endsOf = (direction: Direction): { source: SideName; target: SideName } =>
  direction === 'near-evm' ? { source: 'near', target: 'evm' } : { source: 'evm', target: 'near' }

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Signers look every few seconds and a relayer sends at once; a minute is ten times what is usual. */
const SIGNED_AND_SENT_MS = MINUTE
/** NEAR is final after two blocks of about a second. */
const NEAR_FINAL_MS = 3_000
/** Ethereum's slot, the longest among chains with such confirmations, and its two finalized epochs with a slot to spare. */
const EVM_BLOCK_MS = 12_000
const EVM_FINALIZED_MS = 15 * MINUTE
/** A pause ends by itself after it. */
export const PAUSE_MS = 72 * HOUR

export interface Wait {
  /** Its delay for the guardian, ms; 0 where it is not large. */
  delayMs: number
  /** The limit is used up or others wait: it joins the queue. */
  queues: boolean
  /** By when it has ended by itself, ms, if enough signers answer and nothing else joins the queue before it. */
  latest: number
}

/** @param target limits of the side that pays out */
export function waitOf(
  { direction, amount }: { direction: Direction; amount: bigint },
  target: Limits,
  confirmations: number | 'finalized',
  now: number,
): Wait {
  const delayMs = amount >= target.largeAmount ? target.vetoDelayMs : 0
  const queues = amount > target.capacity || target.queueLength > 0n
  // The bucket of half the hourly limit refills within an hour, and no transfer is larger than that half.
  const queueMs = queues ? (Number(target.queueLength) + 1) * HOUR : 0
  const begin = Math.max(now, target.pausedUntil ?? 0)
  return { delayMs, queues, latest: begin + finalMs(direction, confirmations) + SIGNED_AND_SENT_MS + delayMs + queueMs }
}

function finalMs(direction: Direction, confirmations: number | 'finalized'): number {
  if (direction === 'near-evm') return NEAR_FINAL_MS
  return confirmations === 'finalized' ? EVM_FINALIZED_MS : (confirmations + 1) * EVM_BLOCK_MS
}

/** What being large costs: time in which the guardian may stop it. */
export function largeText(target: Limits): string {
  const { largeAmount, vetoDelayMs } = target
  return `From ${amountText(largeAmount, { direction: 'cost' }).shown} BLY on it waits ${spanText(vetoDelayMs)}, in which the guardian may stop it; a stopped one is given back to its sender.`
}

/** Where the money is, whatever fails. */
export function failures(
  { direction, large, hasRelayer }: { direction: Direction; large: boolean; hasRelayer: boolean },
  k: number,
): { what: string; money: string }[] {
  const { source, target } = endsOf(direction)
  const isLock = direction === 'near-evm'
  return [
    {
      what: `${capital(SIDE_NAMES[source])} refuses it`,
      money: isLock ? 'It comes back to you in the same transaction.' : 'Nothing is burned; only gas is used.',
    },
    {
      what: `Fewer than ${k} signers answer`,
      money: isLock
        ? 'It stays locked on NEAR and nobody can take it. It goes on when they answer; nothing gives it back before.'
        : 'It is burned and owed to you. It goes on when they answer; nothing gives it back before.',
    },
    {
      what: hasRelayer ? 'No relayer delivers it' : 'This gateway knows no relayer',
      money: 'The signatures are enough: you, or anybody, can carry it with a wallet of your own.',
    },
    {
      what: `The limit of ${SIDE_NAMES[target]} is used up`,
      money: 'It waits in a queue and is paid in order; nobody can overtake it.',
    },
    ...(large
      ? [
          {
            what: 'The guardian stops it',
            money: isLock ? 'The lock is given back to you on NEAR.' : 'The burned BLY are minted to you again.',
          },
        ]
      : []),
    ...(isLock
      ? [{ what: 'The address is somebody else’s', money: 'It is theirs: nobody can take it back.' }]
      : [
          {
            what: 'The NEAR account cannot take BLY',
            money: 'It becomes a credit of that account, which collects it whenever it likes.',
          },
        ]),
    { what: 'The bridge is paused', money: 'It waits; a pause ends by itself after 72 h at most.' },
  ]
}

export interface WorthFacts {
  k: number
  n: number
  /** Of the side with the higher limit, attoBLY. */
  hourlyAtto: bigint
  /** attoBLY locked on NEAR. */
  heldAtto: bigint
}

/** What the bridge is worth, in two sentences. Source: docs/decisions/008. */
export function worthText({ k, n, hourlyAtto, heldAtto }: WorthFacts): string {
  const half = amountText(hourlyAtto / 2n, { direction: 'cost' }).shown
  const hour = amountText(hourlyAtto, { direction: 'cost' }).shown
  const held = amountText(heldAtto, { direction: 'cost' }).shown
  const who = k === 1 ? 'One corrupt signer' : `${capital(countWord(k))} corrupt signers`
  return `The bridge is worth ${k} of its ${n} signers. ${who} could take up to ${half} BLY at once and ${hour} BLY within an hour on each side, until the guardian pauses it; on NEAR never more than the ${held} BLY that are locked there.`
}

/** What is said of a side that stands still. */
export function pauseText(side: SideName, pausedUntil: number, clock: (at: number) => string): string {
  return `Clock stopped by the guardian or the signers on ${SIDE_NAMES[side]} at ${clock(pausedUntil - PAUSE_MS)}: nothing is locked, burned or paid out there. It goes on by itself by ${clock(pausedUntil)} at the latest, and what waits is longer by as much.`
}

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']
const countWord = (count: number): string => WORDS[count] ?? String(count)
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
