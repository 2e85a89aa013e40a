/** Rules on each coordinate's sorted values: one wild value moves the result by no more than its neighbours. */
import type { Aggregator } from './types.ts'

/** Coordinate-wise median; of an even number the mean of the two middle ones. @source arXiv:1803.01498 */
export const median: Aggregator = (deltas) =>
  perCoordinate(deltas, (sorted) => {
    const middle = sorted.length >> 1
    if (sorted.length % 2 === 1) return sorted[middle]
    return Math.fround(sorted[middle - 1] + sorted[middle]) / 2
  })

/** Coordinate-wise mean without the lowest and highest share, each rounded down. @source arXiv:1803.01498 */
export const trimmedMean =
  (trimBps: number): Aggregator =>
  (deltas) => {
    const drop = Math.floor((deltas.length * trimBps) / 10_000)
    return perCoordinate(deltas, (sorted) => {
      let sum = sorted[drop]
      for (let i = drop + 1; i < sorted.length - drop; i++) sum = Math.fround(sum + sorted[i])
      return sum / (sorted.length - 2 * drop)
    })
  }

function perCoordinate(deltas: readonly Float32Array[], choose: (sorted: Float32Array) => number): Float32Array {
  const result = new Float32Array(deltas[0].length)
  const column = new Float32Array(deltas.length)
  for (let i = 0; i < result.length; i++) {
    for (let d = 0; d < deltas.length; d++) column[d] = deltas[d][i]
    result[i] = choose(column.sort())
  }
  return result
}
