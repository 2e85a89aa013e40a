/** What the signer asks of a chain, whichever it is. Answers are those of all its RPCs; what they differ on is an error. */
import type { PayloadKind } from '../../../chain/client/bridge/signerApi.ts'
import type { HashHex } from '../../../chain/client/protocol.ts'
import type { EventRefusedError } from '../errors.ts'
import type { MarketBlock } from '../receipts/marketEvents.ts'
import type { BlockRef, ChainName, Content, Heads, Observation } from '../types.ts'

export interface ChainReader {
  readonly name: ChainName
  /** First block worth reading. */
  readonly start: number
  /** Blocks read in one go. */
  readonly span: number
  /** @throws OtherChainError when an RPC serves another chain, or the bridge there is another one */
  identify(): Promise<void>
  heads(): Promise<Heads>
  /** Null where the chain has no block at this height. */
  hashAt(height: number): Promise<string | null>
  /** Those blocks that any one RPC says are not on its final chain. */
  contradicted(blocks: readonly BlockRef[]): Promise<BlockRef[]>
  /** Number of the signer set whose signatures count there at a final block. */
  activeEpoch(final: BlockRef): Promise<string>
  /** What a final block leaves possible of a rotation: `taken` too where its epoch came by another one. */
  rotationAt(final: BlockRef, rotation: RotationTerms): Promise<'possible' | 'missed' | 'taken'>
  /** Whether the chain has taken this payload already, so that it needs no signature of a newer set. */
  isUsed(kind: PayloadKind, content: Content): Promise<boolean>
  /** Everything between two heights, both included, all of it final. */
  read(from: number, to: number): Promise<Reading>
}

export interface RotationTerms {
  epoch: string
  /** Unix seconds. */
  validFrom: string
}

/** @param now, delay seconds @param latest the last scheduled epoch */
export const rotationFate = (
  { epoch, validFrom }: RotationTerms,
  { latest, now, delay }: { latest: bigint; now: bigint; delay: bigint },
): 'possible' | 'missed' | 'taken' =>
  latest >= BigInt(epoch) ? 'taken' : now + delay > BigInt(validFrom) ? 'missed' : 'possible'

export interface Reading {
  /** Checked one by one, in order. */
  observations: Observation[]
  /** Events that do not hold: told once, and passed over. */
  refused: EventRefusedError[]
  /** Digests of rotations that the guardian stopped. */
  vetoedRotations: HashHex[]
  /** The market's receipts; of NEAR alone. */
  market: MarketBlock[]
}

export const emptyReading = (): Reading => ({ observations: [], refused: [], vetoedRotations: [], market: [] })
