/** Bounds how far one delta can push: the limit on a planted change that no audit sees. Source: arXiv:1911.07963 */

/**
 * The delta itself where its L2 norm is at most `limit`, else a copy scaled down to it.
 * The squares of float32 values are exact in float64 and added in index order, so the norm is the same everywhere.
 */
export function clipNorm(delta: Float32Array, limit: number): Float32Array {
  let squares = 0
  for (let i = 0; i < delta.length; i++) squares += delta[i] * delta[i]
  if (squares <= limit * limit) return delta
  const scale = limit / Math.sqrt(squares)
  return delta.map((value) => value * scale)
}
