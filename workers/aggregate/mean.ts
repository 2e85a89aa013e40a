/** Equal-weight mean: added in seat order in float32, then divided once. */

/** @source FedAvg, arXiv:1602.05629, with equal weights */
export function mean(deltas: readonly Float32Array[]): Float32Array {
  const sum = deltas[0].slice()
  for (let d = 1; d < deltas.length; d++) {
    const delta = deltas[d]
    for (let i = 0; i < sum.length; i++) sum[i] += delta[i]
  }
  for (let i = 0; i < sum.length; i++) sum[i] /= deltas.length
  return sum
}
