/**
 * Update → delta: chunked top-k with error feedback. What is not sent stays in the residual and is added to the next
 * update, so nothing is lost, only late. Source: Stich et al., arXiv:1809.07599; DiLoCo, arXiv:2311.08105.
 */
import { sha256 } from '../../chain/lib/hash.ts'
import { UpdateError } from './errors.ts'
import { writeIndices } from './indices.ts'
import {
  ALL_BPS,
  CHECKSUM_BYTES,
  chunkLayout,
  type DeltaOptions,
  HEADER_BYTES,
  MAX_CHUNK,
  maxDeltaBytes,
  SCALE_BYTES,
  writeHeader,
} from './layout.ts'
import { absMax, dequantize, quantize } from './quantize.ts'
import { markLargest } from './topK.ts'

export interface EncodedDelta {
  /** Canonical encoding: one update, residual and options give one byte string on every machine. */
  readonly bytes: Uint8Array
  /** (update + residual) − decoded, float32: what the next round adds. */
  readonly residual: Float32Array
  /** What `decodeDelta(bytes)` gives. */
  readonly decoded: Float32Array
}

/**
 * Compresses update + residual.
 * Sign: an update is a pseudo-gradient, base − trained; the next base is base − η · merged delta.
 * @param update float32, finite   @param residual of the same length; zeros in a trainer's first round
 * @returns fresh arrays, owned by the caller
 * @throws UpdateError when lengths differ, an option is out of range, or a sum is not finite
 * @example encodeDelta(Float32Array.of(0.5, 0.1), new Float32Array(2), { chunk: 2, keepBps: 5_000, bits: 8 })
 *          // decoded [0.5, 0], residual [0, 0.1]
 */
export function encodeDelta(update: Float32Array, residual: Float32Array, options: DeltaOptions): EncodedDelta {
  requireEncodable(update, residual, options)
  const count = update.length
  const { chunk } = options
  const sum = new Float32Array(count)
  for (let i = 0; i < count; i++) sum[i] = update[i] + residual[i]
  const decoded = new Float32Array(count)
  const bytes = new Uint8Array(maxDeltaBytes(count, options))
  const view = new DataView(bytes.buffer)
  writeHeader(view, { count, ...options })

  const mask = new Uint8Array(Math.min(chunk, count))
  let at = HEADER_BYTES
  for (let c = 0; c * chunk < count; c++) {
    const layout = chunkLayout(c, count, options)
    const values = sum.subarray(layout.start, layout.start + layout.length)
    const scale = requireFinite(values, layout.start)
    view.setFloat32(at, scale, true)
    at += SCALE_BYTES
    if (scale === 0) continue
    markLargest(values, layout.kept, mask)
    writeIndices(mask, layout, bytes.subarray(at, at + layout.indexBytes))
    at += layout.indexBytes
    for (let i = 0; i < layout.length; i++) {
      if (!mask[i]) continue
      const level = quantize(values[i], scale)
      view.setInt8(at++, level)
      decoded[layout.start + i] = dequantize(level, scale)
    }
  }
  bytes.set(sha256(bytes.subarray(0, at)).subarray(0, CHECKSUM_BYTES), at)
  for (let i = 0; i < count; i++) sum[i] -= decoded[i]
  return { bytes: bytes.slice(0, at + CHECKSUM_BYTES), residual: sum, decoded }
}

/** Scale of a chunk. Infinity and NaN would poison every later round through the residual. */
function requireFinite(values: Float32Array, start: number): number {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue
    throw new UpdateError({
      what: `Value ${start + i} of the update is ${values[i]}.`,
      fix: 'Train with a smaller learning rate: the parameters diverged.',
      data: { index: start + i },
    })
  }
  return absMax(values)
}

function requireEncodable(update: Float32Array, residual: Float32Array, options: DeltaOptions): void {
  const { chunk, keepBps, bits } = options
  const inRange = (value: number, min: number, max: number) => Number.isInteger(value) && value >= min && value <= max
  let what = ''
  if (update.length !== residual.length)
    what = `${update.length} values in the update, ${residual.length} in the residual`
  else if (update.length > 0xffff_ffff) what = `${update.length} values; a delta holds at most 2^32 − 1`
  else if (!inRange(chunk, 1, MAX_CHUNK)) what = `chunk is ${chunk}; it must be 1 to ${MAX_CHUNK}`
  else if (!inRange(keepBps, 1, ALL_BPS)) what = `keepBps is ${keepBps}; it must be 1 to ${ALL_BPS}`
  else if (bits !== 8) what = `bits is ${bits}; it must be 8`
  if (what) throw new UpdateError({ what: `The update cannot be encoded: ${what}.`, fix: 'Correct the arguments.' })
}
