/**
 * Content addresses computed from bytes, so that a client can tell what it is about to sign for. CIDv1, SHA-256; files are
 * cut as `ipfs add --cid-version=1` cuts them. Runs in browsers. Source: specs.ipfs.tech/unixfs, ipld.io/specs/codecs/dag-pb.
 */
import { base32nopad } from '@scure/base'
import { concatBytes, hexToBytes, utf8ToBytes } from '../../lib/bytes.ts'
import { sha256 } from '../../lib/hash.ts'

const RAW = 0x55
const DAG_PB = 0x70
const LEAF_BYTES = 262_144
const MAX_LINKS = 174
const FILE = 2

interface Node {
  readonly cid: Uint8Array
  /** File bytes below. */
  readonly length: number
  /** Bytes of this block and all below. */
  readonly dagBytes: number
}

/** Address of one raw block. @example rawCid(new Uint8Array(0)) // bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku */
export const rawCid = (bytes: Uint8Array): string => text(cidBytes(RAW, sha256(bytes)))

/** Address of a checkpoint: a raw block over its parameters' bytes. @param hash their SHA-256, hex */
export const modelCid = (hash: string): string => text(cidBytes(RAW, hexToBytes(hash)))

/**
 * Address of a file as the storage nodes add it. PERF: one SHA-256 over the content.
 * @param hash a faster SHA-256 than the portable one, where there is one
 */
export function fileCid(content: Uint8Array, hash: (bytes: Uint8Array) => Uint8Array = sha256): string {
  let level: Node[] = []
  for (let at = 0; at === 0 || at < content.length; at += LEAF_BYTES) {
    const leaf = content.subarray(at, at + LEAF_BYTES)
    level.push({ cid: cidBytes(RAW, hash(leaf)), length: leaf.length, dagBytes: leaf.length })
  }
  while (level.length > 1) {
    const above: Node[] = []
    for (let at = 0; at < level.length; at += MAX_LINKS) above.push(parent(level.slice(at, at + MAX_LINKS)))
    level = above
  }
  return text(level[0]!.cid)
}

function parent(children: readonly Node[]): Node {
  const length = children.reduce((sum, child) => sum + child.length, 0)
  const links = children.map(({ cid, dagBytes }) =>
    field(2, concatBytes(field(1, cid), field(2, utf8ToBytes('')), number(3, dagBytes))),
  )
  const unixfs = concatBytes(number(1, FILE), number(3, length), ...children.map((child) => number(4, child.length)))
  const block = concatBytes(...links, field(1, unixfs))
  const below = children.reduce((sum, child) => sum + child.dagBytes, 0)
  return { cid: cidBytes(DAG_PB, sha256(block)), length, dagBytes: below + block.length }
}

const cidBytes = (codec: number, digest: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(1, codec, 0x12, 32), digest)
const text = (cid: Uint8Array): string => `b${base32nopad.encode(cid).toLowerCase()}`

// Protocol buffers: a field of bytes, a field with a number.
const field = (tag: number, bytes: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of((tag << 3) | 2), varint(bytes.length), bytes)
const number = (tag: number, value: number): Uint8Array => concatBytes(Uint8Array.of(tag << 3), varint(value))

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  return Uint8Array.from([...bytes, rest])
}
