/**
 * An epoch gets another rotation once its last one can come into force nowhere any more: two that could would let the chains
 * begin one epoch with different signers. What final blocks say decides; no clock of ours does.
 */
import type { HashHex } from '../../chain/client/protocol.ts'
import type { ChainReader } from './chains/reader.ts'
import type { Journal, RotationBound } from './journal.ts'
import { digestOf, payloadOf } from './typedPayload.ts'
import type { ChainName, Content, Heads, Log } from './types.ts'

export interface RotationParts {
  journal: Journal
  near: ChainReader
  evm: ChainReader
  /** Up to whose final blocks both chains were followed. */
  heads: Readonly<Record<ChainName, Heads>>
  /** Active there. */
  epochs: Readonly<Record<ChainName, string>>
  separator: HashHex
  tell: Log['info']
}

export async function reopenRotations(parts: RotationParts): Promise<void> {
  const { journal, near, evm, epochs, tell } = parts
  for (const content of journal.rotations()) {
    const { epoch, signers, k } = content as unknown as RotationBound & { epoch: string }
    if (!(['near', 'evm'] as const).some((chain) => BigInt(epochs[chain]) < BigInt(epoch))) continue // begun on both
    const [onNear, onEvm] = await Promise.all([fateOn(near, content, parts), fateOn(evm, content, parts)])
    const fates = [onNear, onEvm]
    if (fates.includes('possible') || fates.every((fate) => fate === 'taken')) continue
    journal.reopenRotation(epoch, fates.includes('taken') ? { signers, k } : null)
    tell('another rotation may be approved', { epoch, near: onNear, evm: onEvm })
  }
}

type Fate = 'possible' | 'missed' | 'taken' | 'vetoed'

async function fateOn(
  reader: ChainReader,
  content: Content,
  { journal, heads, separator }: RotationParts,
): Promise<Fate> {
  const { epoch, validFrom } = content as { epoch: string; validFrom: string }
  const fate = await reader.rotationAt(heads[reader.name].final, { epoch, validFrom })
  const digest = digestOf('rotate', payloadOf('rotate', content, epoch), separator)
  return fate !== 'taken' && journal.get(`vetoed/${reader.name}/${digest}`) === true ? 'vetoed' : fate
}
