/** Signs what the journal holds and no signature of the active epoch covers yet: on disk first, then the key, then on disk. */
import { crashPoint } from './crashPoint.ts'
import { ExternalSignerError } from './errors.ts'
import type { Journal, Unsigned } from './journal.ts'
import type { SigningKey } from './key/signingKey.ts'
import { isSignatureOf } from './signature.ts'
import { checkedOn } from './typedPayload.ts'
import type { ChainName } from './types.ts'

/** Entries in one pass: between two passes the chains are looked at again. */
const LIMIT = 200

export interface SignParts {
  journal: Journal
  key: SigningKey
  /** Active epoch by the chain that checks; absent while unknown. */
  epochs: Partial<Record<ChainName, string>>
  /** Whether the chain that checks has taken the payload already. */
  isUsed(chain: ChainName, entry: Unsigned): Promise<boolean>
  signed(entry: Unsigned, epoch: string): void
}

/** @returns whether nothing was left over  @throws ExternalSignerError · JournalForgedError: the caller halts */
export async function signOpen({ journal, key, epochs, isUsed, signed }: SignParts): Promise<boolean> {
  const open = journal.unsigned((kind, content) => {
    const chain = checkedOn(kind, content)
    return chain === null ? String(content.epoch) : (epochs[chain] ?? null)
  }, LIMIT)
  let left = open.length === LIMIT
  for (const { epoch, ...entry } of open) {
    const chain = checkedOn(entry.kind, entry.content)
    // A signature of an older epoch is there; a newer one is of use only until the payload was taken.
    if (chain !== null && journal.isSigned(entry) && (await isUsed(chain, entry))) {
      journal.settle(entry)
      continue
    }
    const begun = journal.begin(entry, epoch)
    if (begun === null) {
      left = true
      continue
    }
    crashPoint('after-journal')
    const { payload, digest } = begun
    const signature = await key.sign({ kind: entry.kind, payload, digest })
    crashPoint('after-sign')
    if (!isSignatureOf(key.address, digest, signature)) {
      throw new ExternalSignerError({
        what: `The key's signature does not recover to 0x${key.address}.`,
        fix: 'Look which key the external signer holds.',
      })
    }
    journal.finish(entry, epoch, signature)
    signed(entry, epoch)
    crashPoint('before-serve')
  }
  return !left
}
