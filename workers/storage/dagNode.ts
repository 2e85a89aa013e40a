/** One block of a UnixFS file, read and checked: its own bytes and the pieces that follow. Source: specs.ipfs.tech, UnixFS. */
import { decode } from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import type { CID } from 'multiformats/cid'
import { badCid, DAG_PB, RAW } from './cid.ts'
import { CorruptBlockError } from './errors.ts'

export interface FilePiece {
  readonly cid: CID
  /** File bytes below this link. */
  readonly length: number
}

export interface FileNode {
  /** File bytes in the block itself; they come before those of the pieces. */
  readonly data: Uint8Array
  readonly pieces: readonly FilePiece[]
  /** File bytes in all. */
  readonly length: number
}

/**
 * Reads a block as a node of a file.
 * @throws CorruptBlockError when it is not well-formed, BadCidError when it is well-formed but no part of a file
 */
export function readFileNode(cid: CID, bytes: Uint8Array): FileNode {
  if (cid.code === RAW) return { data: bytes, pieces: [], length: bytes.length }
  if (cid.code !== DAG_PB) throw badCid(String(cid), 'is neither a raw block nor a UnixFS file')
  const { unixfs, links } = decodeUnixfs(cid, bytes)
  if (unixfs.type !== 'file' && unixfs.type !== 'raw') throw badCid(String(cid), `is a ${unixfs.type}, not a file`)
  const data = unixfs.data ?? new Uint8Array(0)
  if (unixfs.blockSizes.length !== links.length) throw malformed(cid, 'it has not one size for each link')
  let total = BigInt(data.length)
  for (const size of unixfs.blockSizes) {
    if (size < 1n) throw malformed(cid, 'it links to an empty piece')
    total += size
  }
  if (total > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed(cid, 'it claims an impossible size')
  const pieces = links.map((link, i) => ({ cid: link, length: Number(unixfs.blockSizes[i]) }))
  return { data, pieces, length: Number(total) }
}

/** CIDs that a block links to, whatever it is part of; none for raw and unknown codecs. */
export function linksOf(cid: CID, bytes: Uint8Array): CID[] {
  if (cid.code !== DAG_PB) return []
  try {
    return decode(bytes).Links.map((link) => link.Hash)
  } catch (cause) {
    throw malformed(cid, 'it is no dag-pb', cause)
  }
}

function decodeUnixfs(cid: CID, bytes: Uint8Array): { unixfs: UnixFS; links: CID[] } {
  try {
    const node = decode(bytes)
    if (!node.Data) throw new TypeError('no data')
    return { unixfs: UnixFS.unmarshal(node.Data), links: node.Links.map((link) => link.Hash) }
  } catch (cause) {
    throw malformed(cid, 'it is no UnixFS node', cause)
  }
}

export function malformed(cid: CID, why: string, cause?: unknown): CorruptBlockError {
  return new CorruptBlockError({
    what: `Block ${cid} is malformed: ${why}.`,
    fix: 'Ask whoever published this address to add the file again.',
    data: { cid: String(cid) },
    cause,
  })
}
