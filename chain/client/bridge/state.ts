/**
 * Where one transfer stands, from what both chains and the signers show. One pure function, so that page, command line and
 * relayer never disagree.
 */
import type { Direction } from '../protocol.ts'

export const TRANSFER_STATES = [
  'locked',
  'burned',
  'final',
  'signed',
  'delayed',
  'queued',
  'credited',
  'minted',
  'unlocked',
  'vetoed',
  'refunded',
] as const
export type TransferState = (typeof TRANSFER_STATES)[number]

/** What the chain that pays out says of a transfer; null while it knows nothing of it. */
export type Payout = 'paid' | 'queued' | 'delayed' | 'vetoed' | 'credited'

export interface TransferFacts {
  direction: Direction
  /** The source chain will not take the lock or burn back. */
  sourceFinal: boolean
  /** The source chain gave the money back after a veto. */
  refunded: boolean
  /** Distinct signers of the active set whose signatures over one content were checked. */
  signed: number
  /** How many the paying chain asks for. */
  needed: number
  payout: Payout | null
}

/** The state of a transfer. Chains outrank signers: what was paid is paid, whoever still answers. */
export function stateOf({ direction, sourceFinal, refunded, signed, needed, payout }: TransferFacts): TransferState {
  if (refunded) return 'refunded'
  if (payout === 'paid') return direction === 'near-evm' ? 'minted' : 'unlocked'
  if (payout !== null) return payout
  if (signed >= needed) return 'signed'
  if (sourceFinal) return 'final'
  return direction === 'near-evm' ? 'locked' : 'burned'
}

/** Nothing moves by itself any more: paid, given back, or a credit that waits for its owner alone. */
export const isEnded = (state: TransferState): boolean =>
  state === 'minted' || state === 'unlocked' || state === 'credited' || state === 'refunded'

/** Who has to do something next; null when the transfer has ended. */
export type Awaited = 'near' | 'evm' | 'signers' | 'relayer' | 'delay' | 'queue' | 'receiver' | null

/**
 * @param readyAt ms at which a delay ends, null where none runs
 * @param now ms
 */
export function awaitedOf(facts: TransferFacts, readyAt: number | null, now: number): Awaited {
  const state = stateOf(facts)
  switch (state) {
    case 'locked':
      return 'near'
    case 'burned':
      return 'evm'
    case 'final':
      return 'signers'
    case 'signed':
      return 'relayer'
    case 'delayed':
      return readyAt !== null && readyAt > now ? 'delay' : 'relayer'
    case 'queued':
      return 'queue'
    case 'vetoed':
      return 'relayer'
    case 'credited':
      return 'receiver'
    case 'minted':
    case 'unlocked':
    case 'refunded':
      return null
  }
}
