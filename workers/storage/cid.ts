/** Content addresses as this node accepts them: CIDv0 and CIDv1 over SHA-256. Source: multiformats/cid specification. */
import { createHash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { create as multihash } from 'multiformats/hashes/digest'
import { BadCidError } from './errors.ts'

export const RAW = 0x55
export const DAG_PB = 0x70
export const SHA2_256 = 0x12

/** A CID is 59 characters in base32; other bases are a little longer, none of this kind passes 100. */
const MAX_CID_CHARACTERS = 128

/** @throws BadCidError for anything but a CID over SHA-256 */
export function parseCid(text: string): CID {
  let cid: CID
  try {
    if (text.length > MAX_CID_CHARACTERS) throw new RangeError(`${text.length} characters`)
    cid = CID.parse(text)
  } catch (cause) {
    throw badCid(text, 'is no content address', cause)
  }
  if (cid.multihash.code !== SHA2_256 || cid.multihash.digest.length !== 32) throw badCid(text, 'is not over SHA-256')
  return cid
}

export function badCid(text: string, why: string, cause?: unknown): BadCidError {
  const shown = text.length > 80 ? `${text.slice(0, 77)}…` : text
  return new BadCidError({
    what: `"${shown}" ${why}.`,
    fix: 'Give a CID as `add` printed it, such as bafkrei….',
    data: { field: 'cid', cid: shown },
    cause,
  })
}

/** The CID of one block's bytes. */
export function cidOf(bytes: Uint8Array, codec: number): CID {
  return CID.createV1(codec, multihash(SHA2_256, sha256(bytes)))
}

/** Whether the bytes are what the CID names. */
export function fits(cid: CID, bytes: Uint8Array): boolean {
  return Buffer.compare(sha256(bytes), cid.multihash.digest) === 0
}

/** Key of a block: blocks are the same whichever codec or version names them. */
export function blockKey(cid: CID): string {
  return Buffer.from(cid.multihash.digest).toString('hex')
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
