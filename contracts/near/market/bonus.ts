/** Who gets how much of the round's bonus: by held-out gain, where no single gain counts for more than twice the median. */

/**
 * Bonus of each accepted submission. Gains that could not be settled share equally; a loss earns nothing, and is no fault.
 * @param gains microbits per byte in seat order; null where no value was settled
 * @param pool attoBLY of the round
 * @returns attoBLY in the same order, rounded down; what is left of the pool is burned
 * @source docs/protocol.md §4   @example shareBonus([30n, 10n], 100n) // [75n, 25n]
 */
export function shareBonus(gains: readonly (bigint | null)[], pool: bigint): bigint[] {
  if (gains.length === 0) return []
  const count = BigInt(gains.length)
  const scored = gains.filter((gain) => gain !== null)
  const cap = 2n * medianFloor(scored)
  const weigh = (gain: bigint) => (gain < 0n ? 0n : gain < cap ? gain : cap < 0n ? 0n : cap)
  const sum = scored.reduce((total, gain) => total + weigh(gain), 0n)
  return gains.map((gain) => {
    if (gain === null) return pool / count
    return sum === 0n ? 0n : (pool * BigInt(scored.length) * weigh(gain)) / (count * sum)
  })
}

function medianFloor(values: readonly bigint[]): bigint {
  if (values.length === 0) return 0n
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2n
}
