/** log₂ from + − × ÷ alone: JavaScript leaves the last bits of Math.log to the engine, and scores are compared as numbers. */

/** @param x a positive normal number   @returns log₂ x, within 2 ulp   @example log2(8) // 3 */
export function log2(x: number): number {
  let exponent = 0
  while (x >= Math.SQRT2) {
    x /= 2
    exponent++
  }
  while (x < Math.SQRT1_2) {
    x *= 2
    exponent--
  }
  // ln x = 2 artanh((x − 1) / (x + 1)); |s| ≤ 0.172, so s²ⁿ falls below 2⁻⁵³ by n = 11.
  const s = (x - 1) / (x + 1)
  const square = s * s
  let sum = 0
  for (let n = 23; n >= 1; n -= 2) sum = sum * square + 1 / n
  return exponent + (2 * s * sum) / Math.LN2
}
