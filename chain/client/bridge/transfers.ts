/** One transfer's whole story from both chains and the signers, and the transfers of an account. */
import type { Direction } from '../protocol.ts'
import { type Collected, type CollectOptions, collectSignatures } from './collect.ts'
import { type Deployment, domainOf } from './deployment.ts'
import { TransferMissingError } from './errors.ts'
import type { Arrival, Departure, EvmSide, NearSide } from './sides.ts'
import { type Awaited, awaitedOf, stateOf, type TransferFacts, type TransferState } from './state.ts'
import { parseTransferId, type TransferId, transferId } from './transferId.ts'

export interface TransferReader {
  deployment: Pick<Deployment, 'evm' | 'salt' | 'signers'>
  near: NearSide
  evm: EvmSide
  fetch?: typeof fetch
  signal?: AbortSignal
  /** ms. */
  now: () => number
}

export interface Transfer {
  id: TransferId
  direction: Direction
  nonce: bigint
  sender: string
  receiver: string
  /** attoBLY. */
  amount: bigint
  state: TransferState
  /** When each reached state was reached, ms; null where no chain or signer tells. */
  times: Partial<Record<TransferState, number | null>>
  /** k of n. While a transfer is not paid: counted from the signers; afterwards null. */
  signatures: { have: number; need: number; of: number; missing: readonly string[] } | null
  awaits: Awaited
  /** When a delay ends, ms. */
  readyAt: number | null
  txNear: string | null
  txEvm: string | null
}

/** @throws TransferIdInvalidError, TransferMissingError, and whatever a chain refuses */
export async function readTransfer(reader: TransferReader, id: string): Promise<Transfer> {
  const { direction, nonce } = parseTransferId(id)
  const { near, evm } = reader
  const toEvm = direction === 'near-evm'
  const departure = await (toEvm ? near.lock(nonce) : evm.burn(nonce))
  if (departure === null) {
    throw new TransferMissingError({
      what: `There is no transfer ${id} yet.`,
      fix: 'See `blyan bridge list`, and check that bridge.json is of this network.',
      data: { field: 'ID', id },
    })
  }
  const arrival = await (toEvm ? evm.mint(nonce) : near.unlock(nonce))
  const asks = arrival === null && !departure.refunded
  const collected = asks ? await signaturesOf(reader, direction, nonce) : null
  return tell(departure, arrival, collected, reader.now())
}

/** Transfers that an account (NEAR id or EVM address) sent or receives, newest first in each direction.
 *  PERF: reads the departures of both chains, page by page. */
export async function listTransfers(reader: TransferReader, account: string, limit = 50): Promise<Transfer[]> {
  const [locks, burns] = await Promise.all([reader.near.locksOf(account, limit), reader.evm.burnsOf(account, limit)])
  const ids = [...locks.map((n) => transferId('near-evm', n)), ...burns.map((n) => transferId('evm-near', n))]
  const transfers: Transfer[] = []
  for (const id of ids) transfers.push(await readTransfer(reader, id))
  return transfers.sort((a, b) => startOf(b) - startOf(a)).slice(0, limit)
}

/** Collects for the chain on which the transfer is paid out. */
export async function signaturesOf(
  reader: TransferReader,
  direction: Direction,
  nonce: bigint,
): Promise<Collected<'lock' | 'burn'>> {
  const toEvm = direction === 'near-evm'
  const active = await (toEvm ? reader.evm : reader.near).signerSet()
  return collectSignatures(toEvm ? 'lock' : 'burn', String(nonce), collectOptions(reader, active))
}

export const collectOptions = (
  { deployment, fetch, signal }: Pick<TransferReader, 'deployment' | 'fetch' | 'signal'>,
  active: CollectOptions['active'],
): CollectOptions => ({
  domain: domainOf(deployment),
  active,
  urls: deployment.signers.map(({ url }) => url),
  ...(fetch && { fetch }),
  ...(signal && { signal }),
})

function tell(
  departure: Departure,
  arrival: Arrival | null,
  collected: Collected<'lock' | 'burn'> | null,
  now: number,
): Transfer {
  const { direction, nonce, sender, receiver, amount } = departure
  // A signer that signed other money than the source chain shows has signed another transfer.
  const same = collected?.payload?.amount === String(amount)
  const have = same ? collected!.signatures.length : 0
  const facts: TransferFacts = {
    direction,
    sourceFinal: departure.final,
    refunded: departure.refunded,
    signed: have,
    needed: collected?.need ?? 1,
    payout: arrival?.payout ?? null,
  }
  const state = stateOf(facts)
  const readyAt = arrival?.readyAt ?? null
  const toEvm = direction === 'near-evm'
  const first = toEvm ? 'locked' : 'burned'
  return {
    id: transferId(direction, nonce),
    direction,
    nonce,
    sender,
    receiver,
    amount,
    state,
    times: { [first]: departure.at, ...(state !== first && { [state]: arrival?.at ?? null }) },
    signatures:
      collected === null ? null : { have, need: collected.need, of: collected.of, missing: collected.missing },
    awaits: awaitedOf(facts, readyAt, now),
    readyAt,
    txNear: toEvm ? departure.tx : (arrival?.tx ?? null),
    txEvm: toEvm ? (arrival?.tx ?? null) : departure.tx,
  }
}

const startOf = ({ times, nonce }: Transfer): number => times.locked ?? times.burned ?? Number(nonce)
