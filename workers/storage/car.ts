/** Content-addressable archives, version 1: a header with one root, then each block once, depth first. Source: ipld.io/specs/transport/car. */
import type { CID } from 'multiformats/cid'
import type { BlockStore } from './blocks.ts'
import { blockKey } from './cid.ts'
import { linksOf } from './dagNode.ts'

/**
 * Archive of everything below `root`, a block at a time. A block that is missing ends the archive with an error: the
 * reader must see that it is not whole.
 */
export async function* carOf(root: CID, blocks: Pick<BlockStore, 'get'>): AsyncGenerator<Uint8Array> {
  yield withLength(header(root))
  const sent = new Set<string>()
  const pending = [root]
  for (let cid = pending.pop(); cid; cid = pending.pop()) {
    const key = blockKey(cid)
    if (sent.has(key)) continue
    sent.add(key)
    const bytes = await blocks.get(cid)
    if (bytes === null) throw new Error(`block ${cid} is missing`)
    yield withLength(cid.bytes, bytes)
    pending.push(...linksOf(cid, bytes).reverse())
  }
}

/** dag-cbor of { roots: [root], version: 1 }. A CID is tag 42 over its bytes after a zero byte. */
function header(root: CID): Uint8Array {
  const text = (word: string): Uint8Array => Buffer.concat([Uint8Array.of(0x60 + word.length), Buffer.from(word)])
  const cid = [Uint8Array.of(0xd8, 42, 0x58, root.bytes.length + 1, 0), root.bytes]
  return Buffer.concat([
    Uint8Array.of(0xa2),
    text('roots'),
    Uint8Array.of(0x81),
    ...cid,
    text('version'),
    Uint8Array.of(1),
  ])
}

function withLength(...parts: readonly Uint8Array[]): Uint8Array {
  const varint: number[] = []
  let length = parts.reduce((sum, part) => sum + part.length, 0)
  for (; length >= 0x80; length = Math.floor(length / 0x80)) varint.push((length & 0x7f) | 0x80)
  return Buffer.concat([Uint8Array.of(...varint, length), ...parts])
}
