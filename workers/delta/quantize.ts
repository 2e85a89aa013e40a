/**
 * Eight-bit values with one scale a chunk. Arithmetic is float64 with +, −, ×, ÷ alone, rounded to float32 once at the end:
 * the product of a float32 and a number below 128 is exact in float64, so every IEEE 754 machine gets the same bits.
 */

/** Largest magnitude of a quantized value; −128 is never used. */
export const LEVELS = 127

/** Nearest integer, halves to even, for |x| < 2^51: adding 1.5 × 2^52 leaves no bits for a fraction. */
export function roundHalfEven(x: number): number {
  return x + 6_755_399_441_055_744 - 6_755_399_441_055_744
}

/** −127 to 127 for a value whose magnitude is at most `scale` > 0; ±scale becomes ±127 exactly. */
export function quantize(value: number, scale: number): number {
  return roundHalfEven((value * LEVELS) / scale)
}

/** float32 of a quantized value; ±127 gives back ±scale exactly. */
export function dequantize(level: number, scale: number): number {
  return Math.fround((level * scale) / LEVELS)
}

/** Largest magnitude, 0 for none. */
export function absMax(values: Float32Array): number {
  let max = 0
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i])
    if (magnitude > max) max = magnitude
  }
  return max
}
