/** Bytes held against the address and hash that the chain names for them. */
import { rawCid } from '../../../../chain/client/content/index.ts'
import { bytesToHex } from '../../../../chain/lib/bytes.ts'
import { sha256 } from '../../../../chain/lib/hash.ts'
import { WrongBytesError } from '../../api/errors.ts'

export interface Promised {
  /** Hex of sha-256. */
  sha256: string
  /** Of the same bytes, where they have one. */
  cid?: string
}

/** @returns the hash that was computed here  @throws WrongBytesError */
export function checkBytes(bytes: Uint8Array, promised: Promised): string {
  const got = bytesToHex(sha256(bytes))
  const wrongCid = promised.cid !== undefined && rawCid(bytes) !== promised.cid
  if (got === promised.sha256 && !wrongCid) return got
  throw new WrongBytesError({
    what: `The gateway sent other bytes than it promised: expected ${promised.sha256}, got ${got}. Nothing was saved.`,
    fix: 'Ask another gateway, or run ./blyan task model: both merge the model anew.',
    data: { expected: promised.sha256, got },
  })
}
