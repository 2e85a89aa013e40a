/** Delta → update. The bytes come from strangers: whatever they are, the answer is an array or a DeltaError. */
import { sha256 } from '../../chain/lib/hash.ts'
import { invalidDelta } from './errors.ts'
import { readIndices } from './indices.ts'
import {
  CHECKSUM_BYTES,
  type ChunkLayout,
  chunkLayout,
  type DeltaOptions,
  HEADER_BYTES,
  maxDeltaBytes,
  readHeader,
  SCALE_BYTES,
} from './layout.ts'
import { dequantize, LEVELS } from './quantize.ts'

export interface DecodeOptions extends Partial<DeltaOptions> {
  /** Number of values that the caller expects; it alone decides what is allocated. Options, where given, must fit too. */
  readonly count: number
}

/**
 * Decodes a delta of `count` values: base − trained, as far as it was sent.
 * @returns a fresh array; values that were not sent are 0
 * @throws DeltaError for anything but the canonical encoding of such a delta, before anything is allocated when the
 *         header or the length is wrong
 */
export function decodeDelta(bytes: Uint8Array, { count, ...expected }: DecodeOptions): Float32Array {
  const header = readHeader(bytes)
  if (header.count !== count) invalidDelta(`it has ${header.count} values; ${count} are expected`)
  for (const name of ['chunk', 'keepBps', 'bits'] as const) {
    const want = expected[name]
    if (want !== undefined && header[name] !== want) invalidDelta(`${name} is ${header[name]}; ${want} is expected`)
  }
  const longest = maxDeltaBytes(count, header)
  if (bytes.length > longest) invalidDelta(`${bytes.length} bytes; at most ${longest} are possible`)
  const end = bytes.length - CHECKSUM_BYTES
  const checksum = sha256(bytes.subarray(0, end))
  for (let i = 0; i < CHECKSUM_BYTES; i++) if (bytes[end + i] !== checksum[i]) invalidDelta('the checksum does not fit')

  const values = new Float32Array(count)
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  const indices = new Uint16Array(Math.min(header.chunk, count))
  let at = HEADER_BYTES
  for (let c = 0; c * header.chunk < count; c++) {
    const layout = chunkLayout(c, count, header)
    if (end - at < SCALE_BYTES) invalidDelta('it ends inside a chunk')
    const scale = view.getFloat32(at, true)
    at += SCALE_BYTES
    if (!Number.isFinite(scale) || scale < 0 || Object.is(scale, -0)) invalidDelta(`a scale is ${scale}`)
    if (scale === 0) continue
    if (end - at < layout.indexBytes + layout.kept) invalidDelta('it ends inside a chunk')
    readIndices(bytes.subarray(at, at + layout.indexBytes), layout, indices)
    at += layout.indexBytes
    readValues(view, at, layout, { scale, indices, values })
    at += layout.kept
  }
  if (at !== end) invalidDelta(`${end - at} bytes are left over`)
  return values
}

function readValues(
  view: DataView,
  at: number,
  { start, kept }: ChunkLayout,
  { scale, indices, values }: { scale: number; indices: Uint16Array; values: Float32Array },
): void {
  let largest = 0
  for (let i = 0; i < kept; i++) {
    const level = view.getInt8(at + i)
    if (level < -LEVELS) invalidDelta('a value is −128')
    largest = Math.max(largest, Math.abs(level))
    values[start + indices[i]] = dequantize(level, scale)
  }
  // The scale is the largest kept magnitude, so something reaches it; else a smaller scale would say the same.
  if (largest !== LEVELS) invalidDelta('no value of a chunk reaches its scale')
}
