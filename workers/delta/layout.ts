/**
 * Layout of an encoded delta, little-endian:
 *
 *     "BLYD"  version u8  bits u8  keepBps u16  count u32  chunk u32  reserved u32 = 0     header, 20 bytes
 *     one record a chunk: scale f32, then, unless the scale is zero, indices and values
 *     first 8 bytes of SHA-256 over all that precedes                                     checksum
 *
 * How a record holds its indices follows from the header alone, so there is one encoding: none where all values are kept,
 * else the shorter of bitmap and bit-packed ascending indices, the bitmap when they are equally long.
 */
import { invalidDelta } from './errors.ts'

export const MAGIC = 0x44594c42 // "BLYD" read as a little-endian u32
export const VERSION = 1
export const HEADER_BYTES = 20
export const CHECKSUM_BYTES = 8
export const SCALE_BYTES = 4
export const MAX_CHUNK = 65_536 // an index then fits 16 bits
export const ALL_BPS = 10_000

/** How an update is thinned and rounded. A task names these. */
export interface DeltaOptions {
  /** Values a chunk: each has its own scale and keeps its own largest values. 1 to 65,536. */
  readonly chunk: number
  /** Share of values kept, basis points, 1 to 10,000; rounded up, so each chunk keeps at least one. */
  readonly keepBps: number
  /** Bits a kept value. Version 1 knows 8. */
  readonly bits: 8
}

export const DEFAULT_DELTA: DeltaOptions = { chunk: 4_096, keepBps: 5_000, bits: 8 }

/** Where one chunk lies and what its record needs. */
export interface ChunkLayout {
  readonly start: number
  readonly length: number
  /** Values kept. */
  readonly kept: number
  readonly index: 'all' | 'bitmap' | 'packed'
  readonly indexBytes: number
  /** Bits an index when packed. */
  readonly indexBits: number
}

/** Chunk `at` of `count` values. */
export function chunkLayout(at: number, count: number, { chunk, keepBps }: DeltaOptions): ChunkLayout {
  const start = at * chunk
  const length = Math.min(chunk, count - start)
  const kept = Math.ceil((length * keepBps) / ALL_BPS)
  const indexBits = length > 1 ? 32 - Math.clz32(length - 1) : 0
  if (kept === length) return { start, length, kept, index: 'all', indexBytes: 0, indexBits }
  const bitmap = Math.ceil(length / 8)
  const packed = Math.ceil((kept * indexBits) / 8)
  return bitmap <= packed
    ? { start, length, kept, index: 'bitmap', indexBytes: bitmap, indexBits }
    : { start, length, kept, index: 'packed', indexBytes: packed, indexBits }
}

/** Longest encoding of `count` values, bytes: what a reader must be ready to fetch. */
export function maxDeltaBytes(count: number, options: DeltaOptions): number {
  const full = Math.floor(count / options.chunk)
  let bytes = HEADER_BYTES + CHECKSUM_BYTES
  if (full > 0) bytes += full * recordBytes(chunkLayout(0, count, options))
  if (count % options.chunk !== 0) bytes += recordBytes(chunkLayout(full, count, options))
  return bytes
}

export function recordBytes({ indexBytes, kept }: ChunkLayout): number {
  return SCALE_BYTES + indexBytes + kept
}

export interface Header extends DeltaOptions {
  readonly count: number
}

export function writeHeader(view: DataView, { count, chunk, keepBps, bits }: Header): void {
  view.setUint32(0, MAGIC, true)
  view.setUint8(4, VERSION)
  view.setUint8(5, bits)
  view.setUint16(6, keepBps, true)
  view.setUint32(8, count, true)
  view.setUint32(12, chunk, true)
  view.setUint32(16, 0, true)
}

/** Reads and checks a header. @throws DeltaError */
export function readHeader(bytes: Uint8Array): Header {
  if (bytes.length < HEADER_BYTES + CHECKSUM_BYTES) invalidDelta(`${bytes.length} bytes are too few`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== MAGIC) invalidDelta('it does not begin with BLYD')
  if (view.getUint8(4) !== VERSION) invalidDelta(`version ${view.getUint8(4)}; this release reads ${VERSION}`)
  const bits = view.getUint8(5)
  const keepBps = view.getUint16(6, true)
  const count = view.getUint32(8, true)
  const chunk = view.getUint32(12, true)
  if (bits !== 8) invalidDelta(`${bits} bits a value; this release reads 8`)
  if (keepBps < 1 || keepBps > ALL_BPS) invalidDelta(`it keeps ${keepBps} basis points; 1 to ${ALL_BPS} make sense`)
  if (chunk < 1 || chunk > MAX_CHUNK) invalidDelta(`chunks of ${chunk} values; 1 to ${MAX_CHUNK} make sense`)
  if (view.getUint32(16, true) !== 0) invalidDelta('reserved bytes are not zero')
  return { count, chunk, keepBps, bits }
}
