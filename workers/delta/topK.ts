/** The k largest magnitudes of a chunk, in an order that every machine agrees on. */

/**
 * Marks the `kept` values of greatest magnitude; among equals the lower index wins.
 * @param values finite   @param mask at least as long as `values`; set to 1 where a value is kept, 0 elsewhere
 */
export function markLargest(values: Float32Array, kept: number, mask: Uint8Array): void {
  const length = values.length
  if (kept === length) {
    mask.fill(1, 0, length)
    return
  }
  const threshold = largestBits(values).sort()[length - kept]
  let above = 0
  const bits = largestBits(values)
  for (let i = 0; i < length; i++) if (bits[i] > threshold) above++
  let equal = kept - above
  for (let i = 0; i < length; i++) {
    const take = bits[i] > threshold || (bits[i] === threshold && equal-- > 0)
    mask[i] = take ? 1 : 0
  }
}

/** Magnitudes as integers: bit patterns of non-negative floats sort as the floats do. */
function largestBits(values: Float32Array): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array(values.length)
  const source = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < bits.length; i++) bits[i] = source[i] & 0x7fff_ffff
  return bits
}
