/** One transfer as an upright list: what has happened, with time and provenance, and what it waits for. */

import { isEnded, type TransferState } from '../../../../chain/client/bridge/state.ts'
import type { Transfer } from '../../../../chain/client/bridge/transfers.ts'
import { amountText } from '../../format/amount.ts'
import { shortAccount, shortHash } from '../../format/hash.ts'
import type { Mark } from '../../words/phases.ts'
import { endsOf, SIDE_NAMES } from './facts.ts'

export type Provenance = 'checked here' | 'on chain' | 'reported'

export interface Step {
  key: TransferState
  words: string
  state: 'past' | 'now' | 'failed' | 'to come'
  /** ms; null where nobody tells. */
  at: number | null
  provenance: Provenance | null
  detail: string | null
  /** A deadline that ends it by itself, ms. */
  until: number | null
  /** Since when it waits, ms; null unless it does, or where nobody tells. */
  since: number | null
  /** What ends the waiting, and where the money is until then; null unless it waits. */
  meanwhile: string | null
}

/** When a state was reached, from another witness than the contract that says it: `by` names that witness, and
 *  `checked` says that this page recomputed it. */
export type Times = Partial<Record<TransferState, { at: number; by: string | null; checked?: boolean }>>

/** An address or account as a sentence has it. */
export const nameOf = (who: string): string =>
  who.startsWith('0x') ? `0x${shortHash(who.slice(2))}` : shortAccount(who)

export function stepsOf(transfer: Transfer, known: Times = {}): Step[] {
  const path = pathOf(transfer)
  const reached = path.indexOf(transfer.state)
  const timeOf = (key: TransferState): number | null => transfer.times[key] ?? known[key]?.at ?? null
  return path.map((key, i): Step => {
    const isReached = i <= reached
    const isNext = i === reached + 1 && !isEnded(transfer.state)
    // A delay, a queue or a veto is where it stands; every other state lets the next one wait.
    const isStand = i === reached && STANDS.includes(key)
    const state = isStand
      ? key === 'vetoed'
        ? 'failed'
        : 'now'
      : isReached
        ? 'past'
        : isNext && !stands(transfer)
          ? 'now'
          : 'to come'
    const own = transfer.times[key] ?? null
    const at = timeOf(key)
    const waits = state === 'now' || state === 'failed'
    return {
      key,
      words: isReached
        ? doneWords(key, transfer)
        : state === 'now'
          ? waitingWords(key, transfer)
          : laterWords(key, transfer),
      state,
      at: isReached ? at : null,
      provenance: isReached ? (key === 'signed' && isCheckedHere(transfer, known) ? 'checked here' : 'on chain') : null,
      detail: isReached && own === null ? (known[key]?.by ?? null) : null,
      until: isStand && key === 'delayed' ? transfer.readyAt : null,
      since: waits && !isStand ? timeOf(transfer.state) : null,
      meanwhile: waits ? meanwhileOf(key, transfer) : null,
    }
  })
}

const STANDS: readonly TransferState[] = ['delayed', 'queued', 'vetoed']
const stands = ({ state }: Transfer): boolean => STANDS.includes(state)

/** States that this transfer passes, as far as it is known. */
function pathOf({ direction, state, times }: Transfer): TransferState[] {
  const start: TransferState[] = [direction === 'near-evm' ? 'locked' : 'burned', 'final', 'signed']
  const paid: TransferState = direction === 'near-evm' ? 'minted' : 'unlocked'
  if (state === 'vetoed') return [...start, 'vetoed', 'refunded']
  if (state === 'refunded') return [...start, 'vetoed', 'refunded']
  // What NEAR could not pay out; for a lock it was the refund after a veto.
  if (state === 'credited') return direction === 'near-evm' ? [...start, 'vetoed', 'credited'] : [...start, 'credited']
  const wait: TransferState[] = (['delayed', 'queued'] as const).filter((each) => each === state || each in times)
  return [...start, ...wait, paid]
}

/** The paying contract checks signatures too; this page only says so of those that it verified itself. */
const isCheckedHere = ({ signatures }: Transfer, { signed }: Times): boolean =>
  signed?.checked === true || (signatures !== null && signatures.have >= signatures.need)

function doneWords(key: TransferState, transfer: Transfer): string {
  const { direction, receiver, sender } = transfer
  const { source, target } = endsOf(direction)
  switch (key) {
    case 'locked':
      return 'Locked on NEAR'
    case 'burned':
      return 'Burned on the EVM chain'
    case 'final':
      return `Final: ${SIDE_NAMES[source]} will not take it back`
    case 'signed':
      return signedWords(transfer)
    case 'delayed':
      return 'Large: waits so that the guardian may look at it'
    case 'queued':
      return `Waits in the queue of ${SIDE_NAMES[target]}: its limit is used up`
    case 'minted':
      return `Minted to ${nameOf(receiver)}`
    case 'unlocked':
      return `Unlocked to ${nameOf(receiver)}`
    case 'credited':
      return direction === 'near-evm'
        ? `${nameOf(sender)} could not take it back: it is a credit of that account`
        : `${nameOf(receiver)} could not take it: it is a credit of that account`
    case 'vetoed':
      return 'Stopped by the guardian: it will never be paid out'
    case 'refunded':
      return `Given back to ${nameOf(sender)}`
  }
}

function signedWords({ signatures }: Transfer): string {
  if (signatures === null) return 'Signed by enough signers'
  return `${signatures.have} of ${signatures.of} signed, ${signatures.need} are enough`
}

function waitingWords(key: TransferState, transfer: Transfer): string {
  const { source, target } = endsOf(transfer.direction)
  switch (key) {
    case 'final':
      return `Waits until ${SIDE_NAMES[source]} will not take it back`
    case 'signed': {
      const { signatures } = transfer
      if (signatures === null) return 'Waits for signers'
      return `${signedWords(transfer)}; waits for ${listed(signatures.missing.map((each) => nameOf(`0x${each}`)))}`
    }
    case 'minted':
    case 'unlocked':
      return `Waits for a relayer, or you, to carry the signatures to ${SIDE_NAMES[target]}`
    case 'refunded':
      return 'Waits for a relayer, or you, to bring the money back'
    default:
      return laterWords(key, transfer)
  }
}

/** What ends a wait by itself, and what happens to the money meanwhile. */
function meanwhileOf(key: TransferState, { direction, sender }: Transfer): string | null {
  const isLock = direction === 'near-evm'
  switch (key) {
    case 'final':
      return isLock ? 'Ends by itself within seconds.' : 'Ends by itself once the chain has gone on far enough.'
    case 'signed':
      return isLock
        ? 'Usually seconds. Nothing ends it before they answer: until then it stays locked, and nobody can take it.'
        : 'Usually seconds. Nothing ends it before they answer: until then it stays owed, and nobody can take it.'
    case 'minted':
    case 'unlocked':
      return 'Usually seconds. The signatures are enough and stay here; nothing ends it before somebody carries them.'
    case 'delayed':
      return `Nobody can have it meanwhile. Stopped, it goes back to ${nameOf(sender)}; otherwise it goes on.`
    case 'queued':
      return 'Each that stands first goes within an hour, as the limit frees; nobody can overtake it.'
    case 'vetoed':
      return `The money is ${nameOf(sender)}’s: it can only be given back.`
    default:
      return null
  }
}

function laterWords(key: TransferState, { receiver, sender }: Transfer): string {
  switch (key) {
    case 'final':
      return 'Final'
    case 'signed':
      return 'Signed'
    case 'minted':
      return `Minted to ${nameOf(receiver)}`
    case 'unlocked':
      return `Unlocked to ${nameOf(receiver)}`
    case 'refunded':
      return `Given back to ${nameOf(sender)}`
    default:
      return 'Paid out'
  }
}

/** First three, and how many more. */
export function listed(names: readonly string[]): string {
  if (names.length <= 3)
    return names.length < 2 ? (names[0] ?? 'nobody') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
  return `${names.slice(0, 3).join(', ')} or ${names.length - 3} more`
}

/** The transfer in one sentence: what happened, or what is awaited. */
export function sentenceOf(transfer: Transfer): string {
  const { direction, state, amount, receiver, sender } = transfer
  const { target } = endsOf(direction)
  const what = `${amountText(amount).shown} BLY to ${nameOf(receiver)} on ${SIDE_NAMES[target]}`
  switch (state) {
    case 'minted':
    case 'unlocked':
      return `${what}: arrived.`
    case 'refunded':
      return `${what}: stopped by the guardian and given back to ${nameOf(sender)}.`
    case 'credited':
      return `${what}: could not be paid out, and waits as a credit.`
    case 'vetoed':
      return `${what}: stopped by the guardian; waits to be given back.`
    case 'delayed':
      return `${what}: large, so it waits for the guardian.`
    case 'queued':
      return `${what}: waits in the queue.`
    case 'signed':
      return `${what}: signed, waits for somebody to carry it.`
    case 'final':
      return `${what}: waits for signers, ${transfer.signatures?.have ?? 0} of ${transfer.signatures?.need ?? '?'} so far.`
    case 'locked':
    case 'burned':
      return `${what}: waits until it is final.`
  }
}

export const MARKS: Readonly<Record<TransferState, Mark>> = {
  locked: { word: 'Locked', tone: 'wait' },
  burned: { word: 'Burned', tone: 'wait' },
  final: { word: 'Signing', tone: 'wait' },
  signed: { word: 'Signed', tone: 'wait' },
  delayed: { word: 'Delayed', tone: 'wait' },
  queued: { word: 'Queued', tone: 'wait' },
  minted: { word: 'Arrived', tone: 'ok' },
  unlocked: { word: 'Arrived', tone: 'ok' },
  credited: { word: 'Credit', tone: 'wait' },
  vetoed: { word: 'Stopped', tone: 'bad' },
  refunded: { word: 'Given back', tone: 'plain' },
}
