/** Cuts content into blocks as `ipfs add --cid-version=1` does: leaves of 262,144 bytes, at most 174 links, balanced. */
import { importer } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import type { CID } from 'multiformats/cid'
import type { BlockStore } from './blocks.ts'

export const CHUNK_BYTES = 262_144
export const MAX_LINKS = 174

export interface AddedFile {
  readonly cid: CID
  /** Bytes of all blocks together, as Kubo's `Size`. */
  readonly dagBytes: number
}

export interface AddFileOptions {
  /** 0: dag-pb leaves and a CIDv0, as Kubo's own default. */
  readonly cidVersion?: 0 | 1
  readonly rawLeaves?: boolean
}

/** Puts every block of the content and returns its address. Throws what `blocks.put` and the content throw. */
export async function addFile(
  content: Uint8Array | AsyncIterable<Uint8Array>,
  blocks: Pick<BlockStore, 'put'>,
  { cidVersion = 1, rawLeaves = cidVersion === 1 }: AddFileOptions = {},
): Promise<AddedFile> {
  /** Several blocks are written at a time: when one fails, the others are still on their way. */
  const underway = new Set<Promise<unknown>>()
  const sink = {
    put: async (cid: CID, bytes: Uint8Array): Promise<CID> => {
      const put = blocks.put(cid, bytes).finally(() => underway.delete(put))
      underway.add(put)
      await put
      return cid
    },
  }
  const options = {
    cidVersion,
    rawLeaves,
    reduceSingleLeafToSelf: true,
    chunker: fixedSize({ chunkSize: CHUNK_BYTES }),
    layout: balanced({ maxChildrenPerNode: MAX_LINKS }),
  }
  // biome-ignore lint/suspicious/noExplicitAny: the importer asks for a whole blockstore and uses `put` alone
  const entries = importer([{ content }], sink as any, options)
  try {
    for await (const entry of entries) return { cid: entry.cid, dagBytes: Number(entry.size) }
  } catch (error) {
    await Promise.allSettled(underway) // whoever hears of the failure finds nothing half written
    throw error
  }
  throw new TypeError('the importer gave no entry')
}
